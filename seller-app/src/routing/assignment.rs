//! The map of the strict profile: cell × SKU → partner.

use std::collections::{BTreeMap, BTreeSet};

use super::{Candidate, Reason, choose};
use crate::catalogue::{Gps, Partner, PartnerId};
use crate::inventory::StockLine;

/// That a partner sells a SKU at all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offer {
    pub partner_id: PartnerId,
    pub sku: String,
}

/// Who sells what where.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assignment {
    winners: BTreeMap<(String, String), PartnerId>,
    pub reasons: Vec<Reason>,
}

impl Assignment {
    pub fn partner(&self, cell: &str, sku: &str) -> Option<&str> {
        self.winners.get(&(cell.to_owned(), sku.to_owned())).map(String::as_str)
    }

    /// True when the partner sells the SKU in at least one cell: then it is published as in stock.
    pub fn sells(&self, partner_id: &str, sku: &str) -> bool {
        self.winners.iter().any(|((_, item), winner)| item == sku && winner == partner_id)
    }

    /// Partner × SKU pairs that are published as in stock.
    pub fn published(&self) -> BTreeSet<Offer> {
        let offer = |((_, sku), winner): (&(String, String), &PartnerId)| Offer {
            partner_id: winner.clone(),
            sku: sku.clone(),
        };
        self.winners.iter().map(offer).collect()
    }
}

/// Chooses for every cell that any partner serves. `before` keeps winners that still can (no flapping).
pub fn assignment(
    partners: &[Partner],
    offers: &BTreeSet<Offer>,
    stock: &[StockLine],
    centres: &BTreeMap<String, Gps>,
    before: &Assignment,
) -> Assignment {
    let stock: BTreeMap<(&str, &str), u32> =
        stock.iter().map(|line| ((line.partner_id.as_str(), line.sku.as_str()), line.available())).collect();
    let cells: BTreeSet<&str> = partners.iter().flat_map(|partner| partner.serves.iter().map(String::as_str)).collect();
    let skus: BTreeSet<&str> = offers.iter().map(|offer| offer.sku.as_str()).collect();
    let mut next = Assignment::default();
    for &cell in &cells {
        let serving: Vec<(&Partner, u32)> = partners
            .iter()
            .filter(|partner| partner.serves.iter().any(|code| code == cell))
            .map(|partner| (partner, distance_m(partner, cell, centres)))
            .collect();
        for &sku in &skus {
            let candidates: Vec<Candidate> = serving
                .iter()
                .filter(|(partner, _)| offers.contains(&Offer { partner_id: partner.id.clone(), sku: sku.to_owned() }))
                .map(|&(partner, distance_m)| Candidate {
                    partner_id: partner.id.clone(),
                    distance_m,
                    available: stock.get(&(partner.id.as_str(), sku)).copied().unwrap_or(0),
                    active: partner.active,
                })
                .collect();
            if candidates.is_empty() {
                continue;
            }
            let reason = choose(cell, sku, &candidates, before.partner(cell, sku));
            if let Some(winner) = &reason.winner {
                next.winners.insert((cell.to_owned(), sku.to_owned()), winner.clone());
            }
            next.reasons.push(reason);
        }
    }
    next
}

/// Metres to the middle of the cell. Without a known middle: nothing for the partner's own postal code, else
/// one kilometre for each number between the codes, which in India at least orders neighbours sensibly.
fn distance_m(partner: &Partner, cell: &str, centres: &BTreeMap<String, Gps>) -> u32 {
    if let Some(centre) = centres.get(cell) {
        return partner.gps.distance_m(centre);
    }
    match (partner.area_code.parse::<u32>(), cell.parse::<u32>()) {
        (Ok(own), Ok(other)) => own.abs_diff(other).saturating_mul(1_000),
        _ => u32::MAX,
    }
}
