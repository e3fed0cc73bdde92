//! Partners: the brand's distributors and retailers, each one provider on the network.

use node::{Database, Tx, read, run};

use crate::catalogue::Partner;
use crate::routing;

use super::body::{self, Saved};
use super::changes;
use super::stamp::Stamp;

/// A partner as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct PartnerRecord {
    pub partner: Partner,
    /// `distributor` or `retailer`; known to the brand only.
    pub kind: String,
    /// Whether a bearer token for the API was handed out.
    pub has_token: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    body: String,
    kind: String,
    token_digest: Option<String>,
}

impl Row {
    fn record(self) -> Result<PartnerRecord, sqlx::Error> {
        let partner = body::read(&self.body)?;
        Ok(PartnerRecord { partner, kind: self.kind, has_token: self.token_digest.is_some() })
    }
}

const ALL: &str = "select body, kind, token_digest from partners order by city, id";
const ONE: &str = "select body, kind, token_digest from partners where id = $1";
const BY_TOKEN: &str = "select id from partners where token_digest = $1";
const SAVE: &str = "insert into partners (id, name, kind, city, active, body, updated_at_ms) \
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do update set name = excluded.name, kind = excluded.kind, \
     city = excluded.city, active = excluded.active, body = excluded.body, updated_at_ms = excluded.updated_at_ms";
const SET_TOKEN: &str = "update partners set token_digest = $2 where id = $1";

pub async fn all(db: &Database) -> Result<Vec<PartnerRecord>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(ALL).fetch_all(c).await)?;
    rows.into_iter().map(Row::record).collect()
}

pub async fn one(db: &Database, id: &str) -> Result<Option<PartnerRecord>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, Row>(ONE).bind(id).fetch_optional(c).await)?;
    row.map(Row::record).transpose()
}

async fn locked(tx: &mut Tx, id: &str) -> Result<Option<PartnerRecord>, sqlx::Error> {
    let row = run!(tx, |c| sqlx::query_as::<_, Row>(ONE).bind(id).fetch_optional(c).await)?;
    row.map(Row::record).transpose()
}

/// Saves a partner and tells the catalogue when what it publishes changed.
pub async fn save(tx: &mut Tx, partner: &Partner, kind: &str, stamp: &Stamp<'_>) -> Result<Saved, sqlx::Error> {
    let before = locked(tx, &partner.id).await?;
    let saved = match &before {
        None => Saved::New,
        Some(before) if before.partner == *partner && before.kind == kind => return Ok(Saved::Unchanged),
        Some(_) => Saved::Changed,
    };
    let text = body::write(partner)?;
    run!(tx, |c| sqlx::query(SAVE)
        .bind(&partner.id)
        .bind(&partner.name)
        .bind(kind)
        .bind(&partner.city)
        .bind(partner.active)
        .bind(&text)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    if let Some(before) = before {
        tell(tx, &before.partner, partner, stamp).await?;
    }
    Ok(saved)
}

/// Notes what a changed partner means for what it and its neighbours publish. A new one tells nobody: buyer apps meet it in
/// the whole catalogue.
async fn tell(tx: &mut Tx, before: &Partner, now: &Partner, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    if before.active != now.active {
        changes::note(tx, &now.id, "", stamp).await?;
    }
    if !routing::serves_otherwise(before, now) {
        return Ok(());
    }
    let rows = run!(tx, |c| sqlx::query_as::<_, Row>(ALL).fetch_all(c).await)?;
    let all: Vec<Partner> =
        rows.into_iter().map(|row| Ok(row.record()?.partner)).collect::<Result<_, sqlx::Error>>()?;
    for id in routing::concerned(before, now, &all) {
        changes::note(tx, id, changes::EVERYTHING, stamp).await?;
    }
    Ok(())
}

/// Takes a partner off the network or back on it. `None` = no such partner.
pub async fn set_active(tx: &mut Tx, id: &str, active: bool, stamp: &Stamp<'_>) -> Result<Option<Saved>, sqlx::Error> {
    let Some(mut record) = locked(tx, id).await? else { return Ok(None) };
    record.partner.active = active;
    save(tx, &record.partner, &record.kind, stamp).await.map(Some)
}

/// Sets or (with `None`) withdraws the partner's bearer token; only its digest is kept.
pub async fn set_token(tx: &mut Tx, id: &str, digest: Option<&str>) -> Result<bool, sqlx::Error> {
    let changed =
        run!(tx, |c| sqlx::query(SET_TOKEN).bind(id).bind(digest).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// The partner whom a token belongs to.
pub async fn by_token(db: &Database, digest: &str) -> Result<Option<String>, sqlx::Error> {
    read!(db, |c| sqlx::query_scalar::<_, String>(BY_TOKEN).bind(digest).fetch_optional(c).await)
}
