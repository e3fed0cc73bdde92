//! The compatibility map: which of our rules finds what the official log validator says, and what of it is false.
//!
//! The official validator numbers its findings anew in each run, so a kind of finding is known by its words and its step.

use fancy_regex::Regex;
use serde::{Deserialize, Serialize};

const MAP: &str = include_str!("../data/official.yaml");

/// One kind of finding of the official validator.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Our name of it.
    pub name: String,
    /// A regular expression over its words.
    pub says: String,
    /// A regular expression over its step; every step when it is absent.
    #[serde(default)]
    pub step: String,
    /// Rules of ours that find the same; `*` stands for any text.
    #[serde(default)]
    pub rules: Vec<String>,
    /// A regular expression over the place of our finding, where the rule alone says too little.
    #[serde(default)]
    pub place: String,
    /// The words begin with a JSON pointer: whatever we find at that place counts.
    #[serde(default)]
    pub at_pointer: bool,
    /// We report it in another message of the flow.
    #[serde(default)]
    pub elsewhere: bool,
    /// Why it is not true, with the evidence; empty when it is.
    #[serde(default)]
    pub false_because: String,
}

/// Every kind, compiled.
#[derive(Debug)]
pub struct OfficialMap {
    kinds: Vec<(Kind, Regex, Regex, Regex)>,
}

/// Why the map cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// It has another shape.
    #[error("the compatibility map: {0}")]
    Shape(#[from] serde_yaml_ng::Error),
    /// An expression does not compile.
    #[error("the compatibility map, `{name}`: {source}")]
    Expression {
        /// The kind.
        name: String,
        /// What is wrong.
        source: Box<fancy_regex::Error>,
    },
}

impl OfficialMap {
    /// The map that is compiled into the program.
    ///
    /// # Errors
    /// When the data are wrong; a test keeps them right.
    pub fn builtin() -> Result<OfficialMap, MapError> {
        let kinds: Vec<Kind> = serde_yaml_ng::from_str(MAP)?;
        let compiled = kinds.into_iter().map(|kind| {
            let regex = |text: &str| {
                let source = |error| MapError::Expression { name: kind.name.clone(), source: Box::new(error) };
                Regex::new(text).map_err(source)
            };
            let (says, step, place) = (regex(&kind.says)?, regex(&kind.step)?, regex(&kind.place)?);
            Ok((kind, says, step, place))
        });
        Ok(OfficialMap { kinds: compiled.collect::<Result<_, MapError>>()? })
    }

    /// The kind of an official finding: the first whose words and step fit.
    pub fn kind(&self, step: &str, words: &str) -> Option<&Kind> {
        self.kinds.iter().find(|(_, says, at, _)| matches(says, words) && matches(at, step)).map(|(kind, ..)| kind)
    }

    /// Does our finding, by its rule and its place, say the same as this kind?
    pub fn says_the_same(&self, kind: &Kind, rule: &str, place: &str) -> bool {
        let compiled = self.kinds.iter().find(|(one, ..)| one.name == kind.name);
        kind.rules.iter().any(|named| fits(named, rule)) && compiled.is_some_and(|(.., at)| matches(at, place))
    }

    /// Every kind, in the order of the file.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.iter().map(|(kind, ..)| kind)
    }
}

fn matches(regex: &Regex, text: &str) -> bool {
    regex.is_match(text).unwrap_or(false)
}

/// `*` stands for any text.
fn fits(pattern: &str, rule: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == rule,
        Some((start, rest)) => rule
            .strip_prefix(start)
            .is_some_and(|left| rest.is_empty() || left.char_indices().any(|(at, _)| fits(rest, &left[at..]))),
    }
}
