//! What the checks read of a message: parts with their pointers, tags, money, counts, times.
//!
//! Tolerant in form (a count may be text or a number), because forms are judged by the schemas.

use jiff::{Span, SpanRelativeTo, Timestamp};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::recording::wire_time;
use crate::view::Step;

/// A value and where it stands in its message.
#[derive(Debug, Clone)]
pub(crate) struct Part<'a> {
    /// JSON pointer in the payload.
    pub(crate) pointer: String,
    pub(crate) value: &'a Value,
}

impl<'a> Part<'a> {
    /// What stands at a pointer of a message; `None` for nothing and for null.
    pub(crate) fn of(step: &Step<'a>, pointer: &str) -> Option<Part<'a>> {
        let value = step.value(pointer).filter(|value| !value.is_null())?;
        Some(Part { pointer: pointer.to_owned(), value })
    }

    /// What stands below this part; `None` for nothing and for null.
    pub(crate) fn at(&self, path: &str) -> Option<Part<'a>> {
        let value = self.value.pointer(path).filter(|value| !value.is_null())?;
        Some(Part { pointer: self.place(path), value })
    }

    /// The elements of a list below this part; none when there is no list.
    pub(crate) fn list(&self, path: &str) -> Vec<Part<'a>> {
        let elements = self.value.pointer(path).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let part = |(at, value)| Part { pointer: format!("{}{path}/{at}", self.pointer), value };
        elements.iter().enumerate().map(part).collect()
    }

    /// The pointer of a place below this part, whether anything stands there or not.
    pub(crate) fn place(&self, path: &str) -> String {
        format!("{}{path}", self.pointer)
    }

    /// Text below this part that is not empty.
    pub(crate) fn text(&self, path: &str) -> Option<&'a str> {
        self.value.pointer(path)?.as_str().filter(|text| !text.is_empty())
    }

    /// Text or a number below this part, as text.
    pub(crate) fn word(&self, path: &str) -> Option<String> {
        word(self.value.pointer(path)?)
    }

    /// An amount or a count below this part, exact.
    pub(crate) fn number(&self, path: &str) -> Option<Decimal> {
        number(self.value.pointer(path)?)
    }

    /// A time below this part.
    pub(crate) fn time(&self, path: &str) -> Option<Timestamp> {
        wire_time::read(self.value.pointer(path)?)
    }

    /// A duration below this part, in milliseconds.
    pub(crate) fn duration_ms(&self, path: &str) -> Option<i64> {
        duration_ms(self.text(path)?)
    }

    /// Every tag of this code.
    pub(crate) fn tags(&self, code: &str) -> Vec<Part<'a>> {
        self.list("/tags").into_iter().filter(|tag| tag.text("/code") == Some(code)).collect()
    }

    /// The first tag of this code.
    pub(crate) fn tag(&self, code: &str) -> Option<Part<'a>> {
        self.tags(code).into_iter().next()
    }

    /// The value of an entry of this tag.
    pub(crate) fn entry(&self, code: &str) -> Option<Part<'a>> {
        self.list("/list").into_iter().find(|entry| entry.text("/code") == Some(code))?.at("/value")
    }

    /// The value of an entry of this tag as text; empty text is none.
    pub(crate) fn entry_word(&self, code: &str) -> Option<String> {
        self.entry(code).and_then(|part| word(part.value))
    }
}

/// Text that is not empty, or a number as text.
pub(crate) fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A number, also when it is written as text.
pub(crate) fn number(value: &Value) -> Option<Decimal> {
    let text = word(value)?;
    text.parse().ok().or_else(|| Decimal::from_scientific(&text).ok())
}

/// An ISO 8601 duration in milliseconds; a day has 24 hours. `None` for months and years.
pub(crate) fn duration_ms(text: &str) -> Option<i64> {
    let span: Span = text.parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    i64::try_from(duration.as_millis()).ok()
}

/// The order of a message.
pub(crate) fn order<'a>(step: &Step<'a>) -> Option<Part<'a>> {
    Part::of(step, "/message/order")
}

/// The items of a message's order.
pub(crate) fn items<'a>(step: &Step<'a>) -> Vec<Part<'a>> {
    order(step).map(|order| order.list("/items")).unwrap_or_default()
}

/// The fulfilments of a message's order; some participants write the key in the singular.
pub(crate) fn fulfilments<'a>(step: &Step<'a>) -> Vec<Part<'a>> {
    let Some(order) = order(step) else { return Vec::new() };
    let named = order.list("/fulfillments");
    if named.is_empty() { order.list("/fulfillment") } else { named }
}

/// The lines of a message's quote.
pub(crate) fn lines<'a>(step: &Step<'a>) -> Vec<Part<'a>> {
    order(step).map(|order| order.list("/quote/breakup")).unwrap_or_default()
}

/// The total of a message's quote.
pub(crate) fn total(step: &Step<'_>) -> Option<Decimal> {
    order(step)?.number("/quote/price/value")
}

/// The fulfilment with this id.
pub(crate) fn fulfilment<'a>(step: &Step<'a>, id: &str) -> Option<Part<'a>> {
    fulfilments(step).into_iter().find(|part| part.text("/id") == Some(id))
}

/// The state of a fulfilment.
pub(crate) fn state<'a>(fulfilment: &Part<'a>) -> Option<&'a str> {
    fulfilment.text("/state/descriptor/code")
}

/// A tag of the order, or of its payment: both places are in use for terms.
pub(crate) fn order_tag<'a>(step: &Step<'a>, code: &str) -> Option<Part<'a>> {
    let order = order(step)?;
    order.tag(code).or_else(|| order.at("/payment")?.tag(code))
}
