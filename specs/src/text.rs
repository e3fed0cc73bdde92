//! Reads text that people write without quotes in YAML: `30016` is the code "30016".

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

/// A text, or a number that means its digits.
pub(crate) fn text_or_number<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    let value = Value::deserialize(input)?;
    as_text(&value).ok_or_else(|| D::Error::custom(format!("expected text, found {value}")))
}

/// The text of a scalar; `None` for null, lists and maps.
pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
