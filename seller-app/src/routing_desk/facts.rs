//! From rows to what routing looks at. The catalogue and every decision about a cart read the same facts, so a partner
//! that is shown as available is one that can be chosen.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::app::SellerApp;
use crate::catalogue::serviceability::{Destination, serves_all};
use crate::catalogue::{Item, Partner, PartnerId};
use crate::inventory::Channel;
use crate::partners::Terms;
use crate::publishing;
use crate::routing::{Candidate, Line, Offer, Problem, Shelf};
use crate::stock_room::{self, Shelf as Stocked};
use crate::store::decisions::standing as measured;
use crate::store::partners::PartnerRecord;
use crate::store::shelf::ShelfKey;
use crate::store::{items, offers, partner_places, partners};

/// What the catalogue may know of a shelf. The count is the stock room's own: what may still be promised to the network.
pub fn shelf(known: &Stocked, now: Timestamp) -> (Offer, Shelf) {
    let offer = Offer { partner_id: known.row.partner_id.clone(), sku: known.row.sku.clone() };
    (offer, shelf_of(known, Channel::Network, 0, now))
}

/// `own` units are held by the cart itself: they are available to it.
fn shelf_of(known: &Stocked, channel: Channel, own: u32, now: Timestamp) -> Shelf {
    let units = |units: i64| u32::try_from(units.max(0)).unwrap_or(u32::MAX);
    let row = &known.row;
    let age_ms = now.as_millisecond().saturating_sub(row.counted_at_ms).max(0);
    let quota_left = row.balance().has_quota().then(|| units(known.left(channel) + i64::from(own)));
    Shelf {
        available: units(known.left(channel) + i64::from(own)),
        quota_left,
        life_days: known.life_days(channel),
        age_h: u32::try_from(age_ms / HOUR_MS).unwrap_or(u32::MAX),
    }
}

const HOUR_MS: i64 = 3_600_000;

/// What is known of each partner, wherever the buyer is; its places of today are read beside it.
///
/// # Errors
/// When the database fails.
pub async fn standing(
    app: &SellerApp,
    records: &[PartnerRecord],
    now: Timestamp,
) -> Result<BTreeMap<PartnerId, Candidate>, sqlx::Error> {
    let known = records.iter().map(|record| (record.partner.id.clone(), standing_of(record, now)));
    let mut all: BTreeMap<PartnerId, Candidate> = known.collect();
    for one in measured::all(&app.node.db).await? {
        if let Some(candidate) = all.get_mut(&one.partner_id) {
            candidate.tier = u8::try_from(one.tier).unwrap_or(u8::MAX);
            candidate.score_permille = u16::try_from(one.score_permille).unwrap_or(0);
            candidate.rejection_permille = u16::try_from(one.rejection_permille).unwrap_or(u16::MAX);
            candidate.over_share_percent = u16::try_from(one.over_share_percent).unwrap_or(u16::MAX);
        }
    }
    Ok(all)
}

fn standing_of(record: &PartnerRecord, now: Timestamp) -> Candidate {
    let partner = &record.partner;
    let fee = |money: crate::money::Money| u32::try_from(money.minor().unwrap_or(0).max(0)).unwrap_or(u32::MAX);
    let works = crate::partners::service::work_time(partner, now).is_some();
    Candidate {
        partner_id: partner.id.clone(),
        active: partner.active,
        // Terms that somebody wrote and the partner did not agree to are no consent; without terms its joining is.
        consents: record.terms == Terms::default() || record.terms.agreed(),
        // Whoever works on nothing in the next two weeks has missed every cut-off.
        cut_off_in_min: (!works).then_some(-1),
        capabilities: partner.service.capabilities.words().into_iter().map(str::to_owned).collect(),
        handling_minor: fee(record.terms.fee_per_order).saturating_add(fee(record.terms.delivery_cost)),
        delivery_fee_minor: fee(partner.delivery_fee),
        ..Candidate::default()
    }
}

/// Partners that do not serve a place but are looked at: the nearest, not farther than this.
const OTHERS_MAX: usize = 8;
const OTHERS_WITHIN_M: u32 = 100_000;

/// Everything that decisions about carts are made from, read once for many of them.
#[derive(Debug)]
pub struct Known {
    partners: Vec<Partner>,
    standing: BTreeMap<PartnerId, Candidate>,
    centres: BTreeMap<String, crate::catalogue::Gps>,
    items: BTreeMap<String, Item>,
    /// Active offers.
    offers: BTreeSet<Offer>,
    at: Timestamp,
}

impl Known {
    /// Of everything that the brand sells, for decisions about many carts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(app: &SellerApp) -> Result<Self, sqlx::Error> {
        let db = &app.node.db;
        Self::of(app, items::all(db).await?, offers::all(db).await?).await
    }

    /// Of these items only, for a decision about one cart: a brand has thousands of shelves for each that the cart is about.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_items<'a>(
        app: &SellerApp,
        skus: impl IntoIterator<Item = &'a str> + Clone,
    ) -> Result<Self, sqlx::Error> {
        let db = &app.node.db;
        let mut known = Vec::new();
        for sku in skus.clone() {
            known.extend(items::one(db, sku).await?);
        }
        Self::of(app, known, offers::of_items(db, skus).await?).await
    }

    async fn of(app: &SellerApp, items: Vec<Item>, offers: Vec<offers::Offer>) -> Result<Self, sqlx::Error> {
        let at = app.now();
        let records = partners::all(&app.node.db).await?;
        let standing = standing(app, &records, at).await?;
        let partners: Vec<Partner> = records.into_iter().map(|record| record.partner).collect();
        let items = items.into_iter().filter(|item| item.active);
        let offers = offers.into_iter().filter(|offer| offer.active);
        Ok(Self {
            centres: publishing::known_centres(&partners),
            items: items.map(|item| (item.sku.clone(), item)).collect(),
            offers: offers.map(|offer| Offer { partner_id: offer.partner_id, sku: offer.sku }).collect(),
            partners,
            standing,
            at,
        })
    }

    /// True when the brand sells it.
    pub fn sells(&self, sku: &str) -> bool {
        self.items.contains_key(sku)
    }

    /// The problem of a cart: every partner that sells any of it and serves the place, and the nearest of the others, so that
    /// an explanation can name them. `channel`: for whom; `own`: units that the cart itself holds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn problem(
        &self,
        app: &SellerApp,
        place: &Destination,
        lines: Vec<Line>,
        (channel, own): (Channel, &BTreeMap<Offer, u32>),
    ) -> Result<Problem, sqlx::Error> {
        let mut problem = Problem::new(&place.area_code, self.at.as_millisecond(), lines);
        let skus = problem.skus.clone();
        for (partner, mut candidate) in self.asked(place, &skus) {
            candidate.capacity_left = partner_places::left(&app.node.db, partner, None, self.at).await?;
            let mut shelves = BTreeMap::new();
            for sku in &skus {
                let offer = Offer { partner_id: candidate.partner_id.clone(), sku: sku.clone() };
                if !self.offers.contains(&offer) {
                    continue;
                }
                let key = ShelfKey::new(&offer.partner_id, sku);
                let known = stock_room::one(app, &key, self.at).await?;
                let held = own.get(&offer).copied().unwrap_or(0);
                shelves.insert(
                    sku.as_str(),
                    known.map_or(Shelf::default(), |known| shelf_of(&known, channel, held, self.at)),
                );
            }
            problem.add(candidate, |sku| shelves.get(sku).cloned().unwrap_or_default());
        }
        Ok(problem)
    }

    /// Partners that could be asked, without their shelves and what is left of their day.
    fn asked(&self, place: &Destination, skus: &[String]) -> Vec<(&Partner, Candidate)> {
        let known = skus.iter().filter_map(|sku| self.items.get(sku));
        let categories: Vec<&str> = known.map(|item| item.category.as_str()).collect();
        let sells = |partner: &&Partner| {
            let offer = |sku: &String| Offer { partner_id: partner.id.clone(), sku: sku.clone() };
            skus.iter().any(|sku| self.offers.contains(&offer(sku)))
        };
        let (mut near, mut others) = (Vec::new(), Vec::new());
        for partner in self.partners.iter().filter(sells) {
            let known = self.standing.get(&partner.id).cloned().unwrap_or_default();
            let serves_place = serves_all(partner, categories.iter().copied(), place).is_ok();
            let candidate = Candidate { distance_m: self.distance_m(partner, place), serves_place, ..known };
            if serves_place {
                near.push((partner, candidate));
            } else if candidate.distance_m <= OTHERS_WITHIN_M {
                others.push((partner, candidate));
            }
        }
        others.sort_by(|(_, a), (_, b)| (a.distance_m, &a.partner_id).cmp(&(b.distance_m, &b.partner_id)));
        near.extend(others.into_iter().take(OTHERS_MAX));
        near
    }

    /// By postal code as the catalogue measures it, where the partner promises postal codes; else by position.
    fn distance_m(&self, partner: &Partner, place: &Destination) -> u32 {
        if partner.territory().is_empty() {
            return partner.gps.distance_m(&place.gps);
        }
        crate::routing::assignment::distance_m(partner, &place.area_code, &self.centres)
    }
}
