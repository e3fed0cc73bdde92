//! Partners: the brand's distributors and retailers, each one provider on the network.

use node::{Database, Tx, read, run};

use crate::catalogue::Partner;
use crate::partners::{Kind, Stage, Step, Terms};
use crate::routing;
use crate::state_table::Misfit;

use super::body::{self, Saved};
use super::stamp::Stamp;
use super::{changes, partner_history};

/// A partner as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct PartnerRecord {
    /// `active` in it always follows from `stage`.
    pub partner: Partner,
    /// Known to the brand only, as everything below.
    pub kind: Kind,
    pub stage: Stage,
    /// Name of a tier of the targets.
    pub tier: String,
    pub terms: Terms,
    /// Goes for good as soon as no order is open.
    pub leaving: bool,
    /// Whether a bearer token for the API was handed out.
    pub has_token: bool,
}

/// What only the brand knows of a partner, beside its stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile<'a> {
    pub kind: Kind,
    pub tier: &'a str,
    pub terms: &'a Terms,
}

impl PartnerRecord {
    pub fn profile(&self) -> Profile<'_> {
        Profile { kind: self.kind, tier: &self.tier, terms: &self.terms }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    body: String,
    kind: String,
    stage: String,
    tier: String,
    terms: String,
    leaving: bool,
    token_digest: Option<String>,
}

/// A word in the database that this program does not know: it was written by a newer one.
#[derive(Debug, thiserror::Error)]
#[error("partners.{column} holds `{word}`, which this program does not know")]
struct UnknownWord {
    column: &'static str,
    word: String,
}

impl Row {
    fn record(self) -> Result<PartnerRecord, sqlx::Error> {
        let unknown = |column, word: &str| sqlx::Error::Decode(Box::new(UnknownWord { column, word: word.to_owned() }));
        let stage = Stage::parse(&self.stage).ok_or_else(|| unknown("stage", &self.stage))?;
        let kind = Kind::parse(&self.kind).ok_or_else(|| unknown("kind", &self.kind))?;
        let partner: Partner = body::read(&self.body)?;
        Ok(PartnerRecord {
            partner: Partner { active: stage.sells(), ..partner },
            kind,
            stage,
            tier: self.tier,
            terms: body::read(&self.terms)?,
            leaving: self.leaving,
            has_token: self.token_digest.is_some(),
        })
    }
}

const ALL: &str = "select body, kind, stage, tier, terms, leaving, token_digest from partners order by city, id";
const ONE: &str = "select body, kind, stage, tier, terms, leaving, token_digest from partners where id = $1";
/// The write is also the lock, on both engines.
const LOCK: &str = "update partners set updated_at_ms = $2 where id = $1 \
     returning body, kind, stage, tier, terms, leaving, token_digest";
const BY_TOKEN: &str = "select id from partners where token_digest = $1";
const SAVE: &str = "insert into partners (id, name, kind, city, active, body, updated_at_ms, stage, tier, terms, leaving) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do update set name = excluded.name, \
     kind = excluded.kind, city = excluded.city, active = excluded.active, body = excluded.body, \
     updated_at_ms = excluded.updated_at_ms, stage = excluded.stage, tier = excluded.tier, terms = excluded.terms, \
     leaving = excluded.leaving";
const SET_TOKEN: &str = "update partners set token_digest = $2 where id = $1";

pub async fn all(db: &Database) -> Result<Vec<PartnerRecord>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(ALL).fetch_all(c).await)?;
    rows.into_iter().map(Row::record).collect()
}

pub async fn one(db: &Database, id: &str) -> Result<Option<PartnerRecord>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, Row>(ONE).bind(id).fetch_optional(c).await)?;
    row.map(Row::record).transpose()
}

/// Reads a partner and locks its row until the transaction ends.
pub async fn locked(tx: &mut Tx, id: &str, stamp: &Stamp<'_>) -> Result<Option<PartnerRecord>, sqlx::Error> {
    let row = run!(tx, |c| sqlx::query_as::<_, Row>(LOCK).bind(id).bind(stamp.ms()).fetch_optional(c).await)?;
    row.map(Row::record).transpose()
}

/// The tier of a partner of which nothing else is said.
pub const TIER: &str = "standard";

/// Saves what a partner is; tier and terms stay as they are. See [`save_profile`].
pub async fn save(tx: &mut Tx, partner: &Partner, kind: Kind, stamp: &Stamp<'_>) -> Result<Saved, sqlx::Error> {
    let before = locked(tx, &partner.id, stamp).await?;
    let (tier, terms) = match &before {
        Some(before) => (before.tier.clone(), before.terms.clone()),
        None => (TIER.to_owned(), Terms::default()),
    };
    let profile = Profile { kind, tier: &tier, terms: &terms };
    put(tx, before.as_ref(), partner, profile, stamp).await
}

/// Saves what a partner is and what only the brand knows of it, and tells the catalogue when what it publishes changed.
///
/// The life cycle is not moved from here: the stage of a known partner stays, a new one begins as active when it says so
/// (a partner that the brand takes over with its record) and as invited else.
pub async fn save_profile(
    tx: &mut Tx,
    partner: &Partner,
    profile: Profile<'_>,
    stamp: &Stamp<'_>,
) -> Result<Saved, sqlx::Error> {
    let before = locked(tx, &partner.id, stamp).await?;
    put(tx, before.as_ref(), partner, profile, stamp).await
}

async fn put(
    tx: &mut Tx,
    before: Option<&PartnerRecord>,
    partner: &Partner,
    profile: Profile<'_>,
    stamp: &Stamp<'_>,
) -> Result<Saved, sqlx::Error> {
    let begins = if partner.active { Stage::Active } else { Stage::Invited };
    let stage = before.map_or(begins, |before| before.stage);
    let next = PartnerRecord {
        partner: Partner { active: stage.sells(), ..partner.clone() },
        kind: profile.kind,
        stage,
        tier: profile.tier.to_owned(),
        terms: profile.terms.clone(),
        leaving: before.is_some_and(|before| before.leaving),
        has_token: before.is_some_and(|before| before.has_token),
    };
    if before == Some(&next) {
        return Ok(Saved::Unchanged);
    }
    write(tx, &next, stamp).await?;
    let Some(before) = before else {
        let reason = if stage.sells() { "taken over as it sells already" } else { "invited" };
        partner_history::remark(tx, &partner.id, stage, "created", Mover { actor: "brand", reason }, stamp).await?;
        return Ok(Saved::New);
    };
    tell(tx, &before.partner, &next.partner, stamp).await?;
    Ok(Saved::Changed)
}

async fn write(tx: &mut Tx, record: &PartnerRecord, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    let partner = &record.partner;
    let (text, terms) = (body::write(partner)?, body::write(&record.terms)?);
    run!(tx, |c| sqlx::query(SAVE)
        .bind(&partner.id)
        .bind(&partner.name)
        .bind(record.kind.as_str())
        .bind(&partner.city)
        .bind(partner.active)
        .bind(&text)
        .bind(stamp.ms())
        .bind(record.stage.as_str())
        .bind(&record.tier)
        .bind(&terms)
        .bind(record.leaving)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Who moves a partner, and why.
#[derive(Clone, Copy, Debug)]
pub struct Mover<'a> {
    /// `brand`, `system`, or the name of a person.
    pub actor: &'a str,
    pub reason: &'a str,
}

/// Takes a step in a partner's life, writes it into the history and tells the catalogue. `None` = no such partner;
/// the inner error: the table does not allow it, nothing was written.
///
/// The checklist before going live is the caller's (partner_work).
pub async fn take_step(
    tx: &mut Tx,
    id: &str,
    step: Step,
    mover: Mover<'_>,
    stamp: &Stamp<'_>,
) -> Result<Option<Result<Stage, Misfit>>, sqlx::Error> {
    let Some(before) = locked(tx, id, stamp).await? else { return Ok(None) };
    let stage = match before.stage.next(step) {
        Ok(stage) => stage,
        Err(misfit) => return Ok(Some(Err(misfit))),
    };
    let mut next = before.clone();
    next.stage = stage;
    next.partner.active = stage.sells();
    next.leaving = before.leaving && !stage.sells();
    write(tx, &next, stamp).await?;
    partner_history::add(tx, id, (before.stage, stage, step), mover, stamp).await?;
    tell(tx, &before.partner, &next.partner, stamp).await?;
    Ok(Some(Ok(stage)))
}

/// Marks a partner to go for good once it is drained.
pub async fn set_leaving(tx: &mut Tx, id: &str, stamp: &Stamp<'_>) -> Result<bool, sqlx::Error> {
    let Some(mut record) = locked(tx, id, stamp).await? else { return Ok(false) };
    record.leaving = true;
    write(tx, &record, stamp).await?;
    Ok(true)
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

/// Takes a partner off the network or back on it, as far as the table allows: off is suspended; back is active, or on
/// probation when it was drained. `None` = no such partner.
pub async fn set_active(tx: &mut Tx, id: &str, active: bool, stamp: &Stamp<'_>) -> Result<Option<Saved>, sqlx::Error> {
    let Some(before) = locked(tx, id, stamp).await? else { return Ok(None) };
    let step = match (active, before.stage) {
        (false, Stage::Active | Stage::Probation) => Step::Suspend,
        (true, Stage::Suspended) => Step::Reinstate,
        (true, Stage::Drained) => Step::Probation,
        (false, Stage::Invited | Stage::Verifying | Stage::Suspended | Stage::Drained | Stage::Offboarded)
        | (true, Stage::Invited | Stage::Verifying | Stage::Active | Stage::Probation | Stage::Offboarded) => {
            return Ok(Some(Saved::Unchanged));
        }
    };
    let reason = if active { "put back on the network" } else { "taken off the network" };
    let moved = take_step(tx, id, step, Mover { actor: "brand", reason }, stamp).await?;
    Ok(moved.map(|moved| if moved.is_ok() { Saved::Changed } else { Saved::Unchanged }))
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
