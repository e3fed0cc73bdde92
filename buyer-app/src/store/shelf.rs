//! Reading the kept catalogue: search by words, city, category, price and where it can be delivered.

use std::collections::HashMap;

use node::database::Database;

use super::orders::StoreError;
use crate::catalogue::item::{Item, Location, Provider, SellerKey};
use crate::catalogue::serviceability::{Destination, delivers};
use crate::catalogue::words::patterns;

/// What a shopper looks for. Empty text means any.
#[derive(Clone, Debug, Default)]
pub struct ShelfQuery {
    pub domain: String,
    pub city: String,
    pub words: String,
    pub category: String,
    pub bpp_id: String,
    pub provider_id: String,
    pub price_hundredths_max: Option<i64>,
    /// Only items that can be bought now.
    pub available_only: bool,
    /// Only items that reach this place.
    pub destination: Option<Destination>,
    pub offset: u32,
    pub limit: u32,
}

/// An item with who sells it.
#[derive(Clone, Debug)]
pub struct ShelfItem {
    pub key: SellerKey,
    pub bpp_uri: String,
    pub core_version: String,
    pub provider: Provider,
    pub location: Location,
    pub item: Item,
    /// Enabled item, store and provider, and in stock.
    pub buyable: bool,
}

/// One page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub items: Vec<ShelfItem>,
    /// Offset of the next page; None at the end.
    pub next: Option<u32>,
}

#[derive(sqlx::FromRow)]
struct ItemRow {
    domain: String,
    city: String,
    bpp_id: String,
    provider_id: String,
    available: bool,
    enabled: bool,
    body: String,
    bpp_uri: String,
    core_version: String,
    provider_body: String,
    provider_enabled: bool,
    location_body: Option<String>,
    location_enabled: Option<bool>,
}

const BROWSE: &str = "select i.domain, i.city, i.bpp_id, i.provider_id, i.available, i.enabled, i.body, p.bpp_uri, p.core_version, \
     p.body as provider_body, p.enabled as provider_enabled, l.body as location_body, l.enabled as location_enabled \
     from buyer_item i join buyer_provider p on p.domain = i.domain and p.city = i.city and p.bpp_id = i.bpp_id and p.provider_id = i.provider_id \
     left join buyer_location l on l.domain = i.domain and l.city = i.city and l.bpp_id = i.bpp_id and l.provider_id = i.provider_id \
     and l.location_id = i.location_id \
     where ($1 = '' or i.domain = $1) and ($2 = '' or i.city = $2) and ($3 = '' or i.category = $3) and ($4 = '' or i.bpp_id = $4) \
     and ($5 = '' or i.provider_id = $5) and i.price_hundredths <= $6 and i.words like $7 and i.words like $8 and i.words like $9 and i.words like $10 \
     order by i.available desc, i.name, i.bpp_id, i.provider_id, i.item_id limit $11 offset $12";
const ONE: &str = "select i.domain, i.city, i.bpp_id, i.provider_id, i.available, i.enabled, i.body, p.bpp_uri, p.core_version, \
     p.body as provider_body, p.enabled as provider_enabled, l.body as location_body, l.enabled as location_enabled \
     from buyer_item i join buyer_provider p on p.domain = i.domain and p.city = i.city and p.bpp_id = i.bpp_id and p.provider_id = i.provider_id \
     left join buyer_location l on l.domain = i.domain and l.city = i.city and l.bpp_id = i.bpp_id and l.provider_id = i.provider_id \
     and l.location_id = i.location_id \
     where ($1 = '' or i.domain = $1) and ($2 = '' or i.city = $2) and i.bpp_id = $3 and i.provider_id = $4 and i.item_id = $5 order by i.city limit 1";
const CATEGORIES: &str = "select category, count(*) as items from buyer_item where ($1 = '' or domain = $1) and ($2 = '' or city = $2) \
     and enabled and available group by category order by category limit 200";

/// Rows read at a time while filtering by place.
const BATCH: u32 = 200;
/// Rows looked at for one page, so that a place nobody delivers to does not read the whole catalogue.
const LOOKED_AT_MAX: u32 = 4000;

/// One page of matching items.
pub async fn browse(db: &Database, query: &ShelfQuery) -> Result<Page, StoreError> {
    let words = patterns(&query.words);
    let mut page = Page::default();
    let mut reach = HashMap::new();
    let mut offset = query.offset;
    while offset < query.offset.saturating_add(LOOKED_AT_MAX) {
        let rows = batch(db, query, &words, offset).await?;
        let full = rows.len() == BATCH as usize;
        for row in rows {
            offset += 1;
            let item = shelf_item(row)?;
            if (query.available_only && !item.buyable) || !reaches(&item, query, &mut reach) {
                continue;
            }
            page.items.push(item);
            if page.items.len() == query.limit as usize {
                page.next = Some(offset);
                return Ok(page);
            }
        }
        if !full {
            return Ok(page);
        }
    }
    page.next = Some(offset);
    Ok(page)
}

async fn batch(
    db: &Database,
    query: &ShelfQuery,
    words: &[String; 4],
    offset: u32,
) -> Result<Vec<ItemRow>, sqlx::Error> {
    node::read!(db, |c| sqlx::query_as::<_, ItemRow>(BROWSE)
        .bind(&query.domain)
        .bind(&query.city)
        .bind(&query.category)
        .bind(&query.bpp_id)
        .bind(&query.provider_id)
        .bind(query.price_hundredths_max.unwrap_or(i64::MAX))
        .bind(&words[0])
        .bind(&words[1])
        .bind(&words[2])
        .bind(&words[3])
        .bind(i64::from(BATCH))
        .bind(i64::from(offset))
        .fetch_all(c)
        .await)
}

/// One item; an empty domain or city takes the first one found.
pub async fn find(db: &Database, key: &SellerKey, item_id: &str) -> Result<Option<ShelfItem>, StoreError> {
    let row = node::read!(db, |c| sqlx::query_as::<_, ItemRow>(ONE)
        .bind(&key.domain)
        .bind(&key.city)
        .bind(&key.bpp_id)
        .bind(&key.provider_id)
        .bind(item_id)
        .fetch_optional(c)
        .await)?;
    row.map(shelf_item).transpose()
}

/// Categories with the number of items that can be bought.
pub async fn categories(db: &Database, domain: &str, city: &str) -> Result<Vec<(String, i64)>, sqlx::Error> {
    node::read!(db, |c| sqlx::query_as::<_, (String, i64)>(CATEGORIES).bind(domain).bind(city).fetch_all(c).await)
}

fn shelf_item(row: ItemRow) -> Result<ShelfItem, StoreError> {
    let item: Item = serde_json::from_str(&row.body)?;
    let location = row.location_body.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
    let on = row.enabled && row.provider_enabled && row.location_enabled.unwrap_or(true);
    Ok(ShelfItem {
        key: SellerKey { domain: row.domain, city: row.city, bpp_id: row.bpp_id, provider_id: row.provider_id },
        bpp_uri: row.bpp_uri,
        core_version: row.core_version,
        provider: serde_json::from_str(&row.provider_body)?,
        location,
        buyable: on && row.available,
        item,
    })
}

/// Answers per (provider, location, category) are remembered: a page has many items of few stores.
fn reaches(item: &ShelfItem, query: &ShelfQuery, known: &mut HashMap<(SellerKey, String, String), bool>) -> bool {
    let Some(destination) = &query.destination else { return true };
    let key = (item.key.clone(), item.item.location_id.clone(), item.item.category.clone());
    *known.entry(key).or_insert_with(|| item.reaches(destination))
}

impl ShelfItem {
    /// Does the seller deliver this item to the place?
    pub fn reaches(&self, destination: &Destination) -> bool {
        delivers(
            &self.provider.serviceability,
            &self.item.location_id,
            &self.item.category,
            self.location.point(),
            destination,
        )
    }
}
