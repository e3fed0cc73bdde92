//! The rows that an accepted message leaves, written as the inbox writes them (`node/src/inbox/store.rs`, `node/src/ledger/store.rs`).
//! The inbox itself is reached only through the receive path, so its statements stand here again, to be measured alone.

use bytes::Bytes;
use node::{Database, Tx};
use protocol::envelope::{Envelope, RawMessage};
use protocol::randomness::{OsRandomness, Randomness};

const INBOX: &str = "insert into node_inbox (id, sender, action, message_id, transaction_id, digest, body_id, auth_header, state, attempts, \
     due_ms, received_ms) values ($1, $2, $3, $4, $5, $6, $1, $7, 'ready', 0, $8, $8) on conflict (sender, action, message_id) do nothing";
const BODY: &str = "insert into node_body (id, bytes) values ($1, $2)";
const LEDGER: &str = "insert into node_ledger (id, at_ms, direction, peer, action, transaction_id, message_id, verdict, code, detail, \
     http_status, took_us, bytes_len, body_id, headers, url, outbox_id, attempt, repeats) \
     values ($1, $2, 'in', $3, $4, $5, $6, 'ack', null, null, 200, 200, $7, $1, $8, null, null, 1, 0)";
const FINISH: &str = "update node_inbox set state = 'done', done_ms = $2, last_error = null \
     where id = $1 and state in ('ready', 'claimed') and (claimed_by is null or claimed_by = $3)";

/// One message, ready to be stored.
pub struct Row {
    pub id: String,
    sender: String,
    transaction_id: String,
    message_id: String,
    digest: String,
    header: String,
    headers: String,
    at_ms: i64,
    bytes: Bytes,
}

impl Row {
    pub fn of(bytes: Bytes, header: String) -> anyhow::Result<Self> {
        let raw = RawMessage { bytes: bytes.clone() };
        let context = Envelope::parse(&raw)?.context;
        Ok(Self {
            id: OsRandomness.uuid_v7(context.timestamp).to_string(),
            sender: context.bap_id.to_string(),
            transaction_id: context.transaction_id.to_string(),
            message_id: context.message_id.to_string(),
            digest: protocol::digest::digest(&bytes),
            headers: serde_json::json!({ "authorization": header, "content-type": "application/json" }).to_string(),
            header,
            at_ms: context.timestamp.as_millisecond(),
            bytes,
        })
    }

    async fn insert(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        node::run!(tx, |c| sqlx::query(INBOX)
            .bind(&self.id)
            .bind(&self.sender)
            .bind("select")
            .bind(&self.message_id)
            .bind(&self.transaction_id)
            .bind(&self.digest)
            .bind(&self.header)
            .bind(self.at_ms)
            .execute(c)
            .await
            .map(|_| ()))?;
        node::run!(tx, |c| sqlx::query(BODY).bind(&self.id).bind(&self.bytes[..]).execute(c).await.map(|_| ()))?;
        node::run!(tx, |c| sqlx::query(LEDGER)
            .bind(&self.id)
            .bind(self.at_ms)
            .bind(&self.sender)
            .bind("select")
            .bind(&self.transaction_id)
            .bind(&self.message_id)
            .bind(i64::try_from(self.bytes.len()).unwrap_or(i64::MAX))
            .bind(&self.headers)
            .execute(c)
            .await
            .map(|_| ()))
    }
}

/// Inbox row, body and ledger entry of every message, in one commit.
pub async fn insert_group(db: &Database, group: &[Row]) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    for row in group {
        row.insert(&mut tx).await?;
    }
    tx.commit().await
}

/// Marks one message as done, in a commit of its own, as a lane does.
pub async fn finish(db: &Database, row: &Row) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    let done = node::run!(tx, |c| sqlx::query(FINISH)
        .bind(&row.id)
        .bind(row.at_ms)
        .bind("")
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if done != 1 {
        return Err(sqlx::Error::RowNotFound);
    }
    tx.commit().await
}
