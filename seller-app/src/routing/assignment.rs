//! The map of the strict profile: cell × SKU → the one partner that publishes it.
//!
//! The same constraints and costs as [`super::solve`], for one piece and one parcel: a test holds the two together.

use std::collections::{BTreeMap, BTreeSet};

use super::cost;
use super::policy::Policy;
use super::problem::{Candidate, Problem, Shelf};
use super::{Constraint, Line, Reason, reason};
use crate::catalogue::{Gps, Partner, PartnerId};

/// That a partner sells a SKU at all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offer {
    pub partner_id: PartnerId,
    pub sku: String,
}

/// That a partner was the one that published an item, in stock, in these cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub partner_id: PartnerId,
    pub sku: String,
    pub cells: Vec<String>,
}

/// What the map is made from.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub partners: &'a [Partner],
    pub offers: &'a BTreeSet<Offer>,
    pub shelves: &'a BTreeMap<Offer, Shelf>,
    /// Where postal codes are, as far as it is known.
    pub centres: &'a BTreeMap<String, Gps>,
    /// What is known of partners beside their place; distance and shelves in it do not count.
    pub standing: &'a BTreeMap<PartnerId, Candidate>,
    pub policy: &'a Policy,
    /// Winners of the last publication, for the policy's hysteresis.
    pub published: &'a [Published],
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
    /// What stands on the shelves, partner by partner; `None` where the partner does not sell the SKU.
    slots: Vec<Option<Slot>>,
    /// Number of the partner that publishes, cell by cell.
    publishers: Vec<Option<usize>>,
    /// Pairs of cell and SKU whose winner stayed only because of the hysteresis, ascending.
    kept: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq)]
struct Seat {
    id: PartnerId,
    removed: Option<Constraint>,
    standing: Candidate,
    /// Numbers of its cells, ascending.
    cells: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq)]
struct Cell {
    code: String,
    /// Each partner that serves it, best first, ties by id.
    serving: Vec<(Rank, usize)>,
}

/// The priorities of the policy, then cost in minor units; then metres, so that equals are served by the nearer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    levels: [i64; 3],
    cost: i64,
    distance_m: u32,
}

#[derive(Clone, Debug, PartialEq)]
struct Slot {
    /// Units that can be promised under the constraints.
    units: u32,
    /// Why there are none.
    removed: Option<Constraint>,
    /// What a piece from here costs.
    piece: i64,
    shelf: Shelf,
}

/// Chooses for every cell that any partner serves: the best partner that has the item. What nobody has is published, as
/// out of stock, by the best that sells it at all. So at most one partner publishes an item in a cell.
pub fn assignment(facts: &Facts<'_>) -> Assignment {
    let mut next = seated(facts);
    let skus: BTreeSet<&str> = facts.offers.iter().map(|offer| offer.sku.as_str()).collect();
    next.skus = skus.into_iter().map(str::to_owned).collect();
    next.slots = vec![None; next.partners.len() * next.skus.len()];
    let none = Shelf::default();
    for offer in facts.offers {
        let Some((partner, at)) = next.seat(&offer.partner_id).zip(next.shelf(&offer.partner_id, &offer.sku)) else {
            continue;
        };
        let shelf = facts.shelves.get(offer).unwrap_or(&none);
        let given = facts.policy.gives(&next.partners[partner].standing, shelf, &[]);
        next.slots[at] = Some(Slot {
            units: given.unwrap_or(0),
            removed: given.err(),
            piece: cost::sum(&cost::piece(facts.policy, shelf)),
            shelf: shelf.clone(),
        });
    }
    let mut publishers = Vec::with_capacity(next.cells.len() * next.skus.len());
    for cell in &next.cells {
        publishers.extend((0..next.skus.len()).map(|sku| next.publishes(cell, sku)));
    }
    next.publishers = publishers;
    next.keep(facts);
    next
}

/// Partners and cells, who serves which at what cost.
fn seated(facts: &Facts<'_>) -> Assignment {
    let mut ordered: Vec<&Partner> = facts.partners.iter().collect();
    ordered.sort_by(|a, b| a.id.cmp(&b.id));
    let mut serving: BTreeMap<&str, Vec<(Rank, usize)>> = BTreeMap::new();
    let mut seats = Vec::with_capacity(ordered.len());
    for (number, partner) in ordered.iter().enumerate() {
        let known = facts.standing.get(&partner.id).cloned().unwrap_or_default();
        let mut standing = Candidate { partner_id: partner.id.clone(), active: partner.active, ..known };
        for code in partner.territory() {
            standing.distance_m = distance_m(partner, code, facts.centres);
            serving.entry(code).or_default().push((rank(facts.policy, &standing), number));
        }
        let removed = facts.policy.bars(&standing);
        seats.push(Seat { id: partner.id.clone(), removed, standing, cells: Vec::new() });
    }
    let mut cells = Vec::with_capacity(serving.len());
    for (at, (code, mut best)) in serving.into_iter().enumerate() {
        best.sort_unstable();
        best.iter().for_each(|&(_, partner)| seats[partner].cells.push(at));
        cells.push(Cell { code: code.to_owned(), serving: best });
    }
    Assignment { partners: seats, cells, ..Assignment::default() }
}

/// How good a partner is for a place, before its shelf is looked at.
fn rank(policy: &Policy, candidate: &Candidate) -> Rank {
    let mut levels = [0; 3];
    for (level, priority) in levels.iter_mut().zip(&policy.priorities) {
        *level = cost::level(*priority, candidate);
    }
    Rank { levels, cost: cost::sum(&cost::parcel(policy, candidate)), distance_m: candidate.distance_m }
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
        let stocked = self.seat(partner_id).zip(self.sku(sku)).is_some_and(|(partner, sku)| self.has(partner, sku));
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
        let offering = || cell.serving.iter().filter(|(_, partner)| self.slot(*partner, sku).is_some());
        offering().next()?;
        let at = self.pair(&cell.code, sku)?;
        let winner = self.publishers[at].filter(|&partner| self.has(partner, sku));
        let is_kept = self.kept.binary_search(&at).is_ok();
        let considered = offering().filter_map(|&(rank, partner)| {
            let (seat, slot) = (&self.partners[partner], self.slot(partner, sku)?);
            let verdict = match winner {
                Some(winner) if winner == partner && is_kept => reason::Verdict::Kept,
                Some(winner) if winner == partner => reason::Verdict::Chosen,
                _ => match seat.removed.or(slot.removed) {
                    Some(constraint) => reason::Verdict::Removed(constraint),
                    None => reason::Verdict::Dearer,
                },
            };
            let cost_minor = rank.cost + slot.piece;
            let (partner_id, distance_m, available) = (seat.id.clone(), rank.distance_m, slot.shelf.available);
            Some(reason::Considered { partner_id, distance_m, available, cost_minor, verdict })
        });
        let winner = winner.map(|partner| self.partners[partner].id.clone());
        Some(Reason { cell: cell.code.clone(), sku: id.to_owned(), winner, considered: considered.collect() })
    }

    /// The choice of one piece of a SKU in a cell as a problem of its own, to be explained or decided again.
    pub fn problem(&self, cell: &str, sku: &str, at_ms: i64) -> Option<Problem> {
        let (cell, number) = (&self.cells[self.cell(cell)?], self.sku(sku)?);
        let line = Line { id: sku.to_owned(), sku: sku.to_owned(), count: 1, needs: Vec::new() };
        let mut problem = Problem::new(&cell.code, at_ms, vec![line]);
        for &(rank, partner) in &cell.serving {
            let Some(slot) = self.slot(partner, number) else { continue };
            let standing = self.partners[partner].standing.clone();
            problem.add(Candidate { distance_m: rank.distance_m, ..standing }, |_| slot.shelf.clone());
        }
        Some(problem)
    }

    /// The best by rank and shelf, ties by id; without stock anywhere the best that sells it.
    fn publishes(&self, cell: &Cell, sku: usize) -> Option<usize> {
        let mut best: Option<(Rank, usize)> = None;
        let mut seller = None;
        for &(rank, partner) in &cell.serving {
            // Shelves only add cost: nobody behind can be better.
            if best.is_some_and(|(found, _)| rank > found) {
                break;
            }
            let Some(slot) = self.slot(partner, sku) else { continue };
            if self.partners[partner].removed.is_some() {
                continue;
            }
            seller = seller.or(Some(partner));
            let whole = (Rank { cost: rank.cost + slot.piece, ..rank }, partner);
            if slot.units > 0 && best.is_none_or(|found| whole < found) {
                best = Some(whole);
            }
        }
        best.map(|(_, partner)| partner).or(seller)
    }

    /// A winner of the last publication stays where it still has the item and the new one is not better by more than the
    /// policy's margin. Where a priority decides there is no margin.
    fn keep(&mut self, facts: &Facts<'_>) {
        let margin = i64::from(facts.policy.hysteresis);
        for row in facts.published.iter().filter(|_| margin > 0) {
            let Some((partner, sku)) = self.seat(&row.partner_id).zip(self.sku(&row.sku)) else { continue };
            if self.partners[partner].removed.is_some() || !self.has(partner, sku) {
                continue;
            }
            for code in &row.cells {
                let Some((cell, at)) = self.cell(code).zip(self.pair(code, sku)) else { continue };
                let rank = |one: usize| self.rank(cell, one, sku);
                let Some((theirs, best)) = self.publishers[at].and_then(|best| Some((rank(best)?, best))) else {
                    continue;
                };
                let Some(ours) = rank(partner) else { continue };
                if best != partner && ours.levels == theirs.levels && ours.cost - theirs.cost <= margin {
                    self.publishers[at] = Some(partner);
                    self.kept.push(at);
                }
            }
        }
        self.kept.sort_unstable();
    }

    fn rank(&self, cell: usize, partner: usize, sku: usize) -> Option<Rank> {
        let (rank, _) = self.cells[cell].serving.iter().find(|(_, serving)| *serving == partner)?;
        Some(Rank { cost: rank.cost + self.slot(partner, sku)?.piece, ..*rank })
    }

    fn has(&self, partner: usize, sku: usize) -> bool {
        self.slot(partner, sku).is_some_and(|slot| slot.units > 0)
    }

    fn slot(&self, partner: usize, sku: usize) -> Option<&Slot> {
        self.slots[partner * self.skus.len() + sku].as_ref()
    }

    fn pair(&self, cell: &str, sku: usize) -> Option<usize> {
        Some(self.cell(cell)? * self.skus.len() + sku)
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
pub fn distance_m(partner: &Partner, cell: &str, centres: &BTreeMap<String, Gps>) -> u32 {
    if let Some(centre) = centres.get(cell) {
        return partner.gps.distance_m(centre);
    }
    match (partner.area_code.parse::<u32>(), cell.parse::<u32>()) {
        (Ok(own), Ok(other)) => own.abs_diff(other).saturating_mul(1_000),
        _ => u32::MAX,
    }
}
