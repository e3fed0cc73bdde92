//! What happened in a transaction, in order; the source of server-sent events and of the order page's updates.

use node::database::{Database, Tx};

/// One event.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EventRow {
    pub id: i64,
    pub transaction_id: String,
    pub message_id: String,
    pub order_id: String,
    /// sent, ack, nack, undelivered, callback, unsolicited, refused, refund.
    pub kind: String,
    /// Wire action it is about.
    pub action: String,
    pub at_ms: i64,
    /// JSON; empty when there is nothing to add.
    pub body: String,
}

#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    pub transaction_id: &'a str,
    pub message_id: &'a str,
    pub order_id: &'a str,
    pub kind: &'a str,
    pub action: &'a str,
    pub at_ms: i64,
    pub body: &'a str,
}

const INSERT: &str = "insert into buyer_event (transaction_id, message_id, order_id, kind, action, at_ms, body) \
     values ($1, $2, $3, $4, $5, $6, $7)";
/// Most events that one read returns; a transaction has tens.
const OF_TRANSACTION: &str = "select * from buyer_event where transaction_id = $1 and id > $2 order by id limit 500";

pub async fn insert(tx: &mut Tx, new: &NewEvent<'_>) -> Result<(), sqlx::Error> {
    node::run!(tx, |c| sqlx::query(INSERT)
        .bind(new.transaction_id)
        .bind(new.message_id)
        .bind(new.order_id)
        .bind(new.kind)
        .bind(new.action)
        .bind(new.at_ms)
        .bind(new.body)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Events with an id above `after`, oldest first.
pub async fn of_transaction(db: &Database, transaction_id: &str, after: i64) -> Result<Vec<EventRow>, sqlx::Error> {
    node::read!(db, |c| sqlx::query_as::<_, EventRow>(OF_TRANSACTION)
        .bind(transaction_id)
        .bind(after)
        .fetch_all(c)
        .await)
}
