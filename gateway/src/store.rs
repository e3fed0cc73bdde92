//! The gateway's tables: searches, who was asked, what became of it.

use node::database::{Database, Tx};
use node::{read, run};
use protocol::context::Context;
use serde::Serialize;

use crate::audience::LeftOut;

pub mod report;

/// A search to be written down.
#[derive(Debug)]
pub struct NewSearch<'a> {
    /// Id of the inbox row.
    pub id: &'a str,
    pub received_ms: i64,
    pub context: &'a Context,
    pub give_up_ms: i64,
    pub asked: usize,
    pub left_out: &'a [LeftOut],
}

const ADD_SEARCH: &str = "insert into gateway_search (id, received_ms, buyer, domain, core_version, country, city, transaction_id, \
     message_id, target, give_up_ms, asked, left_out, relayed) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0)";
/// All sellers of a search come as one JSON list.
macro_rules! add_asks {
    ($from:literal) => {
        concat!(
            "insert into gateway_ask (outbox_id, search_id, seller, state, asked_ms, attempts) ",
            "select value ->> 'outbox_id', $2, value ->> 'seller', 'waiting', $3, 0 from ",
            $from
        )
    };
}
const ADD_ASKS: &str = add_asks!("json_each($1)");
const ADD_ASKS_POSTGRES: &str = add_asks!("jsonb_array_elements($1::text::jsonb) as list(value)");

/// Writes a search down.
pub async fn add_search(tx: &mut Tx, search: &NewSearch<'_>) -> Result<(), sqlx::Error> {
    let context = search.context;
    let left_out = serde_json::to_string(search.left_out).map_err(|error| sqlx::Error::Encode(error.into()))?;
    // Only the ids, the domain and the city have been judged by now; PostgreSQL takes no NUL.
    let (core_version, country) = (context.core_version.replace('\0', ""), context.country.replace('\0', ""));
    let asked = i64::try_from(search.asked).unwrap_or(i64::MAX);
    run!(tx, |c| sqlx::query(ADD_SEARCH)
        .bind(search.id)
        .bind(search.received_ms)
        .bind(context.bap_id.as_str())
        .bind(&context.domain)
        .bind(&core_version)
        .bind(&country)
        .bind(&context.city)
        .bind(context.transaction_id.as_str())
        .bind(context.message_id.as_str())
        .bind(context.bpp_id.as_ref().map(|id| id.as_str()))
        .bind(search.give_up_ms)
        .bind(asked)
        .bind(&left_out)
        .execute(c)
        .await
        .map(|_| ()))
}

/// A seller that is being asked, by the message `outbox_id`.
#[derive(Debug, Serialize)]
pub struct Ask<'a> {
    pub outbox_id: &'a str,
    pub seller: &'a str,
}

/// Writes down who is being asked.
pub async fn add_asks(tx: &mut Tx, search_id: &str, asks: &[Ask<'_>], now_ms: i64) -> Result<(), sqlx::Error> {
    let (sql, list) = (tx.sql(ADD_ASKS, ADD_ASKS_POSTGRES), json_list(asks)?);
    run!(tx, |c| sqlx::query(sql).bind(&list).bind(search_id).bind(now_ms).execute(c).await.map(|_| ()))
}

fn json_list<T: Serialize>(rows: &[T]) -> Result<String, sqlx::Error> {
    serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// What became of a message to a seller.
#[derive(Debug, Serialize)]
pub struct Outcome<'a> {
    pub outbox_id: &'a str,
    /// `acked`, `refused` or `dead`.
    pub state: &'static str,
    pub detail: Option<String>,
    pub attempts: u32,
}

macro_rules! close_asks {
    ($from:literal) => {
        concat!(
            "update gateway_ask set state = ended.value ->> 'state', detail = ended.value ->> 'detail', done_ms = $2, ",
            "attempts = cast(ended.value ->> 'attempts' as bigint) from ",
            $from,
            " where gateway_ask.outbox_id = ended.value ->> 'outbox_id'"
        )
    };
}
const CLOSE_ASKS: &str = close_asks!("json_each($1) as ended");
const CLOSE_ASKS_POSTGRES: &str = close_asks!("jsonb_array_elements($1::text::jsonb) as ended(value)");

/// Writes outcomes down. A relayed `on_search` has no row, and needs none.
pub async fn close_asks(tx: &mut Tx, outcomes: &[Outcome<'_>], now_ms: i64) -> Result<(), sqlx::Error> {
    let (sql, list) = (tx.sql(CLOSE_ASKS, CLOSE_ASKS_POSTGRES), json_list(outcomes)?);
    run!(tx, |c| sqlx::query(sql).bind(&list).bind(now_ms).execute(c).await.map(|_| ()))
}

const WAS_ASKED: &str = "select count(*) from gateway_search s join gateway_ask a on a.search_id = s.id \
     where s.transaction_id = $1 and s.buyer = $2 and a.seller = $3";
const COUNT_RELAYED: &str = "update gateway_search set relayed = relayed + 1 where seq = \
     (select max(seq) from gateway_search where transaction_id = $1 and buyer = $2)";

/// Did we carry a search of this buyer, in this transaction, to this seller?
pub async fn was_asked(db: &Database, transaction_id: &str, buyer: &str, seller: &str) -> Result<bool, sqlx::Error> {
    let (asks,): (i64,) =
        read!(db, |c| sqlx::query_as(WAS_ASKED).bind(transaction_id).bind(buyer).bind(seller).fetch_one(c).await)?;
    Ok(asks > 0)
}

/// Counts a catalogue that was carried back.
pub async fn count_relayed(tx: &mut Tx, transaction_id: &str, buyer: &str) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(COUNT_RELAYED).bind(transaction_id).bind(buyer).execute(c).await.map(|_| ()))
}

const FORGET_ASKS: &str = "delete from gateway_ask where asked_ms < $1";
const FORGET_SEARCHES: &str = "delete from gateway_search where received_ms < $1";

/// Forgets what is older.
pub async fn forget(db: &Database, before_ms: i64) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    for sql in [FORGET_ASKS, FORGET_SEARCHES] {
        run!(tx, |c| sqlx::query(sql).bind(before_ms).execute(c).await.map(|_| ()))?;
    }
    tx.commit().await
}
