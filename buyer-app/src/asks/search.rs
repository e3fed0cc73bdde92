//! Ask the network what it sells.

use serde::{Deserialize, Serialize};
use specs::Action;
use utoipa::ToSchema;

use super::error::AskError;
use super::{Caller, Sent};
use crate::buyer::Buyer;
use crate::checkout::record::Place;
use crate::network::destination::gateway;
use crate::network::messages::{self, Scope};
use crate::network::outgoing::{Save, Talk, next_timestamp, prepare, refuse_repeat, send};

/// A search. Without `category` and `product` it is a full catalogue refresh of the city.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchAsk {
    /// `ONDC:RET10`; the first configured domain when absent.
    pub domain: Option<String>,
    /// `1.2.5`; the first configured version when absent.
    pub core_version: Option<String>,
    /// `std:080`; the first city of the shop when absent.
    pub city: Option<String>,
    /// Category of the network's list.
    pub category: Option<String>,
    /// Product name.
    pub product: Option<String>,
    /// Postal code to deliver to.
    pub area_code: Option<String>,
    /// `lat,lng` to deliver to; the known position of the postal code when absent.
    pub gps: Option<String>,
    /// Delivery, Self-Pickup or Buyer-Delivery.
    pub fulfillment_type: Option<String>,
    /// Changes instead of everything: `start` or `stop` of the push subscription.
    pub incremental: Option<String>,
    /// Changes between two RFC 3339 times, with milliseconds.
    pub changed_from: Option<String>,
    pub changed_to: Option<String>,
    /// Go on in this transaction; a new one when absent. To stop a subscription, name the one that started it.
    pub transaction_id: Option<String>,
}

/// Sends the search to the gateway.
pub async fn search(buyer: &Buyer, caller: &Caller, ask: &SearchAsk) -> Result<Sent, AskError> {
    refuse_repeat(buyer, caller).await?;
    let config = &buyer.config;
    let first = |list: &[String]| list.first().cloned().unwrap_or_default();
    let domain = ask.domain.clone().unwrap_or_else(|| first(&config.node.domains));
    let scope = scope(ask)?;
    // Incremental refresh is not about one city (NETWORK-SPEC 2).
    let city = match scope {
        Scope::PushStart | Scope::PushStop | Scope::Between { .. } => "*".to_owned(),
        Scope::Full | Scope::Category(_) | Scope::Product(_) => {
            ask.city.clone().unwrap_or_else(|| first(&config.shop_cities))
        }
    };
    let place = ask.area_code.as_ref().map(|code| place(buyer, code, ask.gps.as_deref())).transpose()?;
    let talk = Talk {
        core_version: ask.core_version.clone().unwrap_or_else(|| first(&config.node.core_versions)),
        city,
        transaction_id: ask.transaction_id.clone().unwrap_or_else(|| buyer.new_id()),
        order_id: String::new(),
        last_message_ms: 0,
        domain,
    };
    let peer = gateway(buyer, &talk.domain).await?;
    let message = messages::search(&scope, place.as_ref(), ask.fulfillment_type.as_deref(), &config.finder_fee());
    let at = next_timestamp(buyer.node.clock.now(), talk.last_message_ms);
    let prepared = prepare(buyer, Action::Search, &talk, &peer, at, message)?;
    send(buyer, caller, prepared, Save::Nothing).await
}

fn scope(ask: &SearchAsk) -> Result<Scope, AskError> {
    match (&ask.category, &ask.product, ask.incremental.as_deref(), &ask.changed_from, &ask.changed_to) {
        (Some(_), Some(_), _, _, _) => Err(AskError::invalid("product", "give a category or a product, not both")),
        (Some(category), None, None, None, None) => Ok(Scope::Category(category.clone())),
        (None, Some(product), None, None, None) => Ok(Scope::Product(product.clone())),
        (None, None, Some("start"), None, None) => Ok(Scope::PushStart),
        (None, None, Some("stop"), None, None) => Ok(Scope::PushStop),
        (None, None, None, Some(start), Some(end)) => Ok(Scope::Between { start: start.clone(), end: end.clone() }),
        (None, None, None, None, None) => Ok(Scope::Full),
        (_, _, Some(mode), _, _) if mode != "start" && mode != "stop" => {
            Err(AskError::invalid("incremental", format!("`{mode}` is neither start nor stop")))
        }
        (_, _, _, _, _) => Err(AskError::invalid(
            "incremental",
            "changes are asked for alone: either incremental, or changed_from with changed_to",
        )),
    }
}

/// The given position, or the known one of the postal code.
pub fn place(buyer: &Buyer, area_code: &str, gps: Option<&str>) -> Result<Place, AskError> {
    match gps {
        Some(gps) => Ok(Place { gps: gps.to_owned(), area_code: area_code.to_owned() }),
        None => buyer.config.place(area_code).ok_or_else(|| {
            AskError::invalid(
                "gps",
                format!("the position of postal code {area_code} is not known here; give gps as well"),
            )
        }),
    }
}
