//! A zone: a part of a partner's territory, published as a location of its own at the same physical place.
//!
//! The network says where a provider delivers per location and category, never per item. So items that a partner sells
//! in different postal codes stand at different locations. The id of a zone is made of its postal codes: the same codes
//! are the same id in every publication and every category, and an id never comes to mean other codes.

use super::{Item, Partner};

/// Characters of a zone's own part of the id: letters and digits, together more than 59 bits.
const MARK_CHARS: usize = 10;

/// Where a partner publishes some of its items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    pub location_id: String,
    pub reach: Reach,
}

/// Where a zone delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everywhere that the partner does.
    Territory,
    /// These postal codes, ascending; none at all for items that other partners publish.
    Codes(Vec<String>),
}

/// An item as it is published: at which zone, and whether it is in stock there (99) or not (0).
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    pub item: &'a Item,
    pub in_stock: bool,
    pub zone: &'a Zone,
}

impl Zone {
    /// The whole territory: the partner's home location.
    pub fn whole(partner: &Partner) -> Zone {
        Zone { location_id: partner.location_id(), reach: Reach::Territory }
    }

    /// The zone of these postal codes (ascending); the whole territory when they are all that the partner serves.
    pub fn of(partner: &Partner, codes: &[&str]) -> Zone {
        if codes == partner.territory() {
            return Zone::whole(partner);
        }
        let location_id = format!("{}-Z{}", partner.location_id(), mark(codes));
        Zone { location_id, reach: Reach::Codes(codes.iter().map(|code| (*code).to_owned()).collect()) }
    }

    /// True when nobody is delivered to from here.
    pub fn is_empty(&self) -> bool {
        match &self.reach {
            Reach::Territory => false,
            Reach::Codes(codes) => codes.is_empty(),
        }
    }
}

impl Partner {
    /// True for the id of its place or of any of its zones, of this publication or an earlier one: all are one place.
    pub fn has_location(&self, id: &str) -> bool {
        let Some(rest) = id.strip_prefix(&self.location_id()) else { return false };
        let is_mark = |mark: &str| mark.len() == MARK_CHARS && mark.bytes().all(|b| b.is_ascii_alphanumeric());
        rest.is_empty() || rest.strip_prefix("-Z").is_some_and(is_mark)
    }
}

/// Made of the postal codes alone. A digest of 64 bytes has far more letters and digits than are taken.
fn mark(codes: &[&str]) -> String {
    protocol::digest::digest(codes.join(",").as_bytes())
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(MARK_CHARS)
        .collect()
}
