//! What may still be promised: the one answer for the catalogue, for `select`, for routing, for the desk and for the API.
//!
//! The books (store/stock.rs), the lots (store/lots.rs) and what the brand decided (`[inventory]`) come together here. A hold is
//! decided by the same rules under the lock of the shelf (store/shelf.rs).

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::app::SellerApp;
use crate::inventory::{Channel, Limits, Lot, StockRules, lots as fefo};
use crate::store::shelf::ShelfKey;
use crate::store::stock::{self, StockRow};
use crate::store::{items, lots};

/// A shelf with everything that decides what may be promised from it.
#[derive(Clone, Debug)]
pub struct Shelf {
    pub row: StockRow,
    /// Lots with anything in them.
    pub lots: Vec<Lot>,
    /// Days of life that a household and a business want.
    min_life: [u32; 2],
    distrust: i64,
    at_ms: i64,
}

impl Shelf {
    fn new(row: StockRow, lots: Vec<Lot>, category: &str, rules: &StockRules, at_ms: i64) -> Self {
        let days = |channel| rules.min_life_days(channel, &row.sku, category);
        let min_life = [days(Channel::Network), days(Channel::B2b)];
        let distrust = rules.safety.distrust(row.on_hand, &row.trust(), at_ms);
        Self { row, lots, min_life, distrust, at_ms }
    }

    pub fn min_life_days(&self, channel: Channel) -> u32 {
        match channel {
            Channel::Network => self.min_life[0],
            Channel::B2b => self.min_life[1],
        }
    }

    /// Units that are kept back: what was set, and what the number is not believed.
    pub fn kept_back(&self) -> i64 {
        self.row.safety + self.distrust
    }

    /// Units that are not sold because their lot has too little life left for the channel.
    pub fn too_short(&self, channel: Channel) -> i64 {
        fefo::too_short(&self.lots, self.at_ms, self.min_life_days(channel))
    }

    /// Units that can still be promised; below zero when fewer are there than were promised already.
    pub fn left(&self, channel: Channel) -> i64 {
        let limits = Limits {
            distrust: self.distrust,
            too_short: self.too_short(channel),
            live_b2b: self.row.live_b2b,
            live_network: self.row.live_network,
        };
        self.row.balance().left(channel, &limits)
    }

    /// As [`left`](Self::left), never below zero.
    pub fn available(&self, channel: Channel) -> i64 {
        self.left(channel).max(0)
    }

    /// Units that a cart may take that holds `own` units here: its hold is a promise as long as the goods are there.
    pub fn for_cart(&self, channel: Channel, own: i64) -> i64 {
        let promised = own.min(self.row.balance().unpromised() + own);
        (self.left(channel) + own).max(promised).max(0)
    }

    /// Whole days until the first lot that the channel still takes runs out; `None` = nothing there has a date.
    pub fn life_days(&self, channel: Channel) -> Option<u32> {
        let days = self.min_life_days(channel);
        let usable = self.lots.iter().filter(|lot| lot.free() > 0 && lot.lasts(self.at_ms, days));
        let soonest = usable.map(|lot| lot.expires_ms).min()?;
        u32::try_from((soonest - self.at_ms) / fefo::DAY_MS).ok()
    }

    /// Days for which the goods last when so many were sold in `days`; `None` = nothing was.
    pub fn cover_days(&self, sold: i64, days: i64) -> Option<i64> {
        let free = self.row.balance().unpromised().max(0);
        (sold > 0).then(|| free.saturating_mul(days) / sold)
    }

    /// The same shelf as it would be judged at another time, if nothing moved.
    #[must_use]
    pub fn as_of(&self, rules: &StockRules, at_ms: i64) -> Self {
        let distrust = rules.safety.distrust(self.row.on_hand, &self.row.trust(), at_ms);
        Self { distrust, at_ms, ..self.clone() }
    }
}

/// Every shelf.
///
/// # Errors
/// When the database fails.
pub async fn all(app: &SellerApp, now: Timestamp) -> Result<Vec<Shelf>, sqlx::Error> {
    let rows = stock::all(&app.node.db, now.as_millisecond()).await?;
    shelves(app, rows, None, now).await
}

/// The shelves of one partner, by SKU.
///
/// # Errors
/// When the database fails.
pub async fn of_partner(app: &SellerApp, partner_id: &str, now: Timestamp) -> Result<Vec<Shelf>, sqlx::Error> {
    let rows = stock::of_partner(&app.node.db, partner_id, now.as_millisecond()).await?;
    shelves(app, rows, Some(partner_id), now).await
}

/// Those of these shelves that there are.
///
/// # Errors
/// When the database fails.
pub async fn some(app: &SellerApp, keys: &[ShelfKey], now: Timestamp) -> Result<Vec<Shelf>, sqlx::Error> {
    let rows = stock::some(&app.node.db, keys, now.as_millisecond()).await?;
    let (with_lots, plain): (Vec<StockRow>, Vec<StockRow>) = rows.into_iter().partition(|row| row.has_lots);
    let mut found = shelves(app, plain, None, now).await?;
    let mut by_partner: BTreeMap<String, Vec<StockRow>> = BTreeMap::new();
    with_lots.into_iter().for_each(|row| by_partner.entry(row.partner_id.clone()).or_default().push(row));
    for (partner_id, rows) in by_partner {
        found.extend(shelves(app, rows, Some(&partner_id), now).await?);
    }
    Ok(found)
}

async fn shelves(
    app: &SellerApp,
    rows: Vec<StockRow>,
    partner_id: Option<&str>,
    now: Timestamp,
) -> Result<Vec<Shelf>, sqlx::Error> {
    let rules = &app.config.inventory;
    let with_lots = rows.iter().any(|row| row.has_lots);
    let mut lots = if with_lots { lots::of(&app.node.db, partner_id).await? } else { BTreeMap::new() };
    let mut categories = BTreeMap::new();
    if with_lots && rules.names_categories() {
        categories = items::all(&app.node.db).await?.into_iter().map(|item| (item.sku, item.category)).collect();
    }
    let shelf = |row: StockRow| {
        let lots = if row.has_lots { lots.remove(&row.key()).unwrap_or_default() } else { Vec::new() };
        let category = categories.get(&row.sku).map(String::as_str).unwrap_or_default();
        Shelf::new(row, lots, category, rules, now.as_millisecond())
    };
    Ok(rows.into_iter().map(shelf).collect())
}

/// One shelf; `None` when the partner keeps no stock of the item.
///
/// # Errors
/// When the database fails.
pub async fn one(app: &SellerApp, key: &ShelfKey, now: Timestamp) -> Result<Option<Shelf>, sqlx::Error> {
    let (db, rules) = (&app.node.db, &app.config.inventory);
    let Some(row) = stock::one(db, key, now.as_millisecond()).await? else { return Ok(None) };
    let (mut lots, mut category) = (Vec::new(), String::new());
    if row.has_lots {
        lots = lots::of_one(db, key).await?;
        if rules.names_categories() {
            category = items::one(db, &key.sku).await?.map(|item| item.category).unwrap_or_default();
        }
    }
    Ok(Some(Shelf::new(row, lots, &category, rules, now.as_millisecond())))
}
