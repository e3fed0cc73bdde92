//! Answers that carry no order: catalogues, asked for or pushed.

use node::Tx;
use node::handler::{Accepted, HandlerError};
use node::outbox::Outgoing;
use protocol::context::Context;
use protocol::ids::MessageId;
use protocol::participant::Role;
use serde_json::Value;
use specs::Action;

use crate::app::{SellerApp, later_ms};

/// Puts the callback of a request into the outbox. Always later than the request.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(app: &SellerApp, tx: &mut Tx, request: &Accepted, message: &Value) -> Result<(), HandlerError> {
    let at = app.now().max(later_ms(request.context.timestamp, 1));
    let identity = &app.node.identity;
    let Some(context) = request.context.reply(&identity.subscriber_id, &identity.url, at) else {
        return Ok(());
    };
    let outgoing = Outgoing::new(context.bap_id.clone(), Role::Buyer, &context, message, None);
    app.node.outbox.enqueue(tx, outgoing).await?;
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
