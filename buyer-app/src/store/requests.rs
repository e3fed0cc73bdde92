//! Messages that we sent, with what came of them: the durable side of correlation.

use node::database::{Database, Tx};

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestStatus {
    /// In the outbox or on its way.
    Waiting,
    /// The peer has it; its callback is awaited.
    Acked,
    /// The callback came.
    Answered,
    /// The peer said NACK.
    Refused,
    /// It could not be delivered.
    Undelivered,
    /// The time for the callback is over. Never stored: it follows from the clock.
    Expired,
}

impl RequestStatus {
    pub fn name(self) -> &'static str {
        match self {
            RequestStatus::Waiting => "waiting",
            RequestStatus::Acked => "acked",
            RequestStatus::Answered => "answered",
            RequestStatus::Refused => "refused",
            RequestStatus::Undelivered => "undelivered",
            RequestStatus::Expired => "expired",
        }
    }

    fn read(text: &str) -> RequestStatus {
        match text {
            "acked" => RequestStatus::Acked,
            "answered" => RequestStatus::Answered,
            "refused" => RequestStatus::Refused,
            "undelivered" => RequestStatus::Undelivered,
            _ => RequestStatus::Waiting,
        }
    }

    /// Nothing more will come.
    pub fn is_final(self) -> bool {
        match self {
            RequestStatus::Answered | RequestStatus::Refused | RequestStatus::Undelivered | RequestStatus::Expired => {
                true
            }
            RequestStatus::Waiting | RequestStatus::Acked => false,
        }
    }
}

/// One row; empty text stands for "none".
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RequestRow {
    pub message_id: String,
    pub transaction_id: String,
    pub action: String,
    /// Subscriber id it went to.
    pub peer: String,
    pub order_id: String,
    status: String,
    /// `context.timestamp`.
    pub sent_ms: i64,
    /// After this a callback is late.
    pub deadline_ms: i64,
    /// Callbacks that came; a search may have many.
    pub answers: i64,
    pub answer_action: String,
    /// The last callback's payload (JSON); empty for on_search, which is kept in the catalogue.
    pub answer: String,
    /// `{type, code, path, message}` of a NACK, or the reason why it was not delivered (JSON).
    pub error: String,
    pub updated_ms: i64,
}

impl RequestRow {
    pub fn status(&self, now_ms: i64) -> RequestStatus {
        let stored = RequestStatus::read(&self.status);
        if !stored.is_final() && now_ms > self.deadline_ms { RequestStatus::Expired } else { stored }
    }
}

/// A request at the moment it is sent.
#[derive(Clone, Debug)]
pub struct NewRequest<'a> {
    pub message_id: &'a str,
    pub transaction_id: &'a str,
    pub action: &'a str,
    pub peer: &'a str,
    pub order_id: &'a str,
    pub sent_ms: i64,
    pub deadline_ms: i64,
}

const INSERT: &str = "insert into buyer_request (message_id, transaction_id, action, peer, order_id, status, sent_ms, deadline_ms, \
     answers, answer_action, answer, error, updated_ms) values ($1, $2, $3, $4, $5, 'waiting', $6, $7, 0, '', '', '', $6)";
const BY_ID: &str = "select * from buyer_request where message_id = $1";
const LAST_SEARCH: &str =
    "select * from buyer_request where transaction_id = $1 and action = 'search' order by sent_ms desc limit 1";
const OF_TRANSACTION: &str = "select * from buyer_request where transaction_id = $1 order by sent_ms";
const ACKED: &str =
    "update buyer_request set status = 'acked', updated_ms = $2 where message_id = $1 and status = 'waiting'";
// An answer may overtake its own ACK, so it also replaces 'waiting'; it never replaces a refusal.
const ANSWERED: &str = "update buyer_request set status = 'answered', answers = answers + 1, answer_action = $2, answer = $3, \
     updated_ms = $4 where message_id = $1 and status in ('waiting', 'acked', 'answered')";
const ENDED: &str = "update buyer_request set status = $2, error = $3, updated_ms = $4 where message_id = $1 and status in ('waiting', 'acked')";

pub async fn insert(tx: &mut Tx, new: &NewRequest<'_>) -> Result<(), sqlx::Error> {
    node::run!(tx, |c| sqlx::query(INSERT)
        .bind(new.message_id)
        .bind(new.transaction_id)
        .bind(new.action)
        .bind(new.peer)
        .bind(new.order_id)
        .bind(new.sent_ms)
        .bind(new.deadline_ms)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn find(db: &Database, message_id: &str) -> Result<Option<RequestRow>, sqlx::Error> {
    node::read!(db, |c| sqlx::query_as::<_, RequestRow>(BY_ID).bind(message_id).fetch_optional(c).await)
}

/// Newest search of a transaction: the one whose push subscription an unsolicited on_search answers.
pub async fn last_search(db: &Database, transaction_id: &str) -> Result<Option<RequestRow>, sqlx::Error> {
    node::read!(db, |c| sqlx::query_as::<_, RequestRow>(LAST_SEARCH).bind(transaction_id).fetch_optional(c).await)
}

pub async fn of_transaction(db: &Database, transaction_id: &str) -> Result<Vec<RequestRow>, sqlx::Error> {
    node::read!(db, |c| sqlx::query_as::<_, RequestRow>(OF_TRANSACTION).bind(transaction_id).fetch_all(c).await)
}

pub async fn acked(tx: &mut Tx, message_id: &str, now_ms: i64) -> Result<(), sqlx::Error> {
    node::run!(tx, |c| sqlx::query(ACKED).bind(message_id).bind(now_ms).execute(c).await.map(|_| ()))
}

pub async fn answered(
    tx: &mut Tx,
    message_id: &str,
    action: &str,
    answer: &str,
    now_ms: i64,
) -> Result<(), sqlx::Error> {
    node::run!(tx, |c| sqlx::query(ANSWERED)
        .bind(message_id)
        .bind(action)
        .bind(answer)
        .bind(now_ms)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Closes a request that will get no callback.
pub async fn ended(
    tx: &mut Tx,
    message_id: &str,
    status: RequestStatus,
    error: &str,
    now_ms: i64,
) -> Result<(), sqlx::Error> {
    node::run!(tx, |c| sqlx::query(ENDED)
        .bind(message_id)
        .bind(status.name())
        .bind(error)
        .bind(now_ms)
        .execute(c)
        .await
        .map(|_| ()))
}
