//! Offers: which partner sells which item, and for how much.

use node::{Database, Tx, read, run};

use crate::catalogue::Item;
use crate::money::Money;

use super::body::{self, Saved};
use super::changes;
use super::shelf::{self, ShelfKey};
use super::stamp::Stamp;

/// One partner's offer of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub partner_id: String,
    pub sku: String,
    /// `None` = the item's own price.
    pub price: Option<Money>,
    pub active: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    partner_id: String,
    sku: String,
    price: Option<String>,
    active: bool,
}

impl Row {
    fn offer(self) -> Result<Offer, sqlx::Error> {
        let price = self.price.map(|text| Money::parse(&text)).transpose();
        let price = price.map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        Ok(Offer { partner_id: self.partner_id, sku: self.sku, price, active: self.active })
    }
}

/// An item with the price of one partner.
#[derive(sqlx::FromRow)]
struct PricedRow {
    body: String,
    price: Option<String>,
}

impl PricedRow {
    fn item(self) -> Result<Item, sqlx::Error> {
        let mut item: Item = body::read(&self.body)?;
        if let Some(price) = self.price {
            item.price = Money::parse(&price).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        }
        Ok(item)
    }
}

const ITEM_OF_PARTNER: &str = "select i.body, o.price from offers o join items i on i.sku = o.sku \
     where o.partner_id = $1 and o.sku = $2 and o.active = true and i.active = true";
const ALL: &str = "select partner_id, sku, price, active from offers order by partner_id, sku";
const OF_PARTNER: &str = "select partner_id, sku, price, active from offers where partner_id = $1 order by sku";
const SOME: &str = "select partner_id, sku, price, active from offers where (partner_id, sku) in \
     (select f.value ->> 'p', f.value ->> 's' from json_each($1) as f) order by partner_id, sku";
const SOME_POSTGRES: &str = "select partner_id, sku, price, active from offers where (partner_id, sku) in \
     (select f.value ->> 'p', f.value ->> 's' from jsonb_array_elements($1::text::jsonb) as f(value)) \
     order by partner_id, sku";
const OF_ITEMS: &str =
    "select partner_id, sku, price, active from offers where sku in (select value from json_each($1))";
const OF_ITEMS_POSTGRES: &str = "select partner_id, sku, price, active from offers \
     where sku in (select jsonb_array_elements_text($1::text::jsonb))";
const ONE: &str = "select partner_id, sku, price, active from offers where partner_id = $1 and sku = $2";
const SAVE: &str = "insert into offers (partner_id, sku, price, active, updated_at_ms) values ($1, $2, $3, $4, $5) \
     on conflict (partner_id, sku) do update set price = excluded.price, active = excluded.active, \
     updated_at_ms = excluded.updated_at_ms";

pub async fn all(db: &Database) -> Result<Vec<Offer>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(ALL).fetch_all(c).await)?;
    rows.into_iter().map(Row::offer).collect()
}

pub async fn of_partner(db: &Database, partner_id: &str) -> Result<Vec<Offer>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(OF_PARTNER).bind(partner_id).fetch_all(c).await)?;
    rows.into_iter().map(Row::offer).collect()
}

/// Those of these offers that there are.
pub async fn some(db: &Database, keys: &[ShelfKey]) -> Result<Vec<Offer>, sqlx::Error> {
    let (sql, list) = (db.sql(SOME, SOME_POSTGRES), shelf::listed(keys));
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(sql).bind(&list).fetch_all(c).await)?;
    rows.into_iter().map(Row::offer).collect()
}

/// All offers of these items.
pub async fn of_items<'a>(db: &Database, skus: impl IntoIterator<Item = &'a str>) -> Result<Vec<Offer>, sqlx::Error> {
    let list = serde_json::Value::from_iter(skus).to_string();
    let sql = db.sql(OF_ITEMS, OF_ITEMS_POSTGRES);
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(sql).bind(&list).fetch_all(c).await)?;
    rows.into_iter().map(Row::offer).collect()
}

/// An item as a partner sells it now: with its own price. `None` when it does not, or nobody may.
pub async fn item(db: &Database, key: &ShelfKey) -> Result<Option<Item>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, PricedRow>(ITEM_OF_PARTNER)
        .bind(&key.partner_id)
        .bind(&key.sku)
        .fetch_optional(c)
        .await)?;
    row.map(PricedRow::item).transpose()
}

/// The offer behind a shelf, if the partner sells the item at all.
pub async fn one(tx: &mut Tx, key: &ShelfKey) -> Result<Option<Offer>, sqlx::Error> {
    let row = run!(tx, |c| sqlx::query_as::<_, Row>(ONE).bind(&key.partner_id).bind(&key.sku).fetch_optional(c).await)?;
    row.map(Row::offer).transpose()
}

/// Saves an offer; a new price, a new or a withdrawn offer is a change of the catalogue.
pub async fn save(tx: &mut Tx, offer: &Offer, stamp: &Stamp<'_>) -> Result<Saved, sqlx::Error> {
    let before = one(tx, &ShelfKey::new(&offer.partner_id, &offer.sku)).await?;
    let saved = match before {
        None => Saved::New,
        Some(before) if before == *offer => return Ok(Saved::Unchanged),
        Some(_) => Saved::Changed,
    };
    run!(tx, |c| sqlx::query(SAVE)
        .bind(&offer.partner_id)
        .bind(&offer.sku)
        .bind(offer.price.map(Money::wire))
        .bind(offer.active)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    changes::note(tx, &offer.partner_id, &offer.sku, stamp).await?;
    Ok(saved)
}
