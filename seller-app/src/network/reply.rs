//! Answers that carry no order: catalogues, and refusals that came up only after the ACK.

use node::Tx;
use node::handler::{Accepted, HandlerError};
use node::outbox::Outgoing;
use protocol::ack::NetworkError;
use protocol::context::Context;
use protocol::ids::MessageId;
use protocol::participant::Role;
use serde_json::{Value, json};
use specs::Action;

use crate::app::{SellerApp, later_ms};

/// Puts the callback of a request into the outbox. Always later than the request.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(
    app: &SellerApp,
    tx: &mut Tx,
    request: &Accepted,
    message: &Value,
    error: Option<&NetworkError>,
) -> Result<(), HandlerError> {
    let at = app.now().max(later_ms(request.context.timestamp, 1));
    let identity = &app.node.identity;
    let Some(context) = request.context.reply(&identity.subscriber_id, &identity.url, at) else {
        return Ok(());
    };
    let outgoing = Outgoing::new(context.bap_id.clone(), Role::Buyer, &context, message, error);
    app.node.outbox.enqueue(tx, outgoing).await?;
    Ok(())
}

/// Tells the buyer app that a request which was ACKed cannot be done after all, and finishes it.
///
/// # Errors
/// When the database fails.
pub async fn refuse(app: &SellerApp, request: &Accepted, error: &NetworkError) -> Result<(), HandlerError> {
    let mut tx = app.node.db.begin().await?;
    enqueue(app, &mut tx, request, &json!({}), Some(error)).await?;
    request.finish(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// A push to a subscriber: the transaction of its search, a new message id, and `*` as the city.
pub fn push(app: &SellerApp, search: &Context, message: &Value) -> Outgoing {
    let identity = &app.node.identity;
    let mut context = search.unsolicited(Action::OnSearch, MessageId::new(&*app.node.randomness), app.now());
    context.bpp_id = Some(identity.subscriber_id.clone());
    context.bpp_uri = Some(identity.url.clone());
    context.city = "*".to_owned();
    Outgoing::new(context.bap_id.clone(), Role::Buyer, &context, message, None)
}
