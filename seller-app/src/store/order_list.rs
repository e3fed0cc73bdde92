//! Lists of orders for the desk: by what somebody must do, by partner, by state.

use node::{Database, read};
use serde::Serialize;
use utoipa::ToSchema;

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, Serialize, ToSchema)]
pub struct OrderSummary {
    pub bap_id: String,
    pub id: String,
    pub transaction_id: String,
    pub partner_id: String,
    pub state: String,
    /// State of the forward delivery.
    pub fulfilment_state: String,
    /// What somebody must do next; empty when nothing.
    pub attention: String,
    /// Total of the quote as it stands, in the network's currency.
    pub total: String,
    /// Until when the buyer was promised the goods, Unix milliseconds; null when they arrived or nothing was promised.
    pub due_ms: Option<i64>,
    /// Unix milliseconds.
    pub created_at_ms: i64,
    pub updated_at_ms: i64,
}

/// Which orders. Empty text = any.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub partner_id: String,
    pub state: String,
    pub attention: String,
    /// Only orders that somebody must do something about.
    pub waiting: bool,
    /// Created before this, Unix milliseconds; for paging.
    pub before_ms: Option<i64>,
    /// With `before_ms`: of the orders of that moment only those before this id.
    pub before_id: String,
    pub limit: i64,
}

/// How many orders wait for one kind of work.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Waiting {
    pub attention: String,
    pub orders: i64,
    pub oldest_ms: i64,
}

const LIST: &str = "select bap_id, id, transaction_id, partner_id, state, fulfilment_state, attention, total, \
     due_ms, created_at_ms, updated_at_ms from orders \
     where ($1 = '' or partner_id = $1) and ($2 = '' or state = $2) and ($3 = '' or attention = $3) \
     and ($4 = false or attention <> '') and (created_at_ms < $5 or ($7 <> '' and created_at_ms = $5 and id < $7)) \
     order by created_at_ms desc, id desc limit $6";
const DUE: &str = "select count(*) from orders where due_ms < $1";
const WAITING: &str = "select attention, cast(count(*) as bigint) as orders, min(updated_at_ms) as oldest_ms from orders \
     where attention <> '' and ($1 = '' or partner_id = $1) group by attention order by attention";

/// Orders whose promise ended before `before_ms` or ends before it.
pub async fn due(db: &Database, before_ms: i64) -> Result<i64, sqlx::Error> {
    read!(db, |c| sqlx::query_scalar::<_, i64>(DUE).bind(before_ms).fetch_one(c).await)
}

/// Newest first.
pub async fn list(db: &Database, filter: &Filter) -> Result<Vec<OrderSummary>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, OrderSummary>(LIST)
        .bind(&filter.partner_id)
        .bind(&filter.state)
        .bind(&filter.attention)
        .bind(filter.waiting)
        .bind(filter.before_ms.unwrap_or(i64::MAX))
        .bind(filter.limit)
        .bind(&filter.before_id)
        .fetch_all(c)
        .await)
}

/// Work that waits, by kind. `partner_id` empty = of all partners.
pub async fn waiting(db: &Database, partner_id: &str) -> Result<Vec<Waiting>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, Waiting>(WAITING).bind(partner_id).fetch_all(c).await)
}
