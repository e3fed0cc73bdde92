//! A message as it is checked: whole, or of a large catalogue one part after the other.

use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use super::Recorded;

/// A message, or a part of a large catalogue that is a sound message by itself.
#[derive(Debug, Clone)]
pub struct Part {
    /// `{context, message, …}`.
    pub payload: Arc<Value>,
    pub(super) piece: Option<Piece>,
    pub(super) providers: String,
}

/// What a part holds of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Whole providers, by place.
    Providers(Range<usize>),
    /// Some items of one provider, by place; all else of the provider is there too.
    Items { provider: usize, items: Range<usize> },
    /// One provider with the items at these places.
    Chosen { provider: usize, items: Vec<usize> },
}

impl Part {
    /// This part as a message of its own, to be put into a flow of its own and checked there.
    pub fn recorded(&self, whole: &Recorded) -> Recorded {
        Recorded { payload: Arc::clone(&self.payload), split: None, ..whole.clone() }
    }

    /// True when each provider of this part has all its items. When false, a rule that needs all of them (a category
    /// without items, an offer or a customisation that names an item) cannot be judged on this part alone.
    pub fn has_whole_providers(&self) -> bool {
        !matches!(self.piece, Some(Piece::Items { .. } | Piece::Chosen { .. }))
    }

    /// The pointer in the recorded message of a pointer in this part.
    pub fn pointer(&self, pointer: &str) -> String {
        let shifted = |piece: &Piece| {
            let rest = pointer.strip_prefix(&self.providers)?.strip_prefix('/')?;
            let (index, below) = rest.split_once('/').unwrap_or((rest, ""));
            let index = index.parse::<usize>().ok()?;
            let slash = if below.is_empty() { "" } else { "/" };
            match piece {
                Piece::Providers(range) => Some(format!("{}/{}{slash}{below}", self.providers, index + range.start)),
                Piece::Items { provider, items } => {
                    Some(format!("{}/{provider}{slash}{}", self.providers, placed(below, |at| Some(at + items.start))))
                }
                Piece::Chosen { provider, items } => {
                    Some(format!("{}/{provider}{slash}{}", self.providers, placed(below, |at| items.get(at).copied())))
                }
            }
        };
        self.piece.as_ref().and_then(shifted).unwrap_or_else(|| pointer.to_owned())
    }
}

/// A pointer below a provider, its item at the place in the whole.
fn placed(below: &str, place: impl Fn(usize) -> Option<usize>) -> String {
    let placed = || {
        let rest = below.strip_prefix("items/")?;
        let end = rest.find('/').unwrap_or(rest.len());
        Some(format!("items/{}{}", place(rest[..end].parse().ok()?)?, &rest[end..]))
    };
    placed().unwrap_or_else(|| below.to_owned())
}

impl Recorded {
    /// What is to be checked, one after the other: the message itself, or the parts of a large catalogue. Each part is
    /// parsed when it is asked for, so that only one is in memory.
    pub fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        let whole = || Part { payload: Arc::clone(&self.payload), piece: None, providers: String::new() };
        let itself = self.split.is_none().then(whole);
        itself.into_iter().chain(self.split.iter().flat_map(|split| split.parts()))
    }

    /// As [`Recorded::parts`], for who asks only about some items of one provider: of a large catalogue nothing else is
    /// parsed. Any other message is given whole.
    pub fn part_about(&self, provider_id: &str, item_ids: &[&str]) -> Option<Part> {
        match &self.split {
            Some(split) => split.about(provider_id, item_ids),
            None => self.parts().next(),
        }
    }
}
