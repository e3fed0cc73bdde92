//! Tell the seller who buys and where it goes.

use protocol::clock::wire_timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use specs::Action;
use utoipa::ToSchema;

use super::error::AskError;
use super::select::talk;
use super::{Caller, Sent};
use crate::buyer::Buyer;
use crate::checkout::record::{Agreed, Checkout};
use crate::checkout::stage::Move;
use crate::network::destination::known_seller;
use crate::network::messages;
use crate::network::outgoing::{Save, next_timestamp, prepare, refuse_repeat, send};
use crate::order::decide::Refusal;
use crate::order::quote::Quote;
use crate::store::checkouts;

/// Billing and delivery. The delivery's postal code and position are those of `select` and cannot change here.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InitAsk {
    pub transaction_id: String,
    pub name: String,
    /// Digits, as the network's pattern says.
    pub phone: String,
    pub email: Option<String>,
    pub address: Address,
    /// Where the bill goes; the delivery address when absent.
    pub billing_address: Option<Address>,
    /// Which of the offered fulfilments; the seller's first choice when absent.
    pub fulfillment_id: Option<String>,
}

/// A postal address.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// House or flat; more than 3 letters, different from the next two.
    pub name: String,
    pub building: String,
    pub locality: String,
    pub city: String,
    pub state: String,
    /// For billing only; a delivery goes to the postal code of `select`.
    pub area_code: Option<String>,
}

pub async fn init(buyer: &Buyer, caller: &Caller, ask: &InitAsk) -> Result<Sent, AskError> {
    refuse_repeat(buyer, caller).await?;
    let found = checkouts::find(&buyer.node.db, &ask.transaction_id).await?;
    let (mut checkout, version) = found.ok_or_else(|| AskError::not_found("checkout", &ask.transaction_id))?;
    let Some(stage) = checkout.stage.after(Move::Init) else {
        let message = format!("the checkout is {}; init needs an offer", checkout.stage.name());
        return Err(Refusal::new("20008", "transaction_id", message).into());
    };
    checkout.stage = stage;
    choose(&mut checkout, ask.fulfillment_id.as_deref())?;
    person(ask)?;
    address("address", &ask.address)?;
    if let Some(billing) = &ask.billing_address {
        address("billing_address", billing)?;
    }
    let at = next_timestamp(buyer.node.clock.now(), checkout.last_message_ms);
    let agreed = filled_in(buyer, &checkout, ask, &wire_timestamp(at));
    let Some(offer) = &checkout.offer else { return Err(AskError::not_found("offer", &ask.transaction_id)) };
    let message = messages::init(&checkout, offer, &agreed);
    let peer = known_seller(&checkout.bpp_id, &checkout.bpp_uri);
    let prepared = prepare(buyer, Action::Init, &talk(&checkout), &peer, at, message)?;
    checkout.init_id = prepared.message_id().to_owned();
    checkout.last_message_ms = prepared.sent_ms();
    checkout.agreed = Some(agreed);
    send(buyer, caller, prepared, Save::Checkout(Box::new(checkout), version)).await
}

fn choose(checkout: &mut Checkout, fulfilment_id: Option<&str>) -> Result<(), AskError> {
    let (Some(id), Some(offer)) = (fulfilment_id, &mut checkout.offer) else { return Ok(()) };
    if !offer.fulfilments.iter().any(|f| f.id == id && f.serviceable) {
        return Err(AskError::invalid("fulfillment_id", format!("`{id}` is not one of the offered fulfilments")));
    }
    id.clone_into(&mut offer.chosen);
    Ok(())
}

fn person(ask: &InitAsk) -> Result<(), AskError> {
    if ask.name.trim().is_empty() {
        return Err(AskError::invalid("name", "who buys?"));
    }
    // The network's own pattern is checked with the whole message; this only catches what no network accepts.
    let digits = ask.phone.chars().filter(char::is_ascii_digit).count();
    let other = ask.phone.chars().any(|c| !c.is_ascii_digit() && !"+- ".contains(c));
    if other || !(6..=15).contains(&digits) {
        return Err(AskError::invalid("phone", "write 6 to 15 digits"));
    }
    Ok(())
}

/// Parts longer than 3 letters, all different, less than 190 letters in all (NETWORK-SPEC 6).
fn address(field: &'static str, address: &Address) -> Result<(), AskError> {
    let parts = [("name", &address.name), ("building", &address.building), ("locality", &address.locality)];
    for (name, part) in parts {
        if part.trim().chars().count() <= 3 {
            return Err(AskError::invalid(field, format!("{name} must have more than 3 letters")));
        }
    }
    let [a, b, c] = [&address.name, &address.building, &address.locality];
    if a == b || b == c || a == c {
        return Err(AskError::invalid(field, "name, building and locality must differ"));
    }
    if [a, b, c, &address.city, &address.state].iter().map(|p| p.chars().count()).sum::<usize>() >= 190 {
        return Err(AskError::invalid(field, "the address must be shorter than 190 letters"));
    }
    if address.city.trim().is_empty() || address.state.trim().is_empty() {
        return Err(AskError::invalid(field, "city and state are needed"));
    }
    Ok(())
}

fn filled_in(buyer: &Buyer, checkout: &Checkout, ask: &InitAsk, at: &str) -> Agreed {
    let country = &buyer.node.specs.network().country;
    let delivery_address = wire_address(&ask.address, &checkout.place.area_code, country);
    let billing_address = ask.billing_address.as_ref().map(|a| {
        let area_code = a.area_code.as_deref().unwrap_or(&checkout.place.area_code);
        wire_address(a, area_code, country)
    });
    let mut contact = json!({"phone": ask.phone});
    let mut billing = json!({"name": ask.name, "phone": ask.phone, "created_at": at, "updated_at": at,
        "address": billing_address.unwrap_or_else(|| delivery_address.clone())});
    if let Some(email) = ask.email.as_ref().filter(|email| !email.is_empty()) {
        contact["email"] = json!(email);
        billing["email"] = json!(email);
    }
    Agreed {
        billing,
        delivery: json!({"location": {"gps": checkout.place.gps, "address": delivery_address}, "contact": contact, "person": {"name": ask.name}}),
        quote: Quote::default(),
        quote_wire: Value::Null,
        payment_wire: Value::Null,
        tags_wire: Value::Null,
        offers_wire: Value::Null,
    }
}

fn wire_address(address: &Address, area_code: &str, country: &str) -> Value {
    json!({"name": address.name.trim(), "building": address.building.trim(), "locality": address.locality.trim(),
        "city": address.city.trim(), "state": address.state.trim(), "country": country, "area_code": area_code})
}
