//! Place the order.

use protocol::clock::wire_timestamp;
use serde::{Deserialize, Serialize};
use specs::Action;
use utoipa::ToSchema;

use super::error::AskError;
use super::select::talk;
use super::{Caller, Sent};
use crate::buyer::Buyer;
use crate::checkout::place::{Collected, confirmable, placed};
use crate::network::destination::known_seller;
use crate::network::messages::{self, ConfirmTerms};
use crate::network::outgoing::{Save, next_timestamp, prepare, refuse_repeat, send};
use crate::store::{checkouts, payments};

/// Confirmation of an agreed checkout. Prepaid needs the reference of the payment; cash needs none.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmAsk {
    pub transaction_id: String,
    /// Your reference of the money you collected: at most 36 letters, digits, `_` or `-`. Absent for cash on delivery.
    pub payment_reference: Option<String>,
    /// Order id to use: at most 32 letters, digits or `-`; a UUID when absent.
    pub order_id: Option<String>,
}

pub async fn confirm(buyer: &Buyer, caller: &Caller, ask: &ConfirmAsk) -> Result<Sent, AskError> {
    refuse_repeat(buyer, caller).await?;
    let found = checkouts::find(&buyer.node.db, &ask.transaction_id).await?;
    let (checkout, version) = found.ok_or_else(|| AskError::not_found("checkout", &ask.transaction_id))?;
    let (offer, agreed) = confirmable(&checkout)?;
    let collected = match (&ask.payment_reference, checkout.cash) {
        (None, true) => Collected::Cash,
        (Some(reference), false) => Collected::Prepaid { reference: reference.clone() },
        (Some(_), true) => return Err(AskError::invalid("payment_reference", "the checkout is cash on delivery")),
        (None, false) => {
            return Err(AskError::invalid("payment_reference", "the checkout is prepaid: collect the money first"));
        }
    };
    paid_here(buyer, &collected, &checkout.transaction_id).await?;
    let at = next_timestamp(buyer.node.clock.now(), checkout.last_message_ms);
    let order_id = ask.order_id.clone().unwrap_or_else(|| buyer.new_id());
    let (fee, account, at_text) = (buyer.config.finder_fee(), buyer.config.own_account(), wire_timestamp(at));
    let config = &buyer.config;
    let terms = ConfirmTerms {
        order_id: &order_id,
        at: &at_text,
        fee: &fee,
        static_terms: &config.static_terms_url,
        tax_number: &config.tax_number,
        settlement_basis: &config.settlement_basis,
        settlement_window: &config.settlement_window,
        withholding_amount: &config.withholding_amount,
        own_account: &account,
    };
    let payment = messages::confirm_payment(agreed, &collected, &terms);
    let message = messages::confirm(&checkout, offer, agreed, &payment, &terms);
    let mut talk = talk(&checkout);
    talk.order_id.clone_from(&order_id);
    let peer = known_seller(&checkout.bpp_id, &checkout.bpp_uri);
    let prepared = prepare(buyer, Action::Confirm, &talk, &peer, at, message)?;
    let (order, closed) = placed(&checkout, &order_id, &collected, payment, prepared.sent_ms())?;
    let save = Save::Placing { order: Box::new(order), checkout: Box::new(closed), version };
    send(buyer, caller, prepared, save).await
}

/// A reference that names one of our own payments must be paid and of this transaction.
async fn paid_here(buyer: &Buyer, collected: &Collected, transaction_id: &str) -> Result<(), AskError> {
    let Collected::Prepaid { reference } = collected else { return Ok(()) };
    match payments::find(&buyer.node.db, reference).await? {
        Some(payment) if payment.status != "paid" || payment.transaction_id != transaction_id => {
            Err(AskError::invalid(
                "payment_reference",
                format!("payment {reference} is {} for {}", payment.status, payment.transaction_id),
            ))
        }
        Some(_) | None => Ok(()),
    }
}
