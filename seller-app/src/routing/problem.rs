//! What one routing decision is made from: what is asked, and what is known of each partner for this place and moment.
//!
//! Plain data, so that it can be stored with the decision and decided again. [`Problem::new`] puts it into one order, so that
//! the order in which the shell found partners and lines never matters.

use serde::{Deserialize, Serialize};

use crate::catalogue::PartnerId;

/// Everything that one decision may look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// Postal code of the buyer.
    pub place: String,
    /// When the facts were read, Unix milliseconds.
    pub at_ms: i64,
    /// Ascending by id.
    pub lines: Vec<Line>,
    /// Distinct SKUs of the lines, ascending; each candidate has one shelf for each.
    pub skus: Vec<String>,
    /// Ascending by partner id.
    pub candidates: Vec<Candidate>,
}

/// So many pieces of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub id: String,
    pub sku: String,
    pub count: u32,
    /// What a partner must be able to do to send it, such as `cold-chain`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
}

/// A partner that could be asked. The defaults are those of a partner of whom nothing bad is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Candidate {
    pub partner_id: PartnerId,
    /// From its place to the buyer's.
    pub distance_m: u32,
    pub active: bool,
    /// Delivers to this place.
    pub serves_place: bool,
    /// The brand gave it this territory.
    pub in_territory: bool,
    /// It agreed to sell its own stock for the network.
    pub consents: bool,
    /// Orders that it can still take today; `None` = it did not say.
    pub capacity_left: Option<u32>,
    /// Minutes until its cut-off; below zero: missed; `None` = it has none.
    pub cut_off_in_min: Option<i32>,
    /// 1 is the best.
    pub tier: u8,
    /// 1000 is the best.
    pub score_permille: u16,
    pub capabilities: Vec<String>,
    /// What it is paid for one parcel, in minor units.
    pub handling_minor: u32,
    /// What the way costs, in minor units.
    pub delivery_fee_minor: u32,
    /// Orders of a thousand that it sent back lately.
    pub rejection_permille: u16,
    /// How far its share of orders is above the one it is due, in percent points.
    pub over_share_percent: u16,
    /// By number of SKU; missing ones are empty.
    pub shelves: Vec<Shelf>,
}

/// One partner's stock of one SKU.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shelf {
    /// Units that may be promised: the one number that the stock room gives.
    pub available: u32,
    /// Units that this channel may still take of it; `None` = all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota_left: Option<u32>,
    /// Hours since the number was last counted or told.
    pub age_h: u32,
    /// Days until the soonest lot runs out; `None` = it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub life_days: Option<u32>,
}

impl Default for Candidate {
    fn default() -> Self {
        Self {
            partner_id: String::new(),
            distance_m: 0,
            active: true,
            serves_place: true,
            in_territory: true,
            consents: true,
            capacity_left: None,
            cut_off_in_min: None,
            tier: 1,
            score_permille: 1000,
            capabilities: Vec::new(),
            handling_minor: 0,
            delivery_fee_minor: 0,
            rejection_permille: 0,
            over_share_percent: 0,
            shelves: Vec::new(),
        }
    }
}

impl Problem {
    /// A problem without candidates. Lines and SKUs are put into order.
    pub fn new(place: &str, at_ms: i64, mut lines: Vec<Line>) -> Self {
        lines.sort_by(|a, b| (&a.id, &a.sku, a.count).cmp(&(&b.id, &b.sku, b.count)));
        let mut skus: Vec<String> = lines.iter().map(|line| line.sku.clone()).collect();
        skus.sort_unstable();
        skus.dedup();
        Self { place: place.to_owned(), at_ms, lines, skus, candidates: Vec::new() }
    }

    /// Adds a partner; `shelf` gives its stock of a SKU.
    pub fn add(&mut self, mut candidate: Candidate, shelf: impl Fn(&str) -> Shelf) {
        candidate.shelves = self.skus.iter().map(|sku| shelf(sku)).collect();
        let at = self.candidates.partition_point(|known| known.partner_id < candidate.partner_id);
        self.candidates.insert(at, candidate);
    }

    /// Pieces asked of each SKU, all lines together: two lines of one SKU compete for the same shelf.
    pub fn demand(&self) -> Vec<u32> {
        let mut asked = vec![0_u32; self.skus.len()];
        for line in &self.lines {
            if let Ok(at) = self.skus.binary_search(&line.sku) {
                asked[at] = asked[at].saturating_add(line.count);
            }
        }
        asked
    }

    /// What all lines of a SKU together need of a partner.
    pub(super) fn needs(&self) -> Vec<Vec<&str>> {
        let mut needs = vec![Vec::new(); self.skus.len()];
        for line in &self.lines {
            if let Ok(at) = self.skus.binary_search(&line.sku) {
                needs[at].extend(line.needs.iter().map(String::as_str));
            }
        }
        needs
    }

    /// The candidate with this id.
    pub fn candidate(&self, partner_id: &str) -> Option<&Candidate> {
        let at = self.candidates.binary_search_by(|known| known.partner_id.as_str().cmp(partner_id)).ok()?;
        self.candidates.get(at)
    }
}
