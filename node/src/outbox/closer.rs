//! Writes outcomes down: many tries in one commit, each with its ledger entry, the row's new state and the app's reaction.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use protocol::context::Context;
use protocol::envelope::{Envelope, RawMessage};
use protocol::ids::SubscriberId;
use protocol::participant::Role;
use tokio::sync::mpsc;

use super::delivery::{Fate, Tried};
use super::store::{Claimed, Ended};
use super::worker::Try;
use super::{Inner, same_memory, store};
use crate::database::Tx;
use crate::handler::{Delivery, HandlerError, MessageHandler, Sent};
use crate::ledger::{Body, Direction, Ledger, LedgerEntry, NewEntry};
use crate::metrics::Metrics;
use crate::retry_schedule::{self, Next};

/// Most outcomes that share one commit.
const GROUP_MAX: usize = 256;
/// Tries to write one outcome down alone, for example when the app's reaction lost a race for a row.
const ALONE_MAX: u32 = 3;

pub(super) struct Closer {
    outbox: Arc<Inner>,
    ledger: Ledger,
    metrics: Arc<Metrics>,
    handler: Arc<dyn MessageHandler>,
}

impl Closer {
    pub(super) fn new(
        outbox: Arc<Inner>,
        ledger: Ledger,
        metrics: Arc<Metrics>,
        handler: Arc<dyn MessageHandler>,
    ) -> Self {
        Self { outbox, ledger, metrics, handler }
    }

    /// Until the last sender of outcomes is gone. `closed` gets each try that is written down, or given back.
    pub(super) async fn run(&self, mut outcomes: mpsc::Receiver<Tried>, closed: mpsc::UnboundedSender<Try>) {
        let mut group = Vec::with_capacity(GROUP_MAX);
        while outcomes.recv_many(&mut group, GROUP_MAX).await > 0 {
            self.close(&group).await;
            for tried in group.drain(..) {
                // An error only says that the worker has stopped.
                let _ = closed.send((tried.message.id, tried.message.attempts));
            }
        }
    }

    /// All together; when that fails, each alone, so that one bad reaction harms no other message.
    async fn close(&self, group: &[Tried]) {
        if let Err(error) = self.write(group).await {
            tracing::warn!(%error, outcomes = group.len(), "outcomes could not be written together; writing each alone");
            for tried in group {
                self.close_alone(tried).await;
            }
        }
    }

    async fn close_alone(&self, tried: &Tried) {
        for attempt in 1..=ALONE_MAX {
            match self.write(std::slice::from_ref(tried)).await {
                Ok(()) => return,
                Err(error) if attempt < ALONE_MAX => tracing::debug!(%error, id = tried.message.id, "once more"),
                Err(error) => {
                    tracing::error!(%error, id = tried.message.id, "the outcome could not be written; the message is sent again later");
                    self.postpone(tried, &error).await;
                }
            }
        }
    }

    async fn write(&self, group: &[Tried]) -> Result<(), HandlerError> {
        let entries: Vec<NewEntry> = group.iter().map(|tried| self.entry(tried)).collect();
        let mut tx = self.outbox.db.begin().await?;
        let numbers = self.ledger.insert_sent(&mut tx, &entries).await?;
        let mut ended = Vec::with_capacity(group.len());
        for tried in group {
            match self.decide(tried) {
                Decision::Again { due, why } => {
                    store::later(&mut tx, &tried.message.id, due.as_millisecond(), why, &self.outbox.token).await?;
                }
                Decision::End { state, delivery } => ended.push((tried, state, delivery)),
            }
        }
        if !ended.is_empty() {
            self.finish(&mut tx, ended).await?;
        }
        tx.commit().await?;
        for ((entry, seq), tried) in entries.into_iter().zip(numbers).zip(group) {
            let action = entry_action(&tried.message.action);
            self.metrics.sent(action, tried.fate.verdict().as_str(), tried.took);
            self.ledger.announce(entry.stored(seq));
        }
        Ok(())
    }

    fn decide<'a>(&self, tried: &'a Tried) -> Decision<'a> {
        match &tried.fate {
            Fate::Acked => Decision::End { state: "acked", delivery: Delivery::Acked },
            Fate::Refused(error) => Decision::End { state: "refused", delivery: Delivery::Nacked(error.clone()) },
            Fate::Impossible { why } => Decision::End { state: "dead", delivery: Delivery::GaveUp(why.clone()) },
            Fate::Later { why, after } => self.later(tried, why, *after),
        }
    }

    /// Plans the next try, or says why there is none.
    fn later<'a>(&self, tried: &Tried, why: &'a str, after: Option<std::time::Duration>) -> Decision<'a> {
        let outbox = &self.outbox;
        let made = u32::try_from(tried.message.attempts).unwrap_or(u32::MAX).saturating_add(1);
        let give_up_at = Timestamp::from_millisecond(tried.message.give_up_ms).unwrap_or(Timestamp::MAX);
        match retry_schedule::next(&outbox.schedule_s, made, after, outbox.chance(), outbox.clock.now(), give_up_at) {
            Next::At(due) => Decision::Again { due, why },
            Next::GiveUp => {
                let delivery = Delivery::GaveUp(format!("given up after {made} tries: {why}"));
                Decision::End { state: "dead", delivery }
            }
        }
    }

    /// Ends messages, and tells the app of those that no other replica took over: that one tells the app then.
    async fn finish(&self, tx: &mut Tx, ended: Vec<(&Tried, &'static str, Delivery)>) -> Result<(), HandlerError> {
        let rows: Vec<Ended> = ended
            .iter()
            .map(|(tried, state, delivery)| Ended { id: tried.message.id.clone(), state, why: why(delivery) })
            .collect();
        let now_ms = self.outbox.clock.now().as_millisecond();
        let ours = store::close(tx, &rows, now_ms, &self.outbox.token).await?;
        let mut told = Vec::with_capacity(ended.len());
        let mut read: Option<(Bytes, Context)> = None;
        for (tried, state, delivery) in ended {
            if !ours.contains(&tried.message.id) {
                continue;
            }
            if state != "acked" {
                warn_of(&tried.message, state, &delivery);
            }
            if let Some(context) = context_of(&tried.bytes, &mut read)
                && let Some(sent) = sent(tried, context)
            {
                told.push((sent, delivery));
            }
        }
        self.handler.delivered_all(tx, &told).await
    }

    /// The outcome is lost, so the message goes out again: the counterparty answers a repeated message the same way.
    async fn postpone(&self, tried: &Tried, why: &HandlerError) {
        let due = self.outbox.clock.now().as_millisecond().saturating_add(1_000);
        let written = async {
            let mut tx = self.outbox.db.begin().await?;
            store::later(&mut tx, &tried.message.id, due, &why.to_string(), &self.outbox.token).await?;
            tx.commit().await
        };
        if let Err(error) = written.await {
            tracing::error!(%error, id = tried.message.id, "the outbox cannot be written");
        }
    }

    fn entry(&self, tried: &Tried) -> NewEntry {
        let message = &tried.message;
        let (code, detail) = match &tried.fate {
            Fate::Acked => (None, None),
            Fate::Refused(error) => (Some(error.code.replace('\0', "")), Some(error.to_string().replace('\0', ""))),
            Fate::Later { why, .. } | Fate::Impossible { why } => (None, Some(why.replace('\0', ""))),
        };
        let entry = LedgerEntry {
            id: String::new(), // it gets one when it is stored
            at_ms: tried.at.as_millisecond(),
            direction: Direction::Out,
            peer: message.to_id.clone(),
            action: message.action.clone(),
            transaction_id: message.transaction_id.clone(),
            message_id: message.message_id.clone(),
            verdict: tried.fate.verdict(),
            code,
            detail,
            http_status: tried.http_status,
            took_us: i64::try_from(tried.took.as_micros()).unwrap_or(i64::MAX),
            bytes_len: i64::try_from(tried.bytes.len()).unwrap_or(i64::MAX),
            attempt: u32::try_from(message.attempts).unwrap_or(u32::MAX).saturating_add(1),
            repeats: 0,
            url: tried.url.clone(),
            outbox_id: Some(message.id.clone()),
        };
        let headers = serde_json::to_string(&tried.headers).unwrap_or_else(|_| "{}".to_owned());
        NewEntry::new(entry, headers, Body::Kept(message.body_id.clone()))
    }
}

/// What becomes of a message after a try.
enum Decision<'a> {
    End { state: &'static str, delivery: Delivery },
    Again { due: Timestamp, why: &'a str },
}

/// PostgreSQL keeps no NUL in a text.
fn why(delivery: &Delivery) -> Option<String> {
    let text = match delivery {
        Delivery::Acked => return None,
        Delivery::Nacked(error) => error.to_string(),
        Delivery::GaveUp(why) => why.clone(),
    };
    Some(text.replace('\0', ""))
}

fn warn_of(message: &Claimed, state: &str, delivery: &Delivery) {
    tracing::warn!(
        id = message.id,
        to = message.to_id,
        action = message.action,
        transaction_id = message.transaction_id,
        message_id = message.message_id,
        state,
        why = why(delivery),
        "a message was not delivered"
    );
}

/// The context in these bytes. One search goes to many sellers: what was read last is often what is asked for next.
fn context_of(bytes: &Bytes, last: &mut Option<(Bytes, Context)>) -> Option<Context> {
    match last {
        Some((known, context)) if same_memory(known, bytes) => Some(context.clone()),
        _ => {
            let context = Envelope::parse(&RawMessage { bytes: bytes.clone() }).ok()?.context;
            *last = Some((bytes.clone(), context.clone()));
            Some(context)
        }
    }
}

/// What the app is told; `None` only for a row that this program cannot have written.
fn sent(tried: &Tried, context: Context) -> Option<Sent> {
    Some(Sent {
        outbox_id: tried.message.id.clone(),
        to: SubscriberId::parse(tried.message.to_id.as_str()).ok()?,
        to_role: Role::read(&tried.message.to_role)?,
        context,
        bytes: tried.bytes.clone(),
        attempts: u32::try_from(tried.message.attempts).unwrap_or(u32::MAX).saturating_add(1),
    })
}

fn entry_action(action: &str) -> &'static str {
    action.parse::<specs::Action>().map_or("unknown", specs::Action::as_str)
}
