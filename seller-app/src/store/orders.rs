//! Carts and orders. A cart (draft) is found by its transaction, an order by the id that the buyer app gave it.
//!
//! Every save names the version that was read; when another writer was faster it saves nothing and says so.

use node::{Database, Tx, read, run};

use crate::order::{Order, OrderState};

use super::body;
use super::reservation::Cart;

/// Names an order. Order ids are made by buyer apps: two of them may use the same one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderKey {
    pub bap_id: String,
    pub id: String,
}

impl OrderKey {
    pub fn of(order: &Order) -> Self {
        Self { bap_id: order.bap_id.clone(), id: order.id.clone() }
    }
}

/// An order or cart as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub order: Order,
    pub version: i64,
    /// Timestamp of the last request that changed it, Unix milliseconds.
    pub requested_at_ms: i64,
}

/// Where a save belongs, and from which version it came.
#[derive(Clone, Copy, Debug)]
pub struct Save<'a> {
    pub order: &'a Order,
    /// `None` = it must not exist yet.
    pub version: Option<i64>,
    pub requested_at_ms: i64,
    pub now_ms: i64,
    /// What somebody must do next; see desk.rs.
    pub attention: &'a str,
}

#[derive(sqlx::FromRow)]
struct Row {
    body: String,
    version: i64,
    requested_at_ms: i64,
}

impl Row {
    fn stored(self) -> Result<Stored, sqlx::Error> {
        let order = body::read(&self.body)?;
        Ok(Stored { order, version: self.version, requested_at_ms: self.requested_at_ms })
    }
}

const DRAFT: &str = "select body, version, requested_at_ms from drafts where bap_id = $1 and transaction_id = $2";
const DRAFT_NEW: &str = "insert into drafts (bap_id, transaction_id, body, version, requested_at_ms, updated_at_ms) \
     values ($1, $2, $3, 1, $4, $5) on conflict (bap_id, transaction_id) do nothing";
const DRAFT_NEXT: &str = "update drafts set body = $3, version = version + 1, requested_at_ms = $4, updated_at_ms = $5 \
     where bap_id = $1 and transaction_id = $2 and version = $6";
const DRAFTS_OLD: &str = "delete from drafts where updated_at_ms < $1";
const ONE: &str = "select body, version, requested_at_ms from orders where bap_id = $1 and id = $2";
const BY_TRANSACTION: &str =
    "select body, version, requested_at_ms from orders where bap_id = $1 and transaction_id = $2";
const ID_BY_TRANSACTION: &str = "select id from orders where bap_id = $1 and transaction_id = $2";
const BY_ID: &str = "select body, version, requested_at_ms from orders where id = $1 order by bap_id";
const NEW: &str = "insert into orders (bap_id, id, transaction_id, partner_id, state, fulfilment_state, attention, total, \
     body, version, requested_at_ms, created_at_ms, updated_at_ms, due_ms, channel) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $11, $12, $13) on conflict do nothing";
const NEXT: &str = "update orders set state = $3, fulfilment_state = $4, attention = $5, total = $6, body = $7, \
     version = version + 1, requested_at_ms = $8, updated_at_ms = $9, due_ms = $11 \
     where bap_id = $1 and id = $2 and version = $10";

pub async fn draft(db: &Database, cart: &Cart) -> Result<Option<Stored>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, Row>(DRAFT)
        .bind(&cart.bap_id)
        .bind(&cart.transaction_id)
        .fetch_optional(c)
        .await)?;
    row.map(Row::stored).transpose()
}

pub async fn one(db: &Database, key: &OrderKey) -> Result<Option<Stored>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, Row>(ONE).bind(&key.bap_id).bind(&key.id).fetch_optional(c).await)?;
    row.map(Row::stored).transpose()
}

/// The order that this shopping transaction became.
pub async fn by_transaction(db: &Database, cart: &Cart) -> Result<Option<Stored>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, Row>(BY_TRANSACTION)
        .bind(&cart.bap_id)
        .bind(&cart.transaction_id)
        .fetch_optional(c)
        .await)?;
    row.map(Row::stored).transpose()
}

/// The id of the order that a shopping transaction became, read inside a transaction.
pub async fn id_by_transaction(tx: &mut Tx, cart: &Cart) -> Result<Option<String>, sqlx::Error> {
    run!(tx, |c| sqlx::query_scalar::<_, String>(ID_BY_TRANSACTION)
        .bind(&cart.bap_id)
        .bind(&cart.transaction_id)
        .fetch_optional(c)
        .await)
}

/// Orders with this id, of any buyer app: most often one.
pub async fn by_id(db: &Database, id: &str) -> Result<Vec<Stored>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(BY_ID).bind(id).fetch_all(c).await)?;
    rows.into_iter().map(Row::stored).collect()
}

/// Saves a cart. `false` = somebody else saved it since it was read.
pub async fn save_draft(tx: &mut Tx, save: Save<'_>) -> Result<bool, sqlx::Error> {
    let text = body::write(save.order)?;
    let sql = if save.version.is_some() { DRAFT_NEXT } else { DRAFT_NEW };
    let rows = run!(tx, |c| {
        let query = sqlx::query(sql)
            .bind(&save.order.bap_id)
            .bind(&save.order.transaction_id)
            .bind(&text)
            .bind(save.requested_at_ms)
            .bind(save.now_ms);
        let query = match save.version {
            Some(version) => query.bind(version),
            None => query,
        };
        query.execute(c).await.map(|done| done.rows_affected())
    })?;
    Ok(rows == 1)
}

/// Saves an order. `false` = somebody else saved it since it was read, or the id or transaction has an order already.
pub async fn save(tx: &mut Tx, save: Save<'_>) -> Result<bool, sqlx::Error> {
    match save.version {
        None => insert(tx, save).await,
        Some(version) => update(tx, save, version).await,
    }
}

async fn insert(tx: &mut Tx, save: Save<'_>) -> Result<bool, sqlx::Error> {
    let text = body::write(save.order)?;
    let rows = run!(tx, |c| sqlx::query(NEW)
        .bind(&save.order.bap_id)
        .bind(&save.order.id)
        .bind(&save.order.transaction_id)
        .bind(&save.order.partner_id)
        .bind(save.order.state.as_str())
        .bind(fulfilment_state(save.order))
        .bind(save.attention)
        .bind(save.order.quote.total().wire())
        .bind(&text)
        .bind(save.requested_at_ms)
        .bind(save.now_ms)
        .bind(due_ms(save.order))
        .bind(save.order.channel().as_str())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

async fn update(tx: &mut Tx, save: Save<'_>, version: i64) -> Result<bool, sqlx::Error> {
    let text = body::write(save.order)?;
    let rows = run!(tx, |c| sqlx::query(NEXT)
        .bind(&save.order.bap_id)
        .bind(&save.order.id)
        .bind(save.order.state.as_str())
        .bind(fulfilment_state(save.order))
        .bind(save.attention)
        .bind(save.order.quote.total().wire())
        .bind(&text)
        .bind(save.requested_at_ms)
        .bind(save.now_ms)
        .bind(version)
        .bind(due_ms(save.order))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Until when the buyer was promised the goods, while they are not there yet.
fn due_ms(order: &Order) -> Option<i64> {
    let end = order.delivery()?.end.as_ref()?;
    let open = end.at.is_none() && !matches!(order.state, OrderState::Cancelled | OrderState::Completed);
    end.range.as_ref().filter(|_| open).map(|range| range.end.as_millisecond())
}

fn fulfilment_state(order: &Order) -> &'static str {
    order.delivery().map_or("", |delivery| delivery.progress.code())
}

/// Drops carts that nobody touched since `before_ms`. Orders are never dropped.
pub async fn forget_drafts(tx: &mut Tx, before_ms: i64) -> Result<u64, sqlx::Error> {
    run!(tx, |c| sqlx::query(DRAFTS_OLD).bind(before_ms).execute(c).await.map(|done| done.rows_affected()))
}
