//! Items: what the brand sells, whoever stocks it.

use node::{Database, Tx, read, run};

use crate::catalogue::Item;

use super::body::{self, Saved};
use super::changes;
use super::stamp::Stamp;

const ALL: &str = "select body from items order by sku";
const ONE: &str = "select body from items where sku = $1";
const SAVE: &str = "insert into items (sku, name, active, body, updated_at_ms) values ($1, $2, $3, $4, $5) \
     on conflict (sku) do update set name = excluded.name, active = excluded.active, body = excluded.body, \
     updated_at_ms = excluded.updated_at_ms";
const SOLD_BY: &str = "select partner_id from offers where sku = $1 order by partner_id";

pub async fn all(db: &Database) -> Result<Vec<Item>, sqlx::Error> {
    let bodies = read!(db, |c| sqlx::query_scalar::<_, String>(ALL).fetch_all(c).await)?;
    bodies.iter().map(|text| body::read(text)).collect()
}

pub async fn one(db: &Database, sku: &str) -> Result<Option<Item>, sqlx::Error> {
    let found = read!(db, |c| sqlx::query_scalar::<_, String>(ONE).bind(sku).fetch_optional(c).await)?;
    found.map(|text| body::read(&text)).transpose()
}

/// Saves an item; every partner that sells it has changed in the catalogue then.
pub async fn save(tx: &mut Tx, item: &Item, stamp: &Stamp<'_>) -> Result<Saved, sqlx::Error> {
    let before = run!(tx, |c| sqlx::query_scalar::<_, String>(ONE).bind(&item.sku).fetch_optional(c).await)?;
    let saved = match before.map(|text| body::read::<Item>(&text)).transpose()? {
        None => Saved::New,
        Some(before) if before == *item => return Ok(Saved::Unchanged),
        Some(_) => Saved::Changed,
    };
    let text = body::write(item)?;
    run!(tx, |c| sqlx::query(SAVE)
        .bind(&item.sku)
        .bind(&item.name)
        .bind(item.active)
        .bind(&text)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    if saved == Saved::Changed {
        let partners: Vec<String> = run!(tx, |c| sqlx::query_scalar(SOLD_BY).bind(&item.sku).fetch_all(c).await)?;
        for partner_id in partners {
            changes::note(tx, &partner_id, &item.sku, stamp).await?;
        }
    }
    Ok(saved)
}
