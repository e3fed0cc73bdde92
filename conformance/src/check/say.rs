//! How a check puts a finding together.

use serde_json::{Value, json};

use crate::check::payload::Part;
use crate::finding::{Found, Place};
use crate::view::{Step, shortened};

/// The rest of a finding, piece by piece.
pub(crate) trait Say {
    /// What the network wants there.
    fn wants(self, expected: impl ToString) -> Found;
    /// What stands there.
    fn has(self, actual: impl ToString) -> Found;
    /// The place that it contradicts.
    fn against(self, place: Place) -> Found;
    /// It would be right with this value there.
    fn mend(self, value: &Value) -> Found;
}

impl Say for Found {
    fn wants(mut self, expected: impl ToString) -> Found {
        self.expected = Some(expected.to_string());
        self
    }

    fn has(mut self, actual: impl ToString) -> Found {
        self.actual = Some(actual.to_string());
        self
    }

    fn against(mut self, place: Place) -> Found {
        self.contradicts = Some(place);
        self
    }

    fn mend(mut self, value: &Value) -> Found {
        let operation = if self.actual.is_some() { "replace" } else { "add" };
        self.patch = Some(json!([{ "op": operation, "path": self.pointer, "value": value }]));
        self
    }
}

/// A value that should be as an earlier message said it: finding with both places and the patch.
pub(crate) fn changed(
    rule: &str,
    step: &Step<'_>,
    now: &Part<'_>,
    earlier: &Step<'_>,
    then: &Part<'_>,
    what: &str,
) -> Found {
    let (was, is) = (shortened(then.value), shortened(now.value));
    let text = format!("{what} is {is:?}, but {} said {was:?}", earlier.action);
    step.found(rule, now.pointer.clone(), text)
        .wants(was)
        .has(is)
        .against(earlier.place(then.pointer.clone()))
        .mend(then.value)
}

/// A value that an earlier message gave and that is missing here.
pub(crate) fn dropped(
    rule: &str,
    step: &Step<'_>,
    pointer: String,
    earlier: &Step<'_>,
    then: &Part<'_>,
    what: &str,
) -> Found {
    let was = shortened(then.value);
    let text = if then.value.is_object() || then.value.is_array() {
        format!("{what} is missing; {} had it", earlier.action)
    } else {
        format!("{what} is missing; {} said {was:?}", earlier.action)
    };
    let around = pointer.rsplit_once('/').and_then(|(around, _)| step.value(around));
    // An entry of a list has no place of its own.
    let same_field = pointer.rsplit('/').next() == then.pointer.rsplit('/').next();
    let can_be_added = same_field && around.is_some_and(Value::is_object);
    let found = step.found(rule, pointer, text).wants(was).against(earlier.place(then.pointer.clone()));
    if can_be_added { found.mend(then.value) } else { found }
}
