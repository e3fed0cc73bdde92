//! One level of a JSON value, with the text of what stands below: for documents too large, or too odd, to be parsed at
//! once.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// One level of sound JSON.
#[derive(Debug)]
pub(crate) enum Level<'a> {
    Object(Vec<(Cow<'a, str>, &'a str)>),
    Array(Vec<&'a str>),
    String(String),
    /// A number, a truth value or null.
    Plain,
}

impl<'a> Level<'a> {
    /// `None` when the text is no sound JSON.
    pub(crate) fn of(text: &'a str) -> Option<Level<'a>> {
        match text.trim_start().as_bytes().first()? {
            b'{' => serde_json::from_str::<Entries<'a>>(text).ok().map(|entries| Level::Object(entries.0)),
            b'[' => {
                let items: Vec<&'a RawValue> = serde_json::from_str(text).ok()?;
                Some(Level::Array(items.into_iter().map(RawValue::get).collect()))
            }
            b'"' => serde_json::from_str(text).ok().map(Level::String),
            _ => Some(Level::Plain),
        }
    }
}

/// The text of a property of an object; of its last occurrence.
pub(crate) fn property<'a>(object: &'a str, key: &str) -> Option<&'a str> {
    match Level::of(object)? {
        Level::Object(entries) => entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| *value),
        Level::Array(_) | Level::String(_) | Level::Plain => None,
    }
}

/// Where `inner`, a slice of `outer`, stands in it.
pub(crate) fn range_in(outer: &str, inner: &str) -> Range<usize> {
    let start = (inner.as_ptr() as usize).saturating_sub(outer.as_ptr() as usize);
    start..start + inner.len()
}

struct Entries<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Entries<'de>, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
        let mut entries = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            entries.push((key, map.next_value::<&RawValue>()?.get()));
        }
        Ok(Entries(entries))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Entries<'de>, A::Error> {
        Err(serde::de::Error::custom("a list, not an object"))
    }
}

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_level_is_read_and_no_more() {
        let text = r#" {"a\u0062": [1, {"x": 2}], "c": "\n"} "#;
        let Some(Level::Object(entries)) = Level::of(text) else { panic!("no object") };
        assert_eq!(entries, [(Cow::from("ab"), r#"[1, {"x": 2}]"#), (Cow::from("c"), r#""\n""#)]);
        assert_eq!(&text[range_in(text, entries[0].1)], entries[0].1);
        assert!(matches!(Level::of(entries[0].1), Some(Level::Array(items)) if items == ["1", r#"{"x": 2}"#]));
        assert!(Level::of("{\"a\": [}").is_none());
        assert_eq!(property(r#"{"a": 1, "a": 2}"#, "a"), Some("2"));
    }
}
