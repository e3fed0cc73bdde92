//! From a decided ask to a message in the outbox: context, self-check against the book, and one transaction with
//! everything the message causes.

use std::time::Duration;

use jiff::Timestamp;
use node::database::Tx;
use node::outbox::Outgoing;
use protocol::context::Context;
use protocol::ids::{MessageId, SubscriberId, TransactionId};
use protocol::participant::Role;
use serde_json::{Value, json};
use specs::Action;

use crate::asks::error::AskError;
use crate::asks::{Caller, IdempotencyKey, Sent};
use crate::buyer::Buyer;
use crate::checkout::record::Checkout;
use crate::order::record::Order;
use crate::store::{carts, checkouts, events, idempotency, orders, requests};

/// What the message is about.
#[derive(Clone, Debug)]
pub struct Talk {
    pub domain: String,
    pub core_version: String,
    pub city: String,
    pub transaction_id: String,
    pub order_id: String,
    /// `context.timestamp` (ms) of the newest message of the transaction; ours must be later.
    pub last_message_ms: i64,
}

/// Whom it goes to.
#[derive(Clone, Debug)]
pub struct Peer {
    pub id: String,
    /// Base address as the registry, or the peer's own message, says; only for `context.bpp_uri`.
    pub uri: String,
    pub role: Role,
}

/// A message that passed the book and waits for its transaction.
#[derive(Debug)]
pub struct Prepared {
    pub context: Context,
    payload: Value,
    to: SubscriberId,
    to_role: Role,
    order_id: String,
    deadline_ms: i64,
}

/// What is stored together with the message.
#[derive(Debug)]
pub enum Save {
    Nothing,
    Checkout(Box<Checkout>, i64),
    Order(Box<Order>, i64),
    /// confirm: the order is born and its checkout closes.
    Placing {
        order: Box<Order>,
        checkout: Box<Checkout>,
        version: i64,
    },
}

/// The moment of the next message in a transaction: now, but later than the last one (peers check the order).
pub fn next_timestamp(now: Timestamp, last_message_ms: i64) -> Timestamp {
    let ahead_ms_max = 5_000;
    let now_ms = now.as_millisecond();
    let later = (last_message_ms + 1).min(now_ms + ahead_ms_max);
    Timestamp::from_millisecond(now_ms.max(later)).unwrap_or(now)
}

/// Makes the context and checks the whole payload against our own book; a message we would refuse never leaves.
pub fn prepare(
    buyer: &Buyer,
    action: Action,
    talk: &Talk,
    peer: &Peer,
    at: Timestamp,
    message: Value,
) -> Result<Prepared, AskError> {
    let node = &buyer.node;
    let book = node.specs.book(&talk.domain, &talk.core_version);
    let book = book.ok_or_else(|| {
        AskError::invalid("domain", format!("there is no book for {} {}", talk.domain, talk.core_version))
    })?;
    let ttl_ms = node.specs.network().ttl_ms.min(book.limits(action).ttl_ms_max).max(1_000);
    let id = |text: &str| SubscriberId::parse(text).map_err(|e| AskError::invalid("bpp_id", e.to_string()));
    let seller = peer.role == Role::Seller;
    let to = id(&peer.id)?;
    let context = Context {
        domain: talk.domain.clone(),
        action,
        country: node.specs.network().country.clone(),
        city: talk.city.clone(),
        core_version: talk.core_version.clone(),
        bap_id: node.identity.subscriber_id.clone(),
        bap_uri: node.identity.url.clone(),
        bpp_id: seller.then(|| to.clone()),
        bpp_uri: seller.then(|| peer.uri.clone()),
        transaction_id: TransactionId::parse(&talk.transaction_id)
            .map_err(|e| AskError::invalid("transaction_id", e.to_string()))?,
        message_id: MessageId::new(&*node.randomness),
        timestamp: at,
        ttl: Some(format!("PT{}S", ttl_ms / 1000)),
        key: None,
    };
    let payload = json!({"context": context, "message": message});
    let violations = book.check(action, &payload);
    if !violations.is_empty() {
        return Err(AskError::RuleBroken { book: format!("{} {}", talk.domain, talk.core_version), violations });
    }
    let deadline_ms = at.as_millisecond() + ttl_ms;
    Ok(Prepared { context, payload, to, to_role: peer.role, order_id: talk.order_id.clone(), deadline_ms })
}

impl Prepared {
    pub fn message_id(&self) -> &str {
        self.context.message_id.as_str()
    }

    pub fn sent_ms(&self) -> i64 {
        self.context.timestamp.as_millisecond()
    }
}

/// The one transaction of an ask: idempotency key, records, request row, event, outbox.
pub async fn send(buyer: &Buyer, caller: &Caller, prepared: Prepared, save: Save) -> Result<Sent, AskError> {
    let message_id = prepared.message_id().to_owned();
    let mut tx = buyer.node.db.begin().await?;
    if let Some(key) = &caller.idempotency
        && !idempotency::claim(&mut tx, &key.key, key.route, &key.digest, &message_id, buyer.now_ms()).await?
    {
        tx.rollback().await?;
        return earlier(buyer, key).await;
    }
    save_records(&mut tx, caller, &save, prepared.sent_ms()).await?;
    enqueue(buyer, &mut tx, prepared).await?;
    tx.commit().await?;
    Ok(Sent { message_id })
}

/// What the key made before.
async fn earlier(buyer: &Buyer, key: &IdempotencyKey) -> Result<Sent, AskError> {
    match idempotency::find(&buyer.node.db, &key.key, key.route).await? {
        Some(used) if used.digest == key.digest => Err(AskError::Repeated { message_id: used.message_id }),
        Some(_) => Err(AskError::KeyReused),
        None => Err(AskError::Store(crate::store::orders::StoreError::Conflict("idempotency key"))),
    }
}

/// Answers a repeated call before any work is done.
pub async fn refuse_repeat(buyer: &Buyer, caller: &Caller) -> Result<(), AskError> {
    let Some(key) = &caller.idempotency else { return Ok(()) };
    if idempotency::find(&buyer.node.db, &key.key, key.route).await?.is_some() {
        earlier(buyer, key).await?;
    }
    Ok(())
}

async fn save_records(tx: &mut Tx, caller: &Caller, save: &Save, now_ms: i64) -> Result<(), AskError> {
    match save {
        Save::Nothing => {}
        Save::Checkout(checkout, version) => checkouts::save(tx, checkout, *version, now_ms).await?,
        Save::Order(order, version) => orders::update(tx, order, *version, now_ms).await?,
        Save::Placing { order, checkout, version } => {
            checkouts::save(tx, checkout, *version, now_ms).await?;
            orders::insert(tx, order).await?;
            carts::remove_provider(tx, &caller.owner, &order.bpp_id, &order.provider_id).await?;
        }
    }
    Ok(())
}

/// Request row, event and outbox row in the caller's transaction; wakes the outbox after the commit.
pub async fn enqueue(buyer: &Buyer, tx: &mut Tx, prepared: Prepared) -> Result<(), AskError> {
    let context = &prepared.context;
    let (message_id, transaction_id) = (context.message_id.as_str(), context.transaction_id.as_str());
    let (action, sent_ms) = (context.action.as_str(), prepared.sent_ms());
    let request = requests::NewRequest {
        message_id,
        transaction_id,
        action,
        peer: prepared.to.as_str(),
        order_id: &prepared.order_id,
        sent_ms,
        deadline_ms: prepared.deadline_ms,
    };
    requests::insert(tx, &request).await?;
    let event = events::NewEvent {
        transaction_id,
        message_id,
        order_id: &prepared.order_id,
        kind: "sent",
        action,
        at_ms: sent_ms,
        body: "",
    };
    events::insert(tx, &event).await?;
    buyer.waiters.wake_after_commit(tx, &[transaction_id]);
    // A request is stale for its receiver once its ttl is over, so trying longer would only collect NACKs.
    let give_up = Timestamp::from_millisecond(prepared.deadline_ms).unwrap_or(Timestamp::MAX);
    let mut outgoing =
        Outgoing::new(prepared.to, prepared.to_role, &prepared.context, &prepared.payload["message"], None);
    outgoing.give_up_at = Some(give_up);
    buyer.node.outbox.enqueue(tx, outgoing).await?;
    Ok(())
}

/// Runs an ask again when another writer was faster; three tries.
pub async fn retried<F, T>(mut ask: impl FnMut() -> F) -> Result<T, AskError>
where
    F: Future<Output = Result<T, AskError>>,
{
    for _ in 0..2 {
        match ask().await {
            Err(error) if error.is_conflict() => tokio::time::sleep(Duration::from_millis(20)).await,
            done => return done,
        }
    }
    ask().await
}
