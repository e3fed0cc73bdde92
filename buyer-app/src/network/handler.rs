//! The buyer's side of the node: which actions it receives, the check before the ACK, the work after it, and what became
//! of its own messages. Each callback is one transaction: record, request row, event, inbox row.

use std::sync::Arc;

use async_trait::async_trait;
use node::database::Tx;
use node::handler::{Accepted, Delivery, HandlerError, Incoming, MessageHandler, Sent};
use protocol::ack::NetworkError;
use serde_json::json;
use specs::Action;

use super::delivered;
use super::intake::{callback_error, order_event, report};
use super::screening::{self, Place, ScreenError};
use super::subject::Subject;
use crate::buyer::Buyer;
use crate::catalogue::reading;
use crate::checkout::{offer, terms};
use crate::order::decide::{Decision, Effect, Refusal, decide};
use crate::order::record::Order;
use crate::store::catalogue::{Kept, Origin, keep};
use crate::store::{checkouts, events, orders, payments, refunds, requests};

/// Receives everything a buyer node receives.
#[derive(Debug)]
pub struct BuyerHandler {
    pub buyer: Arc<Buyer>,
}

/// What a buyer node receives.
const RECEIVED: &[Action] = &[
    Action::OnSearch,
    Action::OnSelect,
    Action::OnInit,
    Action::OnConfirm,
    Action::OnStatus,
    Action::OnTrack,
    Action::OnCancel,
    Action::OnUpdate,
    Action::OnRating,
    Action::OnSupport,
];

#[async_trait]
impl MessageHandler for BuyerHandler {
    fn actions(&self) -> &'static [Action] {
        RECEIVED
    }

    async fn screen(&self, incoming: &Incoming<'_>) -> Result<(), NetworkError> {
        screening::screen(&self.buyer, incoming).await.map_err(NetworkError::from)
    }

    async fn handle(&self, message: &Accepted) -> Result<(), HandlerError> {
        let answers = match screening::place(&self.buyer, &message.context).await {
            Ok(Place::Answer(_)) => true,
            Ok(Place::Unsolicited) => false,
            Err(ScreenError::Refused(refusal)) => return self.refused(message, &refusal).await,
            Err(ScreenError::Store(error)) => return Err(error.into()),
        };
        let outcome = match Subject::of(message.context.action) {
            Some(Subject::Catalogue) => return self.catalogue(message, answers).await,
            Some(Subject::Offer | Subject::Terms) => self.checkout(message).await?,
            Some(Subject::Placing | Subject::News) => self.order(message).await?,
            Some(Subject::Tracking) => self.tracking(message).await?,
            Some(Subject::Service) | None => Outcome::Nothing,
        };
        match outcome {
            Outcome::Refused(refusal) => self.refused(message, &refusal).await,
            outcome => self.commit(message, answers, outcome).await,
        }
    }

    async fn delivered(&self, tx: &mut Tx, sent: &Sent, delivery: &Delivery) -> Result<(), HandlerError> {
        delivered::closed(&self.buyer, tx, sent, delivery).await
    }
}

/// What a callback changes.
enum Outcome {
    Nothing,
    Checkout(Box<crate::checkout::record::Checkout>, i64),
    Order(Box<Decision>, i64),
    /// It was right when it was screened and is not any more.
    Refused(Refusal),
}

impl BuyerHandler {
    /// One on_search: every provider in one transaction.
    async fn catalogue(&self, message: &Accepted, answers: bool) -> Result<(), HandlerError> {
        let told = reading::read(&message.payload);
        let origin = origin(message, &self.buyer.config.node.core_versions);
        let mut tx = self.buyer.node.db.begin().await?;
        let mut kept = Kept::default();
        for provider in &told.providers {
            let one = keep(&mut tx, &origin, provider).await?;
            kept.providers += one.providers;
            kept.items += one.items;
            kept.removed += one.removed;
            kept.switched += one.switched;
        }
        let summary = json!({"bpp_id": origin.bpp_id, "kept": kept, "unreadable": told.unreadable}).to_string();
        self.note(&mut tx, message, answers, &summary, "").await?;
        message.finish(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn checkout(&self, message: &Accepted) -> Result<Outcome, HandlerError> {
        let (context, payload) = (&message.context, &message.payload);
        let found = checkouts::find(&self.buyer.node.db, context.transaction_id.as_str()).await?;
        let Some((checkout, version)) = found else {
            return Ok(Outcome::Refused(Refusal::new(
                "20008",
                "context.transaction_id",
                "no checkout of this transaction",
            )));
        };
        let id = context.message_id.as_str();
        let error = callback_error(payload);
        let judged = match (context.action == Action::OnSelect, report(payload)) {
            (_, Err(refusal)) => Err(refusal),
            (true, Ok(report)) => offer::offered(&checkout, id, &report, error),
            // A refused init leaves the checkout where it was; the shopper corrects and asks again.
            (false, Ok(_)) if error.is_some() => return Ok(Outcome::Nothing),
            (false, Ok(report)) => terms::agreed(&checkout, id, payload, &report, &self.buyer.config.finder_fee()),
        };
        Ok(match judged {
            Ok(mut next) => {
                next.last_message_ms = next.last_message_ms.max(context.timestamp.as_millisecond());
                Outcome::Checkout(Box::new(next), version)
            }
            Err(refusal) => Outcome::Refused(refusal),
        })
    }

    async fn order(&self, message: &Accepted) -> Result<Outcome, HandlerError> {
        let context = &message.context;
        let found = orders::of_transaction(&self.buyer.node.db, context.transaction_id.as_str()).await?;
        let Some((order, version)) = found else {
            return Ok(Outcome::Refused(Refusal::new(
                "20008",
                "context.transaction_id",
                "no order of this transaction",
            )));
        };
        let rules = self.buyer.rules(&order.domain, &order.core_version);
        let event = order_event(context.action, &message.payload, context.timestamp.as_millisecond());
        let decided = event.and_then(|event| event.map(|e| decide(&order, e, &rules, self.buyer.now_ms())).transpose());
        Ok(match decided {
            Ok(Some(decision)) => Outcome::Order(Box::new(decision), version),
            Ok(None) => Outcome::Nothing,
            Err(refusal) => Outcome::Refused(refusal),
        })
    }

    async fn tracking(&self, message: &Accepted) -> Result<Outcome, HandlerError> {
        let found = orders::of_transaction(&self.buyer.node.db, message.context.transaction_id.as_str()).await?;
        let (Some((mut order, version)), Some(tracking)) = (found, message.payload.pointer("/message/tracking")) else {
            return Ok(Outcome::Nothing);
        };
        order.tracking = Some(tracking.clone());
        order.last_message_ms = order.last_message_ms.max(message.context.timestamp.as_millisecond());
        Ok(Outcome::Order(Box::new(Decision { next: order, effects: Vec::new() }), version))
    }

    async fn commit(&self, message: &Accepted, answers: bool, outcome: Outcome) -> Result<(), HandlerError> {
        let ours = match &outcome {
            Outcome::Order(decision, _) => pays_back(&self.buyer, &decision.next).await?,
            Outcome::Nothing | Outcome::Checkout(_, _) | Outcome::Refused(_) => false,
        };
        let now_ms = self.buyer.now_ms();
        let mut tx = self.buyer.node.db.begin().await?;
        let mut order_id = String::new();
        match outcome {
            Outcome::Nothing | Outcome::Refused(_) => {}
            Outcome::Checkout(checkout, version) => checkouts::save(&mut tx, &checkout, version, now_ms).await?,
            Outcome::Order(decision, version) => {
                order_id.clone_from(&decision.next.id);
                save_decision(&self.buyer, &mut tx, &decision, version, ours).await?;
            }
        }
        let body = message.payload.to_string();
        self.note(&mut tx, message, answers, &body, &order_id).await?;
        message.finish(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Request row and event of a callback that was taken.
    async fn note(
        &self,
        tx: &mut Tx,
        message: &Accepted,
        answers: bool,
        body: &str,
        order_id: &str,
    ) -> Result<(), HandlerError> {
        let (context, now_ms) = (&message.context, self.buyer.now_ms());
        let (id, transaction, action) =
            (context.message_id.as_str(), context.transaction_id.as_str(), context.action.as_str());
        if answers {
            requests::answered(tx, id, action, body, now_ms).await?;
        }
        let kind = if answers { "callback" } else { "unsolicited" };
        let event = events::NewEvent {
            transaction_id: transaction,
            message_id: id,
            order_id,
            kind,
            action,
            at_ms: now_ms,
            body,
        };
        events::insert(tx, &event).await?;
        self.buyer.waiters.wake_after_commit(tx, &[id, transaction]);
        Ok(())
    }

    /// An accepted callback that no longer fits (two arrived at once): it is noted, and nothing else changes.
    async fn refused(&self, message: &Accepted, refusal: &Refusal) -> Result<(), HandlerError> {
        let context = &message.context;
        tracing::warn!(transaction_id = %context.transaction_id, action = %context.action, %refusal, "callback not applied");
        let mut tx = self.buyer.node.db.begin().await?;
        let body = json!({"code": refusal.code, "path": refusal.path, "message": refusal.message}).to_string();
        let (id, transaction) = (context.message_id.as_str(), context.transaction_id.as_str());
        let event = events::NewEvent {
            transaction_id: transaction,
            message_id: id,
            order_id: "",
            kind: "refused",
            action: context.action.as_str(),
            at_ms: self.buyer.now_ms(),
            body: &body,
        };
        events::insert(&mut tx, &event).await?;
        self.buyer.waiters.wake_after_commit(&mut tx, &[id, transaction]);
        message.finish(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn origin(message: &Accepted, versions: &[String]) -> Origin {
    let context = &message.context;
    Origin {
        domain: context.domain.clone(),
        city: context.city.clone(),
        bpp_id: message.sender.as_str().to_owned(),
        bpp_uri: context.bpp_uri.clone().unwrap_or_default(),
        core_version: context.core_version.clone(),
        message_id: context.message_id.as_str().to_owned(),
        told_ms: context.timestamp.as_millisecond(),
        versions: versions.to_vec(),
    }
}

/// Do we pay this order's refunds ourselves? Yes for money that our own checkout collected and for cash; a marketplace
/// that collected elsewhere pays back itself and tells us by `POST /api/refund`.
pub async fn pays_back(buyer: &Buyer, order: &Order) -> Result<bool, HandlerError> {
    if order.payment.reference.is_empty() {
        return Ok(true);
    }
    Ok(payments::find(&buyer.node.db, &order.payment.reference).await?.is_some())
}

/// The order and the refunds it owes.
pub async fn save_decision(
    buyer: &Buyer,
    tx: &mut Tx,
    decision: &Decision,
    version: i64,
    ours: bool,
) -> Result<(), HandlerError> {
    let now_ms = buyer.now_ms();
    let order = &decision.next;
    orders::update(tx, order, version, now_ms).await?;
    for Effect::Refund(refund) in &decision.effects {
        if ours {
            refunds::insert(tx, refund, &order.id, &order.payment.reference, now_ms).await?;
        }
        let body = json!({"refund_id": refund.id, "amount": refund.amount.wire(), "fulfilment_id": refund.fulfilment_id, "state": "due"});
        let event = events::NewEvent {
            transaction_id: &order.transaction_id,
            message_id: "",
            order_id: &order.id,
            kind: "refund",
            action: "",
            at_ms: now_ms,
            body: &body.to_string(),
        };
        events::insert(tx, &event).await?;
    }
    Ok(())
}
