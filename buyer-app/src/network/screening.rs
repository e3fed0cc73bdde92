//! The business check before the ACK: does this callback answer something, in time, from the right peer, and may the
//! checkout or the order become what it says? (NETWORK-SPEC 2 and 14)

use node::handler::Incoming;
use protocol::ack::{ErrorType, NetworkError};
use protocol::context::Context;
use serde_json::Value;
use specs::Action;

use super::intake::{callback_error, order_event, report};
use super::subject::Subject;
use crate::buyer::Buyer;
use crate::checkout::{offer, terms};
use crate::order::decide::{Refusal, decide};
use crate::order::record::Order;
use crate::store::orders::StoreError;
use crate::store::requests::{self, RequestRow};
use crate::store::{checkouts, orders};

/// What a callback is the answer to.
#[derive(Debug)]
pub enum Place {
    /// The answer to this request.
    Answer(Box<RequestRow>),
    /// News about a known order, or a pushed catalogue change.
    Unsolicited,
}

/// A refused callback, or a database that does not answer (the peer tries again).
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ScreenError {
    fn from(error: sqlx::Error) -> ScreenError {
        ScreenError::Store(StoreError::Database(error))
    }
}

impl From<ScreenError> for NetworkError {
    fn from(error: ScreenError) -> NetworkError {
        match error {
            ScreenError::Refused(refusal) => refused(&refusal),
            ScreenError::Store(error) => {
                tracing::error!(%error, "a callback could not be screened");
                NetworkError::new(ErrorType::Core, "23001", "the buyer node cannot read its records now; send again")
            }
        }
    }
}

/// The refusal as it goes into the NACK.
pub fn refused(refusal: &Refusal) -> NetworkError {
    let kind = if refusal.path.starts_with("context") { ErrorType::Context } else { ErrorType::Domain };
    NetworkError::new(kind, refusal.code, refusal.message.clone()).at(refusal.path.clone())
}

/// The whole check.
pub async fn screen(buyer: &Buyer, incoming: &Incoming<'_>) -> Result<(), ScreenError> {
    let (context, payload) = (incoming.context, incoming.payload);
    let place = place(buyer, context).await?;
    if let Place::Answer(request) = &place
        && buyer.now_ms() > request.deadline_ms
    {
        let message = format!("the answer to {} came {} ms late", request.action, buyer.now_ms() - request.deadline_ms);
        return Err(Refusal::new("20009", "context.timestamp", message).into());
    }
    match Subject::of(context.action) {
        Some(Subject::Offer) => offer_fits(buyer, context, payload).await,
        Some(Subject::Terms) => terms_fit(buyer, context, payload).await,
        Some(Subject::Placing | Subject::News) => order_fits(buyer, context, payload).await,
        Some(Subject::Catalogue | Subject::Tracking | Subject::Service) | None => Ok(()),
    }
}

/// Finds what the callback answers; also used by the handler.
pub async fn place(buyer: &Buyer, context: &Context) -> Result<Place, ScreenError> {
    let db = &buyer.node.db;
    let out_of_sequence = |path: &str, message: String| Err(Refusal::new("20008", path, message).into());
    if let Some(request) = requests::find(db, context.message_id.as_str()).await? {
        return answers(request, context);
    }
    let transaction = context.transaction_id.as_str();
    match Subject::of(context.action) {
        // Pushed catalogue changes carry the transaction of the search that started the subscription.
        Some(Subject::Catalogue) => match requests::last_search(db, transaction).await? {
            Some(_) => Ok(Place::Unsolicited),
            None => {
                out_of_sequence("context.transaction_id", "no search of this transaction was sent from here".to_owned())
            }
        },
        Some(Subject::News | Subject::Tracking) => match orders::of_transaction(db, transaction).await? {
            Some((order, _)) if Some(order.bpp_id.as_str()) == context.bpp_id.as_ref().map(AsRef::as_ref) => {
                Ok(Place::Unsolicited)
            }
            Some((order, _)) => {
                out_of_sequence("context.bpp_id", format!("the order of this transaction is with {}", order.bpp_id))
            }
            None => out_of_sequence(
                "context.transaction_id",
                "no order of this transaction was placed from here".to_owned(),
            ),
        },
        Some(Subject::Offer | Subject::Terms | Subject::Placing | Subject::Service) => {
            out_of_sequence("context.message_id", format!("no request with this id waits for {}", context.action))
        }
        None => out_of_sequence("context.action", format!("{} is not for a buyer node", context.action)),
    }
}

/// The request must be of the action, the transaction and the peer that the callback claims.
fn answers(request: RequestRow, context: &Context) -> Result<Place, ScreenError> {
    let expected = request.action.parse::<Action>().ok().and_then(Action::callback);
    let refuse = |path: &str, message: String| Err(Refusal::new("20008", path, message).into());
    if expected != Some(context.action) {
        return refuse("context.action", format!("message {} was a {}", request.message_id, request.action));
    }
    if request.transaction_id != context.transaction_id.as_str() {
        return refuse(
            "context.transaction_id",
            format!("message {} was of {}", request.message_id, request.transaction_id),
        );
    }
    // A search went to the gateway: any seller may answer it. Everything else is between two.
    let sender = context.bpp_id.as_ref().map(AsRef::as_ref).unwrap_or_default();
    if context.action != Action::OnSearch && request.peer != sender {
        return refuse("context.bpp_id", format!("message {} was sent to {}", request.message_id, request.peer));
    }
    Ok(Place::Answer(Box::new(request)))
}

async fn offer_fits(buyer: &Buyer, context: &Context, payload: &Value) -> Result<(), ScreenError> {
    let Some((checkout, _)) = checkouts::find(&buyer.node.db, context.transaction_id.as_str()).await? else {
        return Err(Refusal::new("20008", "context.transaction_id", "no checkout of this transaction").into());
    };
    let report = report(payload)?;
    offer::offered(&checkout, context.message_id.as_str(), &report, callback_error(payload))?;
    Ok(())
}

async fn terms_fit(buyer: &Buyer, context: &Context, payload: &Value) -> Result<(), ScreenError> {
    if callback_error(payload).is_some() {
        return Ok(());
    }
    let Some((checkout, _)) = checkouts::find(&buyer.node.db, context.transaction_id.as_str()).await? else {
        return Err(Refusal::new("20008", "context.transaction_id", "no checkout of this transaction").into());
    };
    let report = report(payload)?;
    terms::agreed(&checkout, context.message_id.as_str(), payload, &report, &buyer.config.finder_fee())?;
    Ok(())
}

async fn order_fits(buyer: &Buyer, context: &Context, payload: &Value) -> Result<(), ScreenError> {
    let found = orders::of_transaction(&buyer.node.db, context.transaction_id.as_str()).await?;
    let Some((order, _)) = found else {
        return Err(Refusal::new(
            "20008",
            "context.transaction_id",
            "no order of this transaction was placed from here",
        )
        .into());
    };
    same_order(&order, payload)?;
    if let Some(event) = order_event(context.action, payload, context.timestamp.as_millisecond())? {
        decide(&order, event, &buyer.rules(&order.domain, &order.core_version), buyer.now_ms())?;
    }
    Ok(())
}

fn same_order(order: &Order, payload: &Value) -> Result<(), Refusal> {
    match payload.pointer("/message/order/id").and_then(Value::as_str) {
        Some(id) if id != order.id => {
            Err(Refusal::new("20008", "message.order.id", format!("the order of this transaction is `{}`", order.id)))
        }
        Some(_) | None => Ok(()),
    }
}
