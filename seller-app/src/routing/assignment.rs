//! The map of the strict profile: cell × SKU → the one partner that publishes it.

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

/// Who sells what where. A cell is a postal code; only partners with a territory have cells.
///
/// Everything is kept by number: a large brand has half a million pairs of cell and SKU, and every search asks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assignment {
    /// Ascending by id.
    partners: Vec<Seat>,
    /// Ascending.
    cells: Vec<Cell>,
    /// Ascending.
    skus: Vec<String>,
    /// Units that can be promised, partner by partner; `None` where the partner does not sell the SKU.
    units: Vec<Option<u32>>,
    /// Number of the partner that publishes, cell by cell.
    publishers: Vec<Option<usize>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Seat {
    id: PartnerId,
    active: bool,
    /// Numbers of its cells, ascending.
    cells: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq)]
struct Cell {
    code: String,
    /// Metres and number of each partner that serves it, nearest first, ties by id.
    serving: Vec<(u32, usize)>,
}

/// Chooses for every cell that any partner serves: the nearest active partner that has the item. What nobody has is
/// published, as out of stock, by the nearest that sells it at all. So at most one partner publishes an item in a cell.
pub fn assignment(
    partners: &[Partner],
    offers: &BTreeSet<Offer>,
    stock: &[StockLine],
    centres: &BTreeMap<String, Gps>,
) -> Assignment {
    let mut next = seated(partners, centres);
    let skus: BTreeSet<&str> = offers.iter().map(|offer| offer.sku.as_str()).collect();
    next.skus = skus.into_iter().map(str::to_owned).collect();
    next.units = vec![None; next.partners.len() * next.skus.len()];
    for offer in offers {
        if let Some(at) = next.shelf(&offer.partner_id, &offer.sku) {
            next.units[at] = Some(0);
        }
    }
    for line in stock {
        if let Some(at) = next.shelf(&line.partner_id, &line.sku)
            && let Some(units) = &mut next.units[at]
        {
            *units = line.available();
        }
    }
    let mut publishers = Vec::with_capacity(next.cells.len() * next.skus.len());
    for cell in &next.cells {
        publishers.extend((0..next.skus.len()).map(|sku| next.publishes(cell, sku)));
    }
    next.publishers = publishers;
    next
}

/// Partners and cells, who serves which from how far.
fn seated(partners: &[Partner], centres: &BTreeMap<String, Gps>) -> Assignment {
    let mut ordered: Vec<&Partner> = partners.iter().collect();
    ordered.sort_by(|a, b| a.id.cmp(&b.id));
    let mut serving: BTreeMap<&str, Vec<(u32, usize)>> = BTreeMap::new();
    for (number, partner) in ordered.iter().enumerate() {
        for code in partner.territory() {
            serving.entry(code).or_default().push((distance_m(partner, code, centres), number));
        }
    }
    let mut seats: Vec<Seat> =
        ordered.iter().map(|p| Seat { id: p.id.clone(), active: p.active, cells: Vec::new() }).collect();
    let mut cells = Vec::with_capacity(serving.len());
    for (at, (code, mut near)) in serving.into_iter().enumerate() {
        near.sort_unstable();
        near.iter().for_each(|&(_, partner)| seats[partner].cells.push(at));
        cells.push(Cell { code: code.to_owned(), serving: near });
    }
    Assignment { partners: seats, cells, ..Assignment::default() }
}

impl Assignment {
    /// Who sells the item in a cell; `None` when nobody has it there.
    pub fn partner(&self, cell: &str, sku: &str) -> Option<&str> {
        let (cell, sku) = (self.cell(cell)?, self.sku(sku)?);
        let winner = self.publishers[cell * self.skus.len() + sku]?;
        self.has(winner, sku).then_some(self.partners[winner].id.as_str())
    }

    /// True when the partner sells the SKU in at least one cell: then it is published as in stock.
    pub fn sells(&self, partner_id: &str, sku: &str) -> bool {
        let stocked = self.shelf(partner_id, sku).is_some_and(|at| self.units[at].is_some_and(|units| units > 0));
        stocked && !self.published(partner_id, sku).is_empty()
    }

    /// Cells in which the partner is the one that publishes the SKU, in stock or not, ascending.
    pub fn codes(&self, partner_id: &str, sku: &str) -> Vec<&str> {
        self.published(partner_id, sku).into_iter().map(|cell| self.code(cell)).collect()
    }

    /// Numbers of the cells of `codes`.
    pub(super) fn published(&self, partner_id: &str, sku: &str) -> Vec<usize> {
        let Some((partner, sku)) = self.seat(partner_id).zip(self.sku(sku)) else { return Vec::new() };
        let publishes = |cell: &usize| self.publishers[cell * self.skus.len() + sku] == Some(partner);
        self.partners[partner].cells.iter().copied().filter(publishes).collect()
    }

    pub(super) fn code(&self, cell: usize) -> &str {
        &self.cells[cell].code
    }

    /// True when another partner serves a cell of this one: what this one publishes then depends on the other.
    pub fn shares(&self, partner_id: &str) -> bool {
        self.seat(partner_id)
            .is_some_and(|number| self.partners[number].cells.iter().any(|&cell| self.cells[cell].serving.len() > 1))
    }

    /// True when two partners serve the same cell.
    pub fn are_neighbours(&self, one: &str, other: &str) -> bool {
        let (Some(one), Some(other)) = (self.seat(one), self.seat(other)) else { return false };
        let theirs = &self.partners[other].cells;
        self.partners[one].cells.iter().any(|cell| theirs.binary_search(cell).is_ok())
    }

    /// Why, for every cell and SKU that fit; an empty text fits all.
    pub fn reasons<'a>(&'a self, cell: &'a str, sku: &'a str) -> impl Iterator<Item = Reason> + 'a {
        let cells = self.cells.iter().filter(move |one| cell.is_empty() || one.code == cell);
        cells.flat_map(move |one| {
            let skus = self.skus.iter().enumerate().filter(move |(_, id)| sku.is_empty() || *id == sku);
            skus.filter_map(move |(at, id)| self.reason(one, at, id))
        })
    }

    /// `None` where nobody offers the item.
    fn reason(&self, cell: &Cell, sku: usize, id: &str) -> Option<Reason> {
        let candidates: Vec<Candidate> = cell
            .serving
            .iter()
            .filter_map(|&(distance_m, partner)| {
                let available = self.units[partner * self.skus.len() + sku]?;
                let seat = &self.partners[partner];
                Some(Candidate { partner_id: seat.id.clone(), distance_m, available, active: seat.active })
            })
            .collect();
        (!candidates.is_empty()).then(|| choose(&cell.code, id, &candidates))
    }

    fn publishes(&self, cell: &Cell, sku: usize) -> Option<usize> {
        let units = |partner: usize| self.units[partner * self.skus.len() + sku];
        let offering = || {
            let near = cell.serving.iter().map(|&(_, partner)| partner);
            near.filter(|&partner| self.partners[partner].active && units(partner).is_some())
        };
        offering().find(|&partner| self.has(partner, sku)).or_else(|| offering().next())
    }

    fn has(&self, partner: usize, sku: usize) -> bool {
        self.units[partner * self.skus.len() + sku].is_some_and(|units| units > 0)
    }

    fn shelf(&self, partner_id: &str, sku: &str) -> Option<usize> {
        Some(self.seat(partner_id)? * self.skus.len() + self.sku(sku)?)
    }

    fn seat(&self, id: &str) -> Option<usize> {
        self.partners.binary_search_by(|seat| seat.id.as_str().cmp(id)).ok()
    }

    fn cell(&self, code: &str) -> Option<usize> {
        self.cells.binary_search_by(|cell| cell.code.as_str().cmp(code)).ok()
    }

    fn sku(&self, id: &str) -> Option<usize> {
        self.skus.binary_search_by(|sku| sku.as_str().cmp(id)).ok()
    }
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
