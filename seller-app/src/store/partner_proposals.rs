//! Proposals of the scorecards and versions of the targets.

use node::{Database, Tx, read, run};
use serde::Serialize;
use utoipa::ToSchema;

use crate::partners::proposal::Proposal;
use crate::partners::targets::{Miss, Targets};

use super::body;
use super::stamp::Stamp;

/// A proposal as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProposalRecord {
    pub id: String,
    pub partner_id: String,
    /// `warn`, `probation`, `reinstate`, `offboard`
    pub kind: String,
    /// Why.
    pub misses: Vec<Miss>,
    /// `open`, `confirmed`, `dismissed`
    pub state: String,
    /// Who decided, and why.
    pub actor: String,
    pub reason: String,
    /// Unix milliseconds.
    pub made_at_ms: i64,
    pub decided_at_ms: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    partner_id: String,
    kind: String,
    body: String,
    state: String,
    actor: String,
    reason: String,
    made_at_ms: i64,
    decided_at_ms: Option<i64>,
}

impl Row {
    fn record(self) -> Result<ProposalRecord, sqlx::Error> {
        Ok(ProposalRecord {
            misses: body::read(&self.body)?,
            id: self.id,
            partner_id: self.partner_id,
            kind: self.kind,
            state: self.state,
            actor: self.actor,
            reason: self.reason,
            made_at_ms: self.made_at_ms,
            decided_at_ms: self.decided_at_ms,
        })
    }
}

macro_rules! proposals {
    ($where:literal) => {
        concat!(
            "select id, partner_id, kind, body, state, actor, reason, made_at_ms, decided_at_ms from partner_proposals ",
            $where
        )
    };
}

const OPEN: &str = proposals!("where state = 'open' order by made_at_ms, id");
const OF_PARTNER: &str = proposals!("where partner_id = $1 order by made_at_ms desc, id desc");
const ONE: &str = proposals!("where id = $1");
const ADD: &str = "insert into partner_proposals (id, partner_id, kind, body, state, actor, reason, made_at_ms) \
     values ($1, $2, $3, $4, 'open', '', '', $5)";
const RENEW: &str = "update partner_proposals set body = $2 where id = $1 and state = 'open'";
const DECIDE: &str = "update partner_proposals set state = $2, actor = $3, reason = $4, decided_at_ms = $5 \
     where id = $1 and state = 'open'";
const TARGETS: &str = "select version, body from partner_targets order by version desc limit 1";
const SET_TARGETS: &str = "insert into partner_targets (version, body, actor, reason, at_ms) values ($1, $2, $3, $4, $5) \
     on conflict (version) do nothing";

/// What waits for a person, the oldest first.
pub async fn open(db: &Database) -> Result<Vec<ProposalRecord>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(OPEN).fetch_all(c).await)?;
    rows.into_iter().map(Row::record).collect()
}

/// All of a partner, the newest first.
pub async fn of_partner(db: &Database, partner_id: &str) -> Result<Vec<ProposalRecord>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(OF_PARTNER).bind(partner_id).fetch_all(c).await)?;
    rows.into_iter().map(Row::record).collect()
}

pub async fn one(db: &Database, id: &str) -> Result<Option<ProposalRecord>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, Row>(ONE).bind(id).fetch_optional(c).await)?;
    row.map(Row::record).transpose()
}

/// Notes a proposal.
pub async fn add(tx: &mut Tx, partner_id: &str, proposal: &Proposal, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    let text = body::write(&proposal.misses)?;
    run!(tx, |c| sqlx::query(ADD)
        .bind(stamp.id())
        .bind(partner_id)
        .bind(proposal.kind.as_str())
        .bind(&text)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}

/// The same proposal with the numbers of today.
pub async fn renew(tx: &mut Tx, id: &str, proposal: &Proposal) -> Result<(), sqlx::Error> {
    let text = body::write(&proposal.misses)?;
    run!(tx, |c| sqlx::query(RENEW).bind(id).bind(&text).execute(c).await.map(|_| ()))
}

/// Decides an open proposal. `false` = it is decided already.
pub async fn decide(
    tx: &mut Tx,
    id: &str,
    state: &str,
    (actor, reason): (&str, &str),
    stamp: &Stamp<'_>,
) -> Result<bool, sqlx::Error> {
    let changed = run!(tx, |c| sqlx::query(DECIDE)
        .bind(id)
        .bind(state)
        .bind(actor)
        .bind(reason)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// The newest version of the targets and its number; `None` before anybody set some.
pub async fn targets(db: &Database) -> Result<Option<(i64, Targets)>, sqlx::Error> {
    let row: Option<(i64, String)> = read!(db, |c| sqlx::query_as(TARGETS).fetch_optional(c).await)?;
    row.map(|(version, text)| Ok((version, body::read(&text)?))).transpose()
}

/// Adds a version. `false` = somebody else was faster.
pub async fn set_targets(
    tx: &mut Tx,
    version: i64,
    targets: &Targets,
    (actor, reason): (&str, &str),
    stamp: &Stamp<'_>,
) -> Result<bool, sqlx::Error> {
    let text = body::write(targets)?;
    let added = run!(tx, |c| sqlx::query(SET_TARGETS)
        .bind(version)
        .bind(&text)
        .bind(actor)
        .bind(reason)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(added == 1)
}
