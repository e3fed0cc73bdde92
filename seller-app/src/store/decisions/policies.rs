//! Versions of the routing policy and what happened to them.

use node::{Database, Tx, read, run};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::body;
use super::super::stamp::Stamp;
use crate::routing::Policy;

/// What a version is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Draft,
    /// The one that decides.
    Published,
    /// Was published once.
    Retired,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Retired => "retired",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::Published, Self::Retired].into_iter().find(|state| state.as_str() == text)
    }
}

/// A stored version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub version: i64,
    pub state: State,
    pub policy: Policy,
    pub note: String,
    pub actor: String,
    /// The report of its last replay (JSON); empty before.
    pub replay: String,
    pub made_at_ms: i64,
}

/// Something that happened to a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, sqlx::FromRow)]
pub struct PolicyEvent {
    pub version: i64,
    /// `drafted`, `replayed`, `published`, `rolled-back`.
    pub kind: String,
    pub actor: String,
    pub detail: String,
    pub at_ms: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    version: i64,
    state: String,
    body: String,
    note: String,
    actor: String,
    replay: String,
    made_at_ms: i64,
}

#[derive(Debug, thiserror::Error)]
#[error("routing_policies.state holds `{0}`, which this program does not know: it was written by a newer one")]
struct UnknownState(String);

impl Row {
    fn version(self) -> Result<Version, sqlx::Error> {
        let unknown = || sqlx::Error::Decode(Box::new(UnknownState(self.state.clone())));
        Ok(Version {
            state: State::parse(&self.state).ok_or_else(unknown)?,
            policy: body::read(&self.body)?,
            version: self.version,
            note: self.note,
            actor: self.actor,
            replay: self.replay,
            made_at_ms: self.made_at_ms,
        })
    }
}

const ALL: &str =
    "select version, state, body, note, actor, replay, made_at_ms from routing_policies order by version desc limit $1";
const ONE: &str =
    "select version, state, body, note, actor, replay, made_at_ms from routing_policies where version = $1";
const PUBLISHED: &str =
    "select version, state, body, note, actor, replay, made_at_ms from routing_policies where state = 'published'";
const ADD: &str = "insert into routing_policies (version, state, body, note, actor, replay, made_at_ms) \
     select coalesce(max(version), 0) + 1, 'draft', $1, $2, $3, '', $4 from routing_policies returning version";
const SET_REPLAY: &str = "update routing_policies set replay = $2 where version = $1";
const RETIRE: &str = "update routing_policies set state = 'retired' where state = 'published'";
const PUBLISH: &str = "update routing_policies set state = 'published' where version = $1";
const NOTE: &str = "insert into routing_policy_events (id, version, kind, actor, detail, at_ms) \
     values ($1, $2, $3, $4, $5, $6)";
const EVENTS: &str =
    "select version, kind, actor, detail, at_ms from routing_policy_events order by at_ms desc, id desc limit $1";

/// Versions, newest first.
pub async fn all(db: &Database, limit: i64) -> Result<Vec<Version>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(ALL).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Row::version).collect()
}

pub async fn one(db: &Database, version: i64) -> Result<Option<Version>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, Row>(ONE).bind(version).fetch_optional(c).await)?;
    row.map(Row::version).transpose()
}

/// The version that decides; `None` before any was published.
pub async fn published(db: &Database) -> Result<Option<Version>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, Row>(PUBLISHED).fetch_optional(c).await)?;
    row.map(Row::version).transpose()
}

/// Adds a draft; its version is the next number.
pub async fn add(tx: &mut Tx, policy: &Policy, note: &str, actor: &str, stamp: &Stamp<'_>) -> Result<i64, sqlx::Error> {
    let text = body::write(policy)?;
    let (version,): (i64,) =
        run!(tx, |c| sqlx::query_as(ADD).bind(&text).bind(note).bind(actor).bind(stamp.ms()).fetch_one(c).await)?;
    event(tx, version, "drafted", actor, note, stamp).await?;
    Ok(version)
}

/// Keeps the report of a replay.
pub async fn set_replay(
    tx: &mut Tx,
    version: i64,
    report: &str,
    actor: &str,
    detail: &str,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(SET_REPLAY).bind(version).bind(report).execute(c).await.map(|_| ()))?;
    event(tx, version, "replayed", actor, detail, stamp).await
}

/// Makes a version the one that decides.
pub async fn publish(tx: &mut Tx, version: i64, kind: &str, actor: &str, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(RETIRE).execute(c).await.map(|_| ()))?;
    run!(tx, |c| sqlx::query(PUBLISH).bind(version).execute(c).await.map(|_| ()))?;
    event(tx, version, kind, actor, "", stamp).await
}

async fn event(
    tx: &mut Tx,
    version: i64,
    kind: &str,
    actor: &str,
    detail: &str,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(NOTE)
        .bind(stamp.id())
        .bind(version)
        .bind(kind)
        .bind(actor)
        .bind(detail)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}

/// What happened, newest first.
pub async fn events(db: &Database, limit: i64) -> Result<Vec<PolicyEvent>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, PolicyEvent>(EVENTS).bind(limit).fetch_all(c).await)
}
