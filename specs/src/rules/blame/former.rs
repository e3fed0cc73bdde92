//! What a message said before: each field that changed, and the place that is contradicted.

use super::Blame;
use super::found::{Found, NAMED_MAX};
use super::walk::Walk;
use crate::pointer;
use crate::rules::changed::Changed;
use crate::rules::expression::Binary;
use crate::rules::list::Identity;
use crate::rules::plan::{BEFORE, Check};

impl<'a> Walk<'_, 'a> {
    /// Of two objects that should have the same content, each field in which they differ.
    pub(super) fn changed_fields(&self, check: &'a Check) -> Vec<Blame> {
        let Check::Binary(Binary::EqualTo, left, right) = check else { return Vec::new() };
        if self.plan.identity != Identity::Content {
            return Vec::new();
        }
        let (mut now, mut before) = (self.find(left), self.find(right));
        if now.pointers.iter().any(|place| is_former(place)) {
            std::mem::swap(&mut now, &mut before);
        }
        let ([value], [former]) = (now.nodes.as_slice(), before.nodes.as_slice()) else { return Vec::new() };
        if !(value.value.is_object() && former.value.is_object()) {
            return Vec::new();
        }
        let blame = |changed: &Changed<'a>| {
            let path = format!("{}{}", now.pointers[0], changed.below);
            let what = if changed.now.is_some() { "is not kept" } else { "is missing" };
            Blame {
                message: format!("{} {what}", pointer::last(&path)),
                path,
                expected: changed.before.map_or_else(|| "no such field".to_owned(), pointer::shortened),
                actual: changed.now.map(pointer::shortened),
                against: Some(format!("{}{}", before.pointers[0], changed.before.map_or("", |_| &changed.below))),
            }
        };
        Changed::fields(value.value, former.value).iter().take(NAMED_MAX).map(blame).collect()
    }

    /// Names the former value. A finding is about the message, so when the former value itself was blamed (it is not there any
    /// more), the place becomes that in the message where it should stand.
    pub(super) fn set_against(&self, check: &'a Check, blame: &mut Blame) {
        let mut operands = Vec::new();
        check.each_operand(&mut |operand| operands.push(operand));
        let founds: Vec<Found<'a>> = operands.into_iter().map(|operand| self.find(operand)).collect();
        if is_former(&blame.path) {
            let now = founds.iter().map(Found::place).find(|place| !place.is_empty() && !is_former(place));
            if let Some(actual) = blame.actual.take() {
                blame.expected = actual;
                blame.message = format!("{} is not kept", pointer::last(&blame.path));
            }
            blame.against = Some(std::mem::replace(&mut blame.path, now.unwrap_or_default()));
        } else {
            blame.against = founds.iter().map(Found::place).find(|place| is_former(place));
        }
    }
}

fn is_former(pointer: &str) -> bool {
    pointer.strip_prefix('/').and_then(|rest| rest.strip_prefix(BEFORE)).is_some_and(|rest| rest.starts_with('/'))
}
