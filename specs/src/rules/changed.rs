//! In which fields two objects differ.

use serde_json::Value;

use crate::pointer;

/// One field that is not the same in both.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Changed<'a> {
    /// Pointer below both objects.
    pub(crate) below: String,
    /// `None` when it is not there any more.
    pub(crate) now: Option<&'a Value>,
    /// `None` when it was not there.
    pub(crate) before: Option<&'a Value>,
}

impl<'a> Changed<'a> {
    /// Each field that differs, as deep as both have it; empty when the objects are the same.
    pub(crate) fn fields(now: &'a Value, before: &'a Value) -> Vec<Changed<'a>> {
        let mut changed = Vec::new();
        compare(Some(now), Some(before), String::new(), &mut changed);
        changed
    }
}

fn compare<'a>(now: Option<&'a Value>, before: Option<&'a Value>, below: String, changed: &mut Vec<Changed<'a>>) {
    match (now, before) {
        (Some(Value::Object(now)), Some(Value::Object(before))) => {
            let gone = before.keys().filter(|key| !now.contains_key(*key));
            for key in now.keys().chain(gone) {
                compare(now.get(key), before.get(key), pointer::join(&below, key), changed);
            }
        }
        (Some(Value::Array(now)), Some(Value::Array(before))) if now.len() == before.len() => {
            for (at, (now, before)) in now.iter().zip(before).enumerate() {
                compare(Some(now), Some(before), format!("{below}/{at}"), changed);
            }
        }
        _ if now == before => {}
        _ => changed.push(Changed { below, now, before }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_field_that_differs_is_named_and_no_other() {
        let before = json!({ "name": "A", "address": { "city": "X", "door": "1" }, "gone": 1, "list": [1, 2] });
        let now = json!({ "name": "A", "address": { "city": "Y", "door": "1" }, "new/er": 1, "list": [1, 3] });
        let fields = Changed::fields(&now, &before);
        let below: Vec<&str> = fields.iter().map(|one| one.below.as_str()).collect();
        assert_eq!(below, ["/address/city", "/list/1", "/new~1er", "/gone"]);
        assert_eq!(fields[0].now.zip(fields[0].before), Some((&json!("Y"), &json!("X"))));
        assert_eq!((fields[2].before, fields[3].now), (None, None));
        assert_eq!(Changed::fields(&before, &before), []);
    }
}
