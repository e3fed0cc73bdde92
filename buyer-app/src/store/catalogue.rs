//! Keeping the catalogue: one on_search becomes upserts and switches in one transaction. A message older than what is
//! kept changes nothing (`told_ms`).

use node::database::Tx;

use super::orders::StoreError;
use crate::catalogue::item::{Item, Location, Provider, SellerKey};
use crate::catalogue::reading::ProviderTold;
use crate::catalogue::serviceability::{Serviceability, merged};
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

const KNOWN: &str = "select core_version, told_ms, body from buyer_provider where domain = $1 and city = $2 and bpp_id = $3 and provider_id = $4";
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
// The write is the lock: nobody else changes the providers until the transaction ends.
const KNOWN_ANYWHERE: &str = "update buyer_provider set enabled = enabled where domain = $1 and bpp_id = $2 and provider_id = $3 \
     returning city, body";
const SWITCH_PROVIDER: &str = "update buyer_provider set enabled = $4, told_ms = $5 where domain = $1 and bpp_id = $2 and provider_id = $3 and told_ms <= $5";
const SWITCH_LOCATION: &str = "update buyer_location set enabled = $5, told_ms = $6 \
     where domain = $1 and bpp_id = $2 and provider_id = $3 and location_id = $4 and told_ms <= $6";
const SERVE: &str =
    "update buyer_provider set body = $5 where domain = $1 and city = $2 and bpp_id = $3 and provider_id = $4";

/// Writes something of one provider in one city: the key is bound first, then the values. How many rows.
macro_rules! put {
    ($tx:ident, $sql:expr, $key:expr, $($value:expr),+) => {
        node::run!($tx, |c| sqlx::query($sql)
            .bind(&$key.domain)
            .bind(&$key.city)
            .bind(&$key.bpp_id)
            .bind(&$key.provider_id)
            $(.bind($value))+
            .execute(c)
            .await
            .map(|done| done.rows_affected()))
    };
}

/// As `put!`, in every city that knows the provider.
macro_rules! change {
    ($tx:ident, $sql:expr, $origin:expr, $provider_id:expr, $($value:expr),+) => {
        node::run!($tx, |c| sqlx::query($sql)
            .bind(&$origin.domain)
            .bind(&$origin.bpp_id)
            .bind($provider_id)
            $(.bind($value))+
            .execute(c)
            .await
            .map(|done| done.rows_affected()))
    };
}

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
    let known = known(tx, &key).await?;
    if known.as_ref().is_some_and(|known| known.is_better(origin)) {
        return Ok(());
    }
    let served = known.map(|known| known.provider.serviceability).unwrap_or_default();
    let serviceability = merged(&served, &provider.serviceability, origin.told_ms, true);
    put_provider(tx, origin, &key, &Provider { serviceability, ..provider.clone() }).await?;
    kept.providers += 1;
    for location in told.locations.iter().filter_map(|l| l.location.as_ref()) {
        put_location(tx, origin, &key, location).await?;
    }
    for item in &told.items {
        kept.items += put_item(tx, origin, &key, item).await?;
    }
    kept.removed += put!(tx, DROP_OLD, key, &origin.message_id, origin.told_ms)?;
    Ok(())
}

/// What is kept of a provider.
struct Known {
    core_version: String,
    told_ms: i64,
    provider: Provider,
}

impl Known {
    /// In a version that we like better, from not too long ago?
    fn is_better(&self, origin: &Origin) -> bool {
        let rank = |version: &str| origin.versions.iter().position(|v| v == version).unwrap_or(usize::MAX);
        rank(&self.core_version) < rank(&origin.core_version) && origin.told_ms - self.told_ms < BETTER_VERSION_MS
    }
}

async fn known(tx: &mut Tx, key: &SellerKey) -> Result<Option<Known>, StoreError> {
    let row: Option<(String, i64, String)> = node::run!(tx, |c| sqlx::query_as(KNOWN)
        .bind(&key.domain)
        .bind(&key.city)
        .bind(&key.bpp_id)
        .bind(&key.provider_id)
        .fetch_optional(c)
        .await)?;
    let Some((core_version, told_ms, body)) = row else { return Ok(None) };
    Ok(Some(Known { core_version, told_ms, provider: serde_json::from_str(&body)? }))
}

async fn put_provider(tx: &mut Tx, origin: &Origin, key: &SellerKey, provider: &Provider) -> Result<(), StoreError> {
    let body = serde_json::to_string(provider)?;
    let (uri, version) = (&origin.bpp_uri, &origin.core_version);
    put!(tx, PUT_PROVIDER, key, uri, version, &provider.name, provider.enabled, origin.told_ms, &body)?;
    Ok(())
}

async fn put_location(tx: &mut Tx, origin: &Origin, key: &SellerKey, location: &Location) -> Result<(), StoreError> {
    let body = serde_json::to_string(location)?;
    put!(tx, PUT_LOCATION, key, &location.id, location.enabled, origin.told_ms, &body)?;
    Ok(())
}

async fn put_item(tx: &mut Tx, origin: &Origin, key: &SellerKey, item: &Item) -> Result<u64, StoreError> {
    let body = serde_json::to_string(item)?;
    Ok(put!(
        tx,
        PUT_ITEM,
        key,
        &item.id,
        &item.location_id,
        &item.name,
        search_words(item),
        &item.category,
        item.price.hundredths(),
        item.available,
        item.enabled,
        origin.told_ms,
        &origin.message_id,
        &body
    )?)
}

fn search_words(item: &Item) -> String {
    normalised(&format!("{} {} {}", item.name, item.short_desc, item.category))
}

async fn keep_changes(tx: &mut Tx, origin: &Origin, told: &ProviderTold, kept: &mut Kept) -> Result<(), StoreError> {
    let (id, at) = (&told.id, origin.told_ms);
    if let Some(enabled) = told.enabled {
        kept.switched += change!(tx, SWITCH_PROVIDER, origin, id, enabled, at)?;
    }
    let known: Vec<(String, String)> = node::run!(tx, |c| sqlx::query_as(KNOWN_ANYWHERE)
        .bind(&origin.domain)
        .bind(&origin.bpp_id)
        .bind(id)
        .fetch_all(c)
        .await)?;
    for location in &told.locations {
        if let Some(enabled) = location.enabled {
            kept.switched += change!(tx, SWITCH_LOCATION, origin, id, &location.id, enabled, at)?;
        }
    }
    for (city, body) in &known {
        let key = SellerKey { city: city.clone(), ..origin.key(id) };
        for location in told.locations.iter().filter_map(|l| l.location.as_ref()) {
            put_location(tx, origin, &key, location).await?;
        }
        serve(tx, origin, &key, body, &told.serviceability).await?;
    }
    for item in &told.items {
        kept.items += change_item(tx, origin, &told.id, &known, item).await?;
    }
    Ok(())
}

/// Where some locations deliver now; what is known of the others stands.
async fn serve(
    tx: &mut Tx,
    origin: &Origin,
    key: &SellerKey,
    body: &str,
    told: &[Serviceability],
) -> Result<(), StoreError> {
    if told.is_empty() {
        return Ok(());
    }
    let mut provider: Provider = serde_json::from_str(body)?;
    provider.serviceability = merged(&provider.serviceability, told, origin.told_ms, false);
    let body = serde_json::to_string(&provider)?;
    put!(tx, SERVE, key, &body)?;
    Ok(())
}

/// Changes a known item in every city; a new one is added to every city that knows its provider.
async fn change_item(
    tx: &mut Tx,
    origin: &Origin,
    provider_id: &str,
    known: &[(String, String)],
    item: &Item,
) -> Result<u64, StoreError> {
    let body = serde_json::to_string(item)?;
    let changed = change!(
        tx,
        CHANGE_ITEM,
        origin,
        provider_id,
        &item.id,
        &item.location_id,
        &item.name,
        search_words(item),
        &item.category,
        item.price.hundredths(),
        item.available,
        item.enabled,
        origin.told_ms,
        &body
    )?;
    if changed > 0 {
        return Ok(changed);
    }
    let mut added = 0;
    for (city, _) in known {
        let key = SellerKey { city: city.clone(), ..origin.key(provider_id) };
        added += put_item(tx, origin, &key, item).await?;
    }
    Ok(added)
}
