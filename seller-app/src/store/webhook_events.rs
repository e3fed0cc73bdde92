//! What happened, for those who want to be told: written in the transaction in which it happened, so nothing is told that did not
//! happen and nothing that happened is forgotten. Where no place wants it, nothing is written.

use node::{Tx, run};
use serde_json::{Value, json};

use super::stamp::Stamp;
use crate::webhooks::kinds;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Happening {
    /// `order.confirm`, `stock.change`…
    pub kind: String,
    /// What it is about; deliveries of one subject leave in order.
    pub subject: String,
    pub data: Value,
}

const PLACES: &str = "select id, kinds from webhooks order by id";
const ADD: &str = "insert into webhook_events (id, kind, subject, body, at_ms) values ($1, $2, $3, $4, $5)";
const DELIVER: &str = "insert into webhook_deliveries (id, webhook_id, event_id, subject, state, attempts, due_ms, created_at_ms, \
     ended_at_ms, status, took_ms, answer) values ($1, $2, $3, $4, 'waiting', 0, $5, $5, 0, 0, 0, '')";
const BETWEEN: &str = "select distinct d.event_id, d.subject from webhook_deliveries d join webhook_events e on e.id = d.event_id \
     where d.webhook_id = $1 and e.at_ms >= $2 and e.at_ms <= $3 and ($4 = '' or d.state = $4) order by d.event_id limit $5";
const OF_DELIVERY: &str = "select event_id, subject from webhook_deliveries where id = $1 and webhook_id = $2";
const FORGET_DELIVERIES: &str = "delete from webhook_deliveries where state <> 'waiting' and ended_at_ms < $1";
const FORGET_EVENTS: &str = "delete from webhook_events where at_ms < $1 \
     and not exists (select 1 from webhook_deliveries d where d.event_id = webhook_events.id)";

/// Which places want what.
#[derive(Debug)]
pub struct Listeners(Vec<(String, String)>);

impl Listeners {
    pub async fn read(tx: &mut Tx) -> Result<Self, sqlx::Error> {
        Ok(Self(run!(tx, |c| sqlx::query_as(PLACES).fetch_all(c).await)?))
    }

    /// Does anybody want this kind?
    pub fn want(&self, kind: &str) -> bool {
        self.0.iter().any(|(_, wanted)| kinds::wants(wanted, kind))
    }

    /// Tells all who want it.
    pub async fn tell(&self, tx: &mut Tx, happening: &Happening, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
        if !self.want(&happening.kind) {
            return Ok(());
        }
        let event_id = add(tx, happening, stamp).await?;
        for (id, _) in self.0.iter().filter(|(_, wanted)| kinds::wants(wanted, &happening.kind)) {
            deliver(tx, id, &event_id, &happening.subject, stamp).await?;
        }
        Ok(())
    }
}

/// Tells one place, whatever it wants (the test button).
pub async fn tell_one(
    tx: &mut Tx,
    webhook_id: &str,
    happening: &Happening,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    let event_id = add(tx, happening, stamp).await?;
    deliver(tx, webhook_id, &event_id, &happening.subject, stamp).await
}

async fn add(tx: &mut Tx, happening: &Happening, stamp: &Stamp<'_>) -> Result<String, sqlx::Error> {
    let id = stamp.id();
    let Happening { kind, subject, data } = happening;
    let body = json!({ "id": id, "type": kind, "timestamp": stamp.now.to_string(), "data": data }).to_string();
    run!(tx, |c| sqlx::query(ADD)
        .bind(&id)
        .bind(kind)
        .bind(subject)
        .bind(&body)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(id)
}

async fn deliver(
    tx: &mut Tx,
    webhook_id: &str,
    event_id: &str,
    subject: &str,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(DELIVER)
        .bind(stamp.id())
        .bind(webhook_id)
        .bind(event_id)
        .bind(subject)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}

/// Sends what one delivery told again. False when there is no such delivery.
pub async fn replay(tx: &mut Tx, webhook_id: &str, delivery_id: &str, stamp: &Stamp<'_>) -> Result<bool, sqlx::Error> {
    let found: Option<(String, String)> =
        run!(tx, |c| sqlx::query_as(OF_DELIVERY).bind(delivery_id).bind(webhook_id).fetch_optional(c).await)?;
    let Some((event_id, subject)) = found else { return Ok(false) };
    deliver(tx, webhook_id, &event_id, &subject, stamp).await?;
    Ok(true)
}

/// A span of time to be told again, Unix milliseconds, both included.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub from_ms: i64,
    pub to_ms: i64,
    /// Only what was given up.
    pub failed: bool,
}

/// Most events of one replay.
pub const REPLAY_MAX: i64 = 10_000;

/// Sends everything of a span again, oldest first; says how much it is.
pub async fn replay_span(tx: &mut Tx, webhook_id: &str, span: Span, stamp: &Stamp<'_>) -> Result<usize, sqlx::Error> {
    let state = if span.failed { "failed" } else { "" };
    let found: Vec<(String, String)> = run!(tx, |c| sqlx::query_as(BETWEEN)
        .bind(webhook_id)
        .bind(span.from_ms)
        .bind(span.to_ms)
        .bind(state)
        .bind(REPLAY_MAX)
        .fetch_all(c)
        .await)?;
    for (event_id, subject) in &found {
        deliver(tx, webhook_id, event_id, subject, stamp).await?;
    }
    Ok(found.len())
}

/// Forgets what ended before `before_ms`.
pub async fn forget(tx: &mut Tx, before_ms: i64) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(FORGET_DELIVERIES).bind(before_ms).execute(c).await.map(|_| ()))?;
    run!(tx, |c| sqlx::query(FORGET_EVENTS).bind(before_ms).execute(c).await.map(|_| ()))
}
