//! Reads fields of a message and says which one is missing or wrong.

use jiff::Timestamp;
use serde_json::Value;

use crate::catalogue::serviceability::Destination;
use crate::catalogue::{Gps, Period};
use crate::money::Money;
use crate::order::Refusal;
use crate::order::refusal::code;

/// A value and the JSON path it was found at.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Reader<'a> {
    /// The `message` of a request.
    pub fn root(message: &'a Value) -> Reader<'a> {
        Reader { value: message, path: "$.message".to_owned() }
    }

    pub fn value(&self) -> &'a Value {
        self.value
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// Refuses the field `name` of this value.
    pub fn wrong(&self, name: &str, problem: impl Into<String>) -> Refusal {
        Refusal::new(code::INVALID_REQUEST, problem).at(format!("{}.{name}", self.path))
    }

    fn missing(&self, name: &str) -> Refusal {
        self.wrong(name, format!("`{name}` is missing"))
    }

    /// A field that is there and not null.
    pub fn optional(&self, name: &str) -> Option<Reader<'a>> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(Reader { value, path: format!("{}.{name}", self.path) })
    }

    pub fn member(&self, name: &str) -> Result<Reader<'a>, Refusal> {
        self.optional(name).ok_or_else(|| self.missing(name))
    }

    /// The elements of a list; none when it is absent.
    pub fn elements(&self, name: &str) -> Vec<Reader<'a>> {
        let Some(list) = self.value.get(name).and_then(Value::as_array) else {
            return Vec::new();
        };
        let element = |(at, value)| Reader { value, path: format!("{}.{name}[{at}]", self.path) };
        list.iter().enumerate().map(element).collect()
    }

    /// The elements of a list that must have at least one.
    pub fn list(&self, name: &str) -> Result<Vec<Reader<'a>>, Refusal> {
        let elements = self.elements(name);
        if elements.is_empty() {
            return Err(self.wrong(name, format!("`{name}` must be a list with at least one element")));
        }
        Ok(elements)
    }

    /// Text that is not empty.
    pub fn text(&self, name: &str) -> Result<String, Refusal> {
        self.optional_text(name).ok_or_else(|| self.missing(name))
    }

    pub fn optional_text(&self, name: &str) -> Option<String> {
        match self.value.get(name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A whole number of pieces; peers also write it as text.
    pub fn count(&self, name: &str) -> Result<u32, Refusal> {
        let text = self.text(name)?;
        text.parse().map_err(|_| self.wrong(name, format!("`{text}` is not a whole number")))
    }

    pub fn money(&self, name: &str) -> Result<Money, Refusal> {
        Money::parse(&self.text(name)?).map_err(|error| self.wrong(name, error.to_string()))
    }

    pub fn optional_period(&self, name: &str) -> Result<Option<Period>, Refusal> {
        let Some(text) = self.optional_text(name) else { return Ok(None) };
        Period::parse(&text).map(Some).map_err(|error| self.wrong(name, error.to_string()))
    }

    pub fn timestamp(&self, name: &str) -> Result<Timestamp, Refusal> {
        let text = self.text(name)?;
        let problem = || self.wrong(name, format!("`{text}` is not a time: write 2026-01-31T09:30:00.000Z"));
        text.parse().map_err(|_| problem())
    }

    /// `location` of an `end`: gps and postal code.
    pub fn destination(&self) -> Result<Destination, Refusal> {
        let location = self.member("location")?;
        let gps = Gps::parse(&location.text("gps")?).map_err(|error| location.wrong("gps", error.to_string()))?;
        Ok(Destination { gps, area_code: location.member("address")?.text("area_code")? })
    }

    /// The first value of `list[code]` in the first tag `tag`.
    pub fn tag(&self, tag: &str, code: &str) -> Option<String> {
        self.tags(tag).first()?.entry(code)
    }

    /// Every tag with this code.
    pub fn tags(&self, tag: &str) -> Vec<Reader<'a>> {
        let is = |element: &Reader<'a>| element.value.get("code").and_then(Value::as_str) == Some(tag);
        self.elements("tags").into_iter().filter(is).collect()
    }

    /// Inside a tag: the value of one list entry, when it is not empty.
    pub fn entry(&self, code: &str) -> Option<String> {
        let is = |element: &&Reader<'a>| element.value.get("code").and_then(Value::as_str) == Some(code);
        self.elements("list").iter().find(is)?.optional_text("value")
    }
}
