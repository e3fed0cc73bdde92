//! JSON pointers (RFC 6901) and short renderings of what stands at them.

use serde_json::Value;

/// Characters of a value that a message shows.
const SHOWN_MAX: usize = 120;

/// The pointer of a property.
pub(crate) fn join(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The last name of a pointer, for a sentence; list positions are left out.
pub(crate) fn last(pointer: &str) -> String {
    let name = pointer.rsplit('/').find(|part| !part.is_empty() && !part.bytes().all(|b| b.is_ascii_digit()));
    match name {
        Some(name) => name.replace("~1", "/").replace("~0", "~"),
        None => "the message".to_owned(),
    }
}

/// The last name of a pointer with the one around it: `contact.email`, `fulfillments[0].type`.
pub(crate) fn named(pointer: &str) -> String {
    let mut around = String::new();
    let mut parts = pointer.rsplit('/').map(|part| part.replace("~1", "/").replace("~0", "~"));
    let Some(own) = parts.next().filter(|own| !own.is_empty()) else { return last(pointer) };
    for part in parts {
        if part.is_empty() || matches!(part.as_str(), "message" | "order" | "context") {
            break;
        }
        if !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return format!("{part}{around}.{own}");
        }
        around = format!("[{part}]{around}");
    }
    own
}

/// A value as text, cut when it is long; text without its quotes.
pub(crate) fn shortened(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_escaped() {
        assert_eq!(join("/message", "bpp/providers"), "/message/bpp~1providers");
        assert_eq!(last("/message/bpp~1providers/0"), "bpp/providers");
        assert_eq!(last(""), "the message");
    }

    #[test]
    fn a_name_says_what_it_belongs_to() {
        for (pointer, name) in [
            ("/message/order/fulfillments/0/type", "fulfillments[0].type"),
            ("/message/order/fulfillments/0/end/contact", "end.contact"),
            ("/message/order/payment", "payment"),
            ("/context/ttl", "ttl"),
            ("/message", "message"),
        ] {
            assert_eq!(named(pointer), name);
        }
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let long = "é".repeat(SHOWN_MAX + 1);
        assert_eq!(shortened(&json!(long)).chars().count(), SHOWN_MAX + 1);
        assert_eq!(shortened(&json!({"a": 1})), r#"{"a":1}"#);
    }
}
