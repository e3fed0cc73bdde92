//! A catalogue too large to be held as a whole: its text and an index. Of 100 MB of JSON a parsed value takes some
//! gigabytes; the text with the places of its providers and items takes little more than itself.

use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use super::level::{Level, property, range_in};
use super::part::{Part, Piece};

/// Text of a part, in bytes: what is parsed at once. A provider up to four times of this stays whole.
const PART_BYTES: usize = 2 * 1024 * 1024;

/// A large `on_search`, to be taken in parts.
#[derive(Debug)]
pub struct Split {
    text: Arc<String>,
    message: Range<usize>,
    /// Pointer of the list of providers.
    providers_pointer: &'static str,
    /// The list of providers with its brackets.
    list: Range<usize>,
    providers: Vec<Provider>,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Provider {
    id: String,
    range: Range<usize>,
    /// The list of items with its brackets; empty when there is none.
    list: Range<usize>,
    items: Vec<Item>,
}

#[derive(Debug)]
struct Item {
    id: String,
    range: Range<usize>,
}

impl Split {
    /// `None` when the message is no catalogue with providers.
    pub(crate) fn new(text: &Arc<String>, message: Range<usize>) -> Option<Split> {
        let catalog = property(property(&text[message.clone()], "message")?, "catalog")?;
        let named = |(key, pointer)| property(catalog, key).map(|list| (list, pointer));
        let (list, providers_pointer) = named(("bpp/providers", "/message/catalog/bpp~1providers"))
            .or_else(|| named(("providers", "/message/catalog/providers")))?;
        let Some(Level::Array(providers)) = Level::of(list) else { return None };
        let providers: Vec<Provider> = providers.into_iter().map(|provider| Provider::new(text, provider)).collect();
        let (pieces, list) = (pieces(&providers), range_in(text, list));
        Some(Split { text: Arc::clone(text), message, providers_pointer, list, providers, pieces })
    }

    /// Bytes of its text.
    pub fn bytes(&self) -> usize {
        self.message.len()
    }

    /// Does a part hold only some of a provider's items?
    pub fn divides_a_provider(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Items { .. }))
    }

    /// Items of all providers.
    pub fn items(&self) -> usize {
        self.providers.iter().map(|provider| provider.items.len()).sum()
    }

    /// Ids of items that occur more than once in a provider: pointer of the later and of the first one. Parts cannot
    /// show this when the provider is divided.
    pub fn repeated_items(&self) -> Vec<(String, String)> {
        let at = |provider: usize, item: usize| format!("{}/{provider}/items/{item}/id", self.providers_pointer);
        let mut repeated = Vec::new();
        for (number, provider) in self.providers.iter().enumerate() {
            let mut first = std::collections::HashMap::new();
            for (place, item) in provider.items.iter().enumerate().filter(|(_, item)| !item.id.is_empty()) {
                let before = *first.entry(item.id.as_str()).or_insert(place);
                if before != place {
                    repeated.push((at(number, place), at(number, before)));
                }
            }
        }
        repeated
    }

    /// One part with one provider, and of its items only those named; `None` when there is no such provider.
    pub(super) fn about(&self, provider_id: &str, item_ids: &[&str]) -> Option<Part> {
        let provider = self.providers.iter().position(|provider| provider.id == provider_id)?;
        let named = self.providers[provider].items.iter().enumerate();
        let items = named.filter(|(_, item)| item_ids.contains(&item.id.as_str())).map(|(at, _)| at).collect();
        self.part(&Piece::Chosen { provider, items })
    }

    /// Each part, parsed when asked for.
    pub(super) fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        self.pieces.iter().filter_map(|piece| self.part(piece))
    }

    fn part(&self, piece: &Piece) -> Option<Part> {
        let payload = Arc::new(serde_json::from_str(&self.piece_text(piece)).ok()?);
        Some(Part { payload, piece: Some(piece.clone()), providers: self.providers_pointer.to_owned() })
    }

    /// The payload of the first part; `None` when any part cannot be parsed (too deep, a number out of range), so that
    /// none is passed over later.
    pub(crate) fn first(&self) -> Option<Arc<Value>> {
        let mut parts = self.pieces.iter().map(|piece| self.part(piece));
        let first = parts.next()??;
        parts.all(|part| part.is_some()).then_some(first.payload)
    }

    /// Where a pointer begins, and the rest of it below that place; saves a walk over everything before an item.
    pub(super) fn jump<'p>(&self, pointer: &'p str) -> Option<(usize, &'p str)> {
        let rest = pointer.strip_prefix(self.providers_pointer)?.strip_prefix('/')?;
        let (index, below) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let provider = self.providers.get(index.parse::<usize>().ok()?)?;
        let item = || {
            let rest = below.strip_prefix("/items/")?;
            let (index, below) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            Some((provider.items.get(index.parse::<usize>().ok()?)?.range.start, below))
        };
        Some(item().unwrap_or((provider.range.start, below)))
    }

    fn piece_text(&self, piece: &Piece) -> String {
        match piece {
            Piece::Providers(range) => match &self.providers[range.clone()] {
                [] => self.around(""),
                [first, .., last] => self.around(&self.text[first.range.start..last.range.end]),
                [only] => self.around(&self.text[only.range.clone()]),
            },
            Piece::Items { provider, items } => {
                let provider = &self.providers[*provider];
                let (first, last) = (&provider.items[items.start], &provider.items[items.end - 1]);
                self.around(&provider.with(&self.text, &self.text[first.range.start..last.range.end]))
            }
            Piece::Chosen { provider, items } => {
                let provider = &self.providers[*provider];
                let items: Vec<&str> = items.iter().map(|at| &self.text[provider.items[*at].range.clone()]).collect();
                self.around(&provider.with(&self.text, &items.join(",")))
            }
        }
    }

    /// The message with these providers.
    fn around(&self, providers: &str) -> String {
        let (before, after) = (self.message.start..=self.list.start, self.list.end - 1..self.message.end);
        [&self.text[before], providers, &self.text[after]].concat()
    }
}

impl Provider {
    fn new(text: &str, provider: &str) -> Provider {
        let list = property(provider, "items").unwrap_or_default();
        let items = match Level::of(list) {
            Some(Level::Array(items)) => items,
            Some(Level::Object(_) | Level::String(_) | Level::Plain) | None => Vec::new(),
        };
        let items = items.into_iter().map(|item| Item { id: id(item), range: range_in(text, item) }).collect();
        let list = if list.is_empty() { 0..0 } else { range_in(text, list) };
        Provider { id: id(provider), range: range_in(text, provider), list, items }
    }

    /// The provider with these items.
    fn with(&self, text: &str, items: &str) -> String {
        if self.items.is_empty() {
            return text[self.range.clone()].to_owned();
        }
        let (before, after) = (self.range.start..=self.list.start, self.list.end - 1..self.range.end);
        [&text[before], items, &text[after]].concat()
    }
}

fn id(object: &str) -> String {
    property(object, "id").and_then(|id| serde_json::from_str(id).ok()).unwrap_or_default()
}

/// Neighbouring providers together, large ones by their items.
fn pieces(providers: &[Provider]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for (at, provider) in providers.iter().enumerate() {
        let divided = provider.range.len() > 4 * PART_BYTES && !provider.items.is_empty();
        if from < at && (divided || provider.range.end - providers[from].range.start > PART_BYTES) {
            pieces.push(Piece::Providers(from..at));
            from = at;
        }
        if divided {
            pieces.extend(item_pieces(at, &provider.items));
            from = at + 1;
        }
    }
    if from < providers.len() || providers.is_empty() {
        pieces.push(Piece::Providers(from..providers.len()));
    }
    pieces
}

fn item_pieces(provider: usize, items: &[Item]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for (at, item) in items.iter().enumerate() {
        if from < at && item.range.end - items[from].range.start > PART_BYTES {
            pieces.push(Piece::Items { provider, items: from..at });
            from = at;
        }
    }
    pieces.push(Piece::Items { provider, items: from..items.len() });
    pieces
}
