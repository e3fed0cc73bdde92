//! Routing decisions as they were made, and the winners of the last publication. Policies and how partners do
//! are in `decisions/`.

use std::collections::BTreeMap;

use node::{Database, Tx, read, run};

use super::body;
use super::shelf::{self, ShelfKey};
use super::stamp::Stamp;
use crate::routing::{Explanation, Outcome, Policy, Problem, Published};

pub mod policies;
pub mod standing;

/// A decision with everything that it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub id: String,
    pub bap_id: String,
    pub transaction_id: String,
    /// The partner that the order stands with; empty for a quote.
    pub partner_id: String,
    /// `strict` or `native`.
    pub profile: String,
    /// 0 is the policy of the settings.
    pub policy_version: i64,
    pub policy: Policy,
    pub problem: Problem,
    pub outcome: Outcome,
    pub explanation: Explanation,
    pub at_ms: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    bap_id: String,
    transaction_id: String,
    partner_id: String,
    profile: String,
    policy_version: i64,
    policy: String,
    problem: String,
    outcome: String,
    explanation: String,
    at_ms: i64,
}

impl Row {
    fn decision(self) -> Result<Decision, sqlx::Error> {
        Ok(Decision {
            policy: body::read(&self.policy)?,
            problem: body::read(&self.problem)?,
            outcome: body::read(&self.outcome)?,
            explanation: body::read(&self.explanation)?,
            id: self.id,
            bap_id: self.bap_id,
            transaction_id: self.transaction_id,
            partner_id: self.partner_id,
            profile: self.profile,
            policy_version: self.policy_version,
            at_ms: self.at_ms,
        })
    }
}

/// A cart or order that nobody decided about since it last changed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Undecided {
    pub bap_id: String,
    pub transaction_id: String,
    /// The order, as JSON.
    pub body: String,
}

macro_rules! decision_columns {
    ($rest:literal) => {
        concat!(
            "select id, bap_id, transaction_id, partner_id, profile, policy_version, policy, problem, outcome, explanation, ",
            "at_ms from routing_decisions ",
            $rest
        )
    };
}

const ADD: &str = "insert into routing_decisions (id, bap_id, transaction_id, partner_id, place, profile, policy_version, \
     policy, problem, outcome, explanation, at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const ONE: &str = decision_columns!("where id = $1");
const OF_TRANSACTION: &str =
    decision_columns!("where bap_id = $1 and transaction_id = $2 order by at_ms desc, id desc limit 1");
const LAST: &str = decision_columns!("where transaction_id <> '' order by at_ms desc, id desc limit $1");
const UNDECIDED_DRAFTS: &str = "select d.bap_id, d.transaction_id, d.body from drafts d where d.updated_at_ms >= $1 \
     and not exists (select 1 from routing_decisions r where r.bap_id = d.bap_id and r.transaction_id = d.transaction_id \
     and r.at_ms >= d.updated_at_ms) order by d.updated_at_ms limit $2";
const UNDECIDED_ORDERS: &str = "select o.bap_id, o.transaction_id, o.body from orders o where o.created_at_ms >= $1 \
     and not exists (select 1 from routing_decisions r where r.bap_id = o.bap_id and r.transaction_id = o.transaction_id) \
     order by o.created_at_ms limit $2";
const FORGET: &str = "delete from routing_decisions where at_ms < $1 and not exists (select 1 from orders o \
     where o.bap_id = routing_decisions.bap_id and o.transaction_id = routing_decisions.transaction_id)";
const PUBLISHED: &str = "select partner_id, sku, cells from routing_published order by partner_id, sku";
const PUBLISHED_OF: &str = "select partner_id, sku, cells from routing_published where partner_id = $1 order by sku";
const PUBLISHED_SOME: &str = "select partner_id, sku, cells from routing_published where (partner_id, sku) in \
     (select f.value ->> 'p', f.value ->> 's' from json_each($1) as f) order by partner_id, sku";
const PUBLISHED_SOME_POSTGRES: &str = "select partner_id, sku, cells from routing_published where (partner_id, sku) in \
     (select f.value ->> 'p', f.value ->> 's' from jsonb_array_elements($1::text::jsonb) as f(value)) \
     order by partner_id, sku";
const SAVE_PUBLISHED: &str = "insert into routing_published (partner_id, sku, cells, updated_at_ms) \
     values ($1, $2, $3, $4) on conflict (partner_id, sku) do update set cells = excluded.cells, \
     updated_at_ms = excluded.updated_at_ms";
const DROP_PUBLISHED: &str = "delete from routing_published where partner_id = $1 and sku = $2";

/// Adds a decision.
pub async fn add(tx: &mut Tx, made: &Decision) -> Result<(), sqlx::Error> {
    let (policy, problem) = (body::write(&made.policy)?, body::write(&made.problem)?);
    let (outcome, explanation) = (body::write(&made.outcome)?, body::write(&made.explanation)?);
    run!(tx, |c| sqlx::query(ADD)
        .bind(&made.id)
        .bind(&made.bap_id)
        .bind(&made.transaction_id)
        .bind(&made.partner_id)
        .bind(&made.problem.place)
        .bind(&made.profile)
        .bind(made.policy_version)
        .bind(&policy)
        .bind(&problem)
        .bind(&outcome)
        .bind(&explanation)
        .bind(made.at_ms)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn one(db: &Database, id: &str) -> Result<Option<Decision>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, Row>(ONE).bind(id).fetch_optional(c).await)?;
    row.map(Row::decision).transpose()
}

/// The newest decision about a cart or order.
pub async fn of_transaction(
    db: &Database,
    bap_id: &str,
    transaction_id: &str,
) -> Result<Option<Decision>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, Row>(OF_TRANSACTION)
        .bind(bap_id)
        .bind(transaction_id)
        .fetch_optional(c)
        .await)?;
    row.map(Row::decision).transpose()
}

/// The last decisions about carts and orders, newest first.
pub async fn last(db: &Database, limit: i64) -> Result<Vec<Decision>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(LAST).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Row::decision).collect()
}

/// Carts, then orders, that changed since `since_ms` and were not decided about since.
pub async fn undecided(db: &Database, since_ms: i64, limit: i64) -> Result<Vec<Undecided>, sqlx::Error> {
    let drafts =
        read!(db, |c| sqlx::query_as::<_, Undecided>(UNDECIDED_DRAFTS).bind(since_ms).bind(limit).fetch_all(c).await)?;
    let orders =
        read!(db, |c| sqlx::query_as::<_, Undecided>(UNDECIDED_ORDERS).bind(since_ms).bind(limit).fetch_all(c).await)?;
    Ok(drafts.into_iter().chain(orders).collect())
}

/// Drops decisions older than `before_ms` about carts that never became orders.
pub async fn forget(tx: &mut Tx, before_ms: i64) -> Result<u64, sqlx::Error> {
    run!(tx, |c| sqlx::query(FORGET).bind(before_ms).execute(c).await.map(|done| done.rows_affected()))
}

#[derive(sqlx::FromRow)]
struct PublishedRow {
    partner_id: String,
    sku: String,
    cells: String,
}

/// Winners of the last publication.
pub async fn published(db: &Database) -> Result<Vec<Published>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, PublishedRow>(PUBLISHED).fetch_all(c).await)?;
    Ok(rows.into_iter().map(PublishedRow::winner).collect())
}

/// The same of one partner.
pub async fn published_of(db: &Database, partner_id: &str) -> Result<Vec<Published>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, PublishedRow>(PUBLISHED_OF).bind(partner_id).fetch_all(c).await)?;
    Ok(rows.into_iter().map(PublishedRow::winner).collect())
}

/// The same of these shelves.
pub async fn published_some(db: &Database, keys: &[ShelfKey]) -> Result<Vec<Published>, sqlx::Error> {
    let (sql, list) = (db.sql(PUBLISHED_SOME, PUBLISHED_SOME_POSTGRES), shelf::listed(keys));
    let rows = read!(db, |c| sqlx::query_as::<_, PublishedRow>(sql).bind(&list).fetch_all(c).await)?;
    Ok(rows.into_iter().map(PublishedRow::winner).collect())
}

impl PublishedRow {
    fn winner(self) -> Published {
        let cells = self.cells.split(',').map(str::to_owned).collect();
        Published { partner_id: self.partner_id, sku: self.sku, cells }
    }
}

/// Makes the kept winners those that are published now; writes only what changed.
pub async fn save_published(
    tx: &mut Tx,
    before: &[Published],
    now: &[Published],
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    let key = |row: &Published| (row.partner_id.clone(), row.sku.clone());
    let mut gone: BTreeMap<(String, String), &Vec<String>> = before.iter().map(|row| (key(row), &row.cells)).collect();
    for row in now {
        if gone.remove(&key(row)) == Some(&row.cells) {
            continue;
        }
        let cells = row.cells.join(",");
        run!(tx, |c| sqlx::query(SAVE_PUBLISHED)
            .bind(&row.partner_id)
            .bind(&row.sku)
            .bind(&cells)
            .bind(stamp.ms())
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    for (partner_id, sku) in gone.keys() {
        run!(tx, |c| sqlx::query(DROP_PUBLISHED).bind(partner_id).bind(sku).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}
