//! Keeping the catalogue: one on_search becomes upserts and switches in one transaction. A message older than what is
//! kept changes nothing (`told_ms`).

use node::database::Tx;

use super::orders::StoreError;
use crate::catalogue::item::{Item, Location, Provider, SellerKey};
use crate::catalogue::reading::ProviderTold;
use crate::catalogue::words::normalised;

/// Where an on_search came from.
#[derive(Clone, Debug)]
pub struct Origin {
    pub domain: String,
    /// `*` for incremental messages, which then apply to every city of the provider.
    pub city: String,
    pub bpp_id: String,
    pub bpp_uri: String,
    pub core_version: String,
    /// Message id: pages of one full catalogue share it.
    pub message_id: String,
    /// `context.timestamp`, ms.
    pub told_ms: i64,
    /// Our core versions, the preferred one first: a seller that answers in two is kept in the better one.
    pub versions: Vec<String>,
}

/// How long an answer in a better version stands against answers in a lesser one.
const BETTER_VERSION_MS: i64 = 24 * 3600 * 1000;

impl Origin {
    pub fn key(&self, provider_id: &str) -> SellerKey {
        SellerKey {
            domain: self.domain.clone(),
            city: self.city.clone(),
            bpp_id: self.bpp_id.clone(),
            provider_id: provider_id.to_owned(),
        }
    }
}

/// What a message changed, for the event and the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Kept {
    pub providers: u64,
    pub items: u64,
    pub removed: u64,
    pub switched: u64,
}

const VERSION: &str = "select core_version, told_ms from buyer_provider where domain = $1 and city = $2 and bpp_id = $3 and provider_id = $4";
const PUT_PROVIDER: &str = "insert into buyer_provider (domain, city, bpp_id, provider_id, bpp_uri, core_version, name, enabled, told_ms, body) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (domain, city, bpp_id, provider_id) do update set \
     bpp_uri = excluded.bpp_uri, core_version = excluded.core_version, name = excluded.name, enabled = excluded.enabled, \
     told_ms = excluded.told_ms, body = excluded.body where buyer_provider.told_ms <= excluded.told_ms";
const PUT_LOCATION: &str = "insert into buyer_location (domain, city, bpp_id, provider_id, location_id, enabled, told_ms, body) \
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (domain, city, bpp_id, provider_id, location_id) do update set \
     enabled = excluded.enabled, told_ms = excluded.told_ms, body = excluded.body where buyer_location.told_ms <= excluded.told_ms";
const PUT_ITEM: &str = "insert into buyer_item (domain, city, bpp_id, provider_id, item_id, location_id, name, words, category, \
     price_hundredths, available, enabled, told_ms, told_by, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
     on conflict (domain, city, bpp_id, provider_id, item_id) do update set location_id = excluded.location_id, name = excluded.name, \
     words = excluded.words, category = excluded.category, price_hundredths = excluded.price_hundredths, available = excluded.available, \
     enabled = excluded.enabled, told_ms = excluded.told_ms, told_by = excluded.told_by, body = excluded.body \
     where buyer_item.told_ms <= excluded.told_ms";
// Items that the new full catalogue no longer names are gone. Pages share a message id, so a later page keeps the earlier ones.
const DROP_OLD: &str = "delete from buyer_item where domain = $1 and city = $2 and bpp_id = $3 and provider_id = $4 and told_by <> $5 and told_ms < $6";
const CHANGE_ITEM: &str = "update buyer_item set location_id = $5, name = $6, words = $7, category = $8, price_hundredths = $9, available = $10, \
     enabled = $11, told_ms = $12, body = $13 where domain = $1 and bpp_id = $2 and provider_id = $3 and item_id = $4 and told_ms <= $12";
const CITIES: &str = "select city from buyer_provider where domain = $1 and bpp_id = $2 and provider_id = $3";
const SWITCH_PROVIDER: &str = "update buyer_provider set enabled = $4, told_ms = $5 where domain = $1 and bpp_id = $2 and provider_id = $3 and told_ms <= $5";
const SWITCH_LOCATION: &str = "update buyer_location set enabled = $5, told_ms = $6 \
     where domain = $1 and bpp_id = $2 and provider_id = $3 and location_id = $4 and told_ms <= $6";

/// Applies what one message says of one provider.
pub async fn keep(tx: &mut Tx, origin: &Origin, told: &ProviderTold) -> Result<Kept, StoreError> {
    let mut kept = Kept::default();
    match &told.provider {
        Some(provider) => keep_full(tx, origin, told, provider, &mut kept).await?,
        None => keep_changes(tx, origin, told, &mut kept).await?,
    }
    Ok(kept)
}

async fn keep_full(
    tx: &mut Tx,
    origin: &Origin,
    told: &ProviderTold,
    provider: &Provider,
    kept: &mut Kept,
) -> Result<(), StoreError> {
    let key = origin.key(&told.id);
    if better_version_known(tx, origin, &key).await? {
        return Ok(());
    }
    put_provider(tx, origin, &key, provider).await?;
    kept.providers += 1;
    for location in told.locations.iter().filter_map(|l| l.location.as_ref()) {
        put_location(tx, origin, &key, location).await?;
    }
    for item in &told.items {
        kept.items += put_item(tx, origin, &key, item).await?;
    }
    kept.removed += node::run!(tx, |c| sqlx::query(DROP_OLD)
        .bind(&key.domain)
        .bind(&key.city)
        .bind(&key.bpp_id)
        .bind(&key.provider_id)
        .bind(&origin.message_id)
        .bind(origin.told_ms)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(())
}

/// Is the provider kept in a version that we like better, from not too long ago?
async fn better_version_known(tx: &mut Tx, origin: &Origin, key: &SellerKey) -> Result<bool, StoreError> {
    let known: Option<(String, i64)> = node::run!(tx, |c| sqlx::query_as(VERSION)
        .bind(&key.domain)
        .bind(&key.city)
        .bind(&key.bpp_id)
        .bind(&key.provider_id)
        .fetch_optional(c)
        .await)?;
    let rank = |version: &str| origin.versions.iter().position(|v| v == version).unwrap_or(usize::MAX);
    Ok(known.is_some_and(|(version, told_ms)| {
        rank(&version) < rank(&origin.core_version) && origin.told_ms - told_ms < BETTER_VERSION_MS
    }))
}

async fn put_provider(tx: &mut Tx, origin: &Origin, key: &SellerKey, provider: &Provider) -> Result<(), StoreError> {
    let body = serde_json::to_string(provider)?;
    node::run!(tx, |c| sqlx::query(PUT_PROVIDER)
        .bind(&key.domain)
        .bind(&key.city)
        .bind(&key.bpp_id)
        .bind(&key.provider_id)
        .bind(&origin.bpp_uri)
        .bind(&origin.core_version)
        .bind(&provider.name)
        .bind(provider.enabled)
        .bind(origin.told_ms)
        .bind(&body)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

async fn put_location(tx: &mut Tx, origin: &Origin, key: &SellerKey, location: &Location) -> Result<(), StoreError> {
    let body = serde_json::to_string(location)?;
    node::run!(tx, |c| sqlx::query(PUT_LOCATION)
        .bind(&key.domain)
        .bind(&key.city)
        .bind(&key.bpp_id)
        .bind(&key.provider_id)
        .bind(&location.id)
        .bind(location.enabled)
        .bind(origin.told_ms)
        .bind(&body)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

async fn put_item(tx: &mut Tx, origin: &Origin, key: &SellerKey, item: &Item) -> Result<u64, StoreError> {
    let body = serde_json::to_string(item)?;
    let rows = node::run!(tx, |c| sqlx::query(PUT_ITEM)
        .bind(&key.domain)
        .bind(&key.city)
        .bind(&key.bpp_id)
        .bind(&key.provider_id)
        .bind(&item.id)
        .bind(&item.location_id)
        .bind(&item.name)
        .bind(search_words(item))
        .bind(&item.category)
        .bind(item.price.hundredths())
        .bind(item.available)
        .bind(item.enabled)
        .bind(origin.told_ms)
        .bind(&origin.message_id)
        .bind(&body)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows)
}

fn search_words(item: &Item) -> String {
    normalised(&format!("{} {} {}", item.name, item.short_desc, item.category))
}

async fn keep_changes(tx: &mut Tx, origin: &Origin, told: &ProviderTold, kept: &mut Kept) -> Result<(), StoreError> {
    if let Some(enabled) = told.enabled {
        kept.switched += node::run!(tx, |c| sqlx::query(SWITCH_PROVIDER)
            .bind(&origin.domain)
            .bind(&origin.bpp_id)
            .bind(&told.id)
            .bind(enabled)
            .bind(origin.told_ms)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
    }
    for location in &told.locations {
        let Some(enabled) = location.enabled else { continue };
        kept.switched += node::run!(tx, |c| sqlx::query(SWITCH_LOCATION)
            .bind(&origin.domain)
            .bind(&origin.bpp_id)
            .bind(&told.id)
            .bind(&location.id)
            .bind(enabled)
            .bind(origin.told_ms)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
    }
    for item in &told.items {
        kept.items += change_item(tx, origin, &told.id, item).await?;
    }
    Ok(())
}

/// Changes a known item in every city; a new one is added to every city that knows its provider.
async fn change_item(tx: &mut Tx, origin: &Origin, provider_id: &str, item: &Item) -> Result<u64, StoreError> {
    let body = serde_json::to_string(item)?;
    let changed = node::run!(tx, |c| sqlx::query(CHANGE_ITEM)
        .bind(&origin.domain)
        .bind(&origin.bpp_id)
        .bind(provider_id)
        .bind(&item.id)
        .bind(&item.location_id)
        .bind(&item.name)
        .bind(search_words(item))
        .bind(&item.category)
        .bind(item.price.hundredths())
        .bind(item.available)
        .bind(item.enabled)
        .bind(origin.told_ms)
        .bind(&body)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if changed > 0 {
        return Ok(changed);
    }
    let cities: Vec<String> = node::run!(tx, |c| sqlx::query_scalar(CITIES)
        .bind(&origin.domain)
        .bind(&origin.bpp_id)
        .bind(provider_id)
        .fetch_all(c)
        .await)?;
    let mut added = 0;
    for city in cities {
        let key = SellerKey { city, ..origin.key(provider_id) };
        added += put_item(tx, origin, &key, item).await?;
    }
    Ok(added)
}
