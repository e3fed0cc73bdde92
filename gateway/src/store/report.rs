//! What the operator reads: searches with their deliveries, and sellers with their record.

use node::database::Database;
use node::read;
use serde::Serialize;
use sqlx::FromRow;

/// Searches on one page.
pub const SEARCHES_MAX: i64 = 100;

/// One search with the state of its deliveries.
#[derive(Clone, Debug, Serialize, FromRow)]
pub struct SearchRow {
    pub seq: i64,
    pub id: String,
    pub received_ms: i64,
    pub buyer: String,
    pub domain: String,
    pub core_version: String,
    pub country: String,
    pub city: String,
    pub transaction_id: String,
    pub message_id: String,
    /// The one seller that the search names.
    pub target: Option<String>,
    pub give_up_ms: i64,
    pub asked: i64,
    pub acked: i64,
    pub refused: i64,
    /// Given up.
    pub dead: i64,
    /// Catalogues that were carried back (only with `relay_on_search`).
    pub relayed: i64,
    /// JSON: `[{"seller": …, "why": …}]`.
    pub left_out: String,
}

/// One seller that was asked.
#[derive(Clone, Debug, Serialize, FromRow)]
pub struct AskRow {
    pub outbox_id: String,
    pub seller: String,
    /// `waiting`, `acked`, `refused` or `dead`.
    pub state: String,
    pub detail: Option<String>,
    pub asked_ms: i64,
    pub done_ms: Option<i64>,
    pub attempts: i64,
}

/// How one seller did.
#[derive(Clone, Debug, Serialize, FromRow)]
pub struct SellerRow {
    pub seller: String,
    pub asked: i64,
    pub acked: i64,
    pub refused: i64,
    pub dead: i64,
    /// Mean time until its ACK.
    pub ack_ms: Option<i64>,
    pub last_asked_ms: i64,
}

macro_rules! select_searches {
    ($rest:literal) => {
        concat!(
            "select s.seq, s.id, s.received_ms, s.buyer, s.domain, s.core_version, s.country, s.city, s.transaction_id, s.message_id, ",
            "s.target, s.give_up_ms, s.asked, s.relayed, s.left_out, ",
            "(select count(*) from gateway_ask a where a.search_id = s.id and a.state = 'acked') as acked, ",
            "(select count(*) from gateway_ask a where a.search_id = s.id and a.state = 'refused') as refused, ",
            "(select count(*) from gateway_ask a where a.search_id = s.id and a.state = 'dead') as dead from gateway_search s ",
            $rest
        )
    };
}

const SEARCHES: &str = select_searches!(
    "where s.seq < $1 and ($2 = '' or s.buyer = $2 or s.transaction_id = $2 or s.message_id = $2 \
       or exists (select 1 from gateway_ask f where f.search_id = s.id and f.seller = $2)) order by s.seq desc limit $3"
);
const SEARCH: &str = select_searches!("where s.id = $1");
const ASKS: &str = "select outbox_id, seller, state, detail, asked_ms, done_ms, attempts from gateway_ask where search_id = $1 \
     order by seller";
const SELLERS: &str = "select seller, count(*) as asked, \
     cast(sum(case when state = 'acked' then 1 else 0 end) as bigint) as acked, \
     cast(sum(case when state = 'refused' then 1 else 0 end) as bigint) as refused, \
     cast(sum(case when state = 'dead' then 1 else 0 end) as bigint) as dead, \
     cast(avg(case when state = 'acked' then done_ms - asked_ms end) as bigint) as ack_ms, \
     max(asked_ms) as last_asked_ms from gateway_ask where asked_ms >= $1 group by seller order by dead desc, refused desc, seller limit 1000";

/// Searches before `before` (a `seq`), newest first; `of` is a buyer, a seller, a transaction or a message, "" is all.
pub async fn searches(db: &Database, before: i64, of: &str) -> Result<Vec<SearchRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(SEARCHES).bind(before).bind(of).bind(SEARCHES_MAX).fetch_all(c).await)
}

/// One search.
pub async fn search(db: &Database, id: &str) -> Result<Option<SearchRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(SEARCH).bind(id).fetch_optional(c).await)
}

/// Who was asked in one search.
pub async fn asks(db: &Database, search_id: &str) -> Result<Vec<AskRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(ASKS).bind(search_id).fetch_all(c).await)
}

/// Every seller that was asked since `since_ms`; those that fail most come first.
pub async fn sellers(db: &Database, since_ms: i64) -> Result<Vec<SellerRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(SELLERS).bind(since_ms).fetch_all(c).await)
}
