//! JSON that is folded away, and text that is safe in HTML.

use serde_json::Value;

/// A value up to this length stays on its line.
const ONE_LINE_MAX: usize = 80;
/// A single text is cut here; the file has the rest.
const TEXT_MAX: usize = 400;
/// Bytes in a fold; who needs more opens the file.
const FOLD_BYTES_MAX: usize = 12_000;

/// The value on one line: texts and numbers always, lists and objects when they are short.
pub(super) fn one_line(value: &Value) -> Option<String> {
    match value {
        Value::Object(map) if map.is_empty() => Some("{}".to_owned()),
        Value::Array(items) if items.is_empty() => Some("[]".to_owned()),
        Value::Object(_) | Value::Array(_) => {
            // Nothing is written out that is surely too long.
            if weight(value, ONE_LINE_MAX) > ONE_LINE_MAX {
                return None;
            }
            let text = value.to_string();
            (text.len() <= ONE_LINE_MAX).then_some(text)
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => Some(cut(&value.to_string(), TEXT_MAX)),
    }
}

/// A fold: its summary is HTML already, the values are written below it.
pub(super) fn fold(indent: usize, summary: &str, values: &[&Value]) -> String {
    let mut text = String::new();
    for value in values {
        if text.len() > FOLD_BYTES_MAX || weight(value, FOLD_BYTES_MAX) > FOLD_BYTES_MAX {
            text.push_str("… the rest is in the file\n");
            break;
        }
        text.push_str(&serde_json::to_string_pretty(value).unwrap_or_default());
        text.push('\n');
    }
    let text = escape(&cut(&text, FOLD_BYTES_MAX));
    format!("<details class=\"l fold\" style=\"--i:{indent}\"><summary>{summary}</summary><pre>{text}</pre></details>")
}

/// About how many bytes it would take, counted no further than `enough`.
fn weight(value: &Value, enough: usize) -> usize {
    let mut sum = 2;
    match value {
        Value::Null | Value::Bool(_) => sum += 4,
        Value::Number(_) => sum += 6,
        Value::String(text) => sum += text.len(),
        Value::Array(items) => {
            for item in items {
                sum += weight(item, enough.saturating_sub(sum));
                if sum > enough {
                    break;
                }
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                sum += key.len() + weight(item, enough.saturating_sub(sum));
                if sum > enough {
                    break;
                }
            }
        }
    }
    sum
}

fn cut(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let end = (0..=max).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}…", &text[..end])
}

/// Text for HTML, in elements and in attributes.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
