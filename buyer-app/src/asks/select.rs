//! Ask a seller for a price and a promise.

use serde::{Deserialize, Serialize};
use specs::Action;
use utoipa::ToSchema;

use super::error::AskError;
use super::search::place;
use super::{Caller, Sent};
use crate::buyer::Buyer;
use crate::catalogue::item::SellerKey;
use crate::checkout::record::{Checkout, CheckoutLine};
use crate::checkout::stage::{Move, Stage};
use crate::network::destination;
use crate::network::messages;
use crate::network::outgoing::{Save, Talk, next_timestamp, prepare, refuse_repeat, send};
use crate::order::decide::Refusal;
use crate::store::checkouts;
use crate::store::shelf::{self, ShelfItem};

/// A basket with one provider.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SelectAsk {
    pub bpp_id: String,
    pub provider_id: String,
    /// Store; taken from the catalogue when absent.
    pub location_id: Option<String>,
    pub items: Vec<SelectItem>,
    /// Postal code to deliver to.
    pub area_code: String,
    /// `lat,lng`; the known position of the postal code when absent.
    pub gps: Option<String>,
    /// Cash on delivery.
    #[serde(default)]
    pub cash: bool,
    /// `std:080`; the city of the postal code when absent.
    pub city: Option<String>,
    pub domain: Option<String>,
    /// The version in which the seller sent its catalogue when absent.
    pub core_version: Option<String>,
    /// Select again in this transaction; a new one when absent.
    pub transaction_id: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SelectItem {
    pub id: String,
    /// At least 1.
    pub count: u32,
}

pub async fn select(buyer: &Buyer, caller: &Caller, ask: &SelectAsk) -> Result<Sent, AskError> {
    refuse_repeat(buyer, caller).await?;
    checked(ask)?;
    let known = known_items(buyer, ask).await?;
    let (mut checkout, version) = match &ask.transaction_id {
        Some(id) => again(buyer, caller, id, ask).await?,
        None => (fresh(buyer, caller, ask, &known).await?, 0),
    };
    checkout.lines = lines(ask, &known);
    checkout.place = place(buyer, &ask.area_code, ask.gps.as_deref())?;
    checkout.cash = ask.cash;
    checkout.offer = None;
    checkout.agreed = None;
    if let Some(location) = location(ask, &known) {
        checkout.location_id = location;
    }
    if checkout.location_id.is_empty() {
        return Err(AskError::invalid("location_id", "the items are not in the catalogue; name the store"));
    }
    let at = next_timestamp(buyer.node.clock.now(), checkout.last_message_ms);
    let peer = destination::known_seller(&checkout.bpp_id, &checkout.bpp_uri);
    let prepared = prepare(buyer, Action::Select, &talk(&checkout), &peer, at, messages::select(&checkout))?;
    checkout.select_id = prepared.message_id().to_owned();
    checkout.last_message_ms = prepared.sent_ms();
    send(buyer, caller, prepared, Save::Checkout(Box::new(checkout), version)).await
}

/// What a checkout's messages are about.
pub fn talk(checkout: &Checkout) -> Talk {
    Talk {
        domain: checkout.domain.clone(),
        core_version: checkout.core_version.clone(),
        city: checkout.city.clone(),
        transaction_id: checkout.transaction_id.clone(),
        order_id: checkout.order_id.clone(),
        last_message_ms: checkout.last_message_ms,
    }
}

fn checked(ask: &SelectAsk) -> Result<(), AskError> {
    if ask.items.is_empty() {
        return Err(AskError::invalid("items", "select at least one item"));
    }
    match ask.items.iter().find(|item| item.count == 0) {
        Some(item) => Err(AskError::invalid("items", format!("the count of `{}` must be at least 1", item.id))),
        None => Ok(()),
    }
}

async fn known_items(buyer: &Buyer, ask: &SelectAsk) -> Result<Vec<ShelfItem>, AskError> {
    let key = SellerKey {
        domain: ask.domain.clone().unwrap_or_default(),
        city: ask.city.clone().unwrap_or_default(),
        bpp_id: ask.bpp_id.clone(),
        provider_id: ask.provider_id.clone(),
    };
    let mut known = Vec::new();
    for item in &ask.items {
        known.extend(shelf::find(&buyer.node.db, &key, &item.id).await?);
    }
    Ok(known)
}

/// The same item named twice is one line.
fn lines(ask: &SelectAsk, known: &[ShelfItem]) -> Vec<CheckoutLine> {
    let mut lines: Vec<CheckoutLine> = Vec::new();
    for item in &ask.items {
        if let Some(line) = lines.iter_mut().find(|l| l.item_id == item.id) {
            line.count = line.count.saturating_add(item.count);
            continue;
        }
        let shelf = known.iter().find(|k| k.item.id == item.id).map(|k| &k.item);
        lines.push(CheckoutLine {
            item_id: item.id.clone(),
            count: item.count,
            title: shelf.map_or_else(|| item.id.clone(), |i| i.name.clone()),
            category: shelf.map(|i| i.category.clone()).unwrap_or_default(),
            unit_price: shelf.map(|i| i.price),
            returnable: shelf.map(|i| i.returnable),
            cancellable: shelf.map(|i| i.cancellable),
        });
    }
    lines
}

fn location(ask: &SelectAsk, known: &[ShelfItem]) -> Option<String> {
    ask.location_id.clone().or_else(|| known.first().map(|k| k.item.location_id.clone())).filter(|id| !id.is_empty())
}

async fn fresh(buyer: &Buyer, caller: &Caller, ask: &SelectAsk, known: &[ShelfItem]) -> Result<Checkout, AskError> {
    let config = &buyer.config;
    let shelf = known.first();
    let first = |list: &[String]| list.first().cloned().unwrap_or_default();
    let domain = ask
        .domain
        .clone()
        .or_else(|| shelf.map(|s| s.key.domain.clone()))
        .unwrap_or_else(|| first(&config.node.domains));
    let bpp_uri = match shelf {
        Some(shelf) => shelf.bpp_uri.clone(),
        None => destination::seller(buyer, &domain, &ask.bpp_id).await?.uri,
    };
    let version = ask.core_version.clone().or_else(|| shelf.map(|s| s.core_version.clone()));
    let city = ask
        .city
        .clone()
        .or_else(|| shelf.map(|s| s.key.city.clone()))
        .or_else(|| config.city_of(&ask.area_code).map(str::to_owned));
    Ok(Checkout {
        transaction_id: buyer.new_id(),
        owner: caller.owner.clone(),
        core_version: version.unwrap_or_else(|| first(&config.node.core_versions)),
        city: city.unwrap_or_else(|| first(&config.shop_cities)),
        domain,
        bpp_id: ask.bpp_id.clone(),
        bpp_uri,
        provider_id: ask.provider_id.clone(),
        provider_name: shelf.map(|s| s.provider.name.clone()).unwrap_or_default(),
        location_id: String::new(),
        stage: Stage::Selecting,
        lines: Vec::new(),
        place: Default::default(),
        cash: ask.cash,
        select_id: String::new(),
        init_id: String::new(),
        offer: None,
        agreed: None,
        order_id: String::new(),
        payment_id: String::new(),
        last_message_ms: 0,
    })
}

/// Select again in a known transaction; the seller cannot change. A transaction that only searched is new here.
async fn again(buyer: &Buyer, caller: &Caller, id: &str, ask: &SelectAsk) -> Result<(Checkout, i64), AskError> {
    let Some((mut checkout, version)) = checkouts::find(&buyer.node.db, id).await? else {
        let known = known_items(buyer, ask).await?;
        let mut checkout = fresh(buyer, caller, ask, &known).await?;
        checkout.transaction_id = id.to_owned();
        return Ok((checkout, 0));
    };
    if checkout.bpp_id != ask.bpp_id || checkout.provider_id != ask.provider_id {
        return Err(AskError::invalid(
            "provider_id",
            format!("the transaction is with {} of {}", checkout.provider_id, checkout.bpp_id),
        ));
    }
    let Some(stage) = checkout.stage.after(Move::Select) else {
        return Err(
            Refusal::new("20008", "transaction_id", "the order was placed already; begin a new transaction").into()
        );
    };
    checkout.stage = stage;
    Ok((checkout, version))
}
