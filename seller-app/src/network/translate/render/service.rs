//! Answers that are not orders: tracking, rating, support.

use serde_json::{Value, json};

use crate::catalogue::Seller;
use crate::fulfilment::{DeliveryState, Fulfilment};

/// `on_track`: a page to look at while the rider has the goods.
pub fn on_track(fulfilment: &Fulfilment) -> Value {
    use DeliveryState as S;
    let active = match fulfilment.delivery() {
        Some(
            S::AgentAssigned
            | S::OutForPickup
            | S::AtPickup
            | S::PickupFailed
            | S::OrderPickedUp
            | S::InTransit
            | S::AtDestinationHub
            | S::OutForDelivery
            | S::AtDelivery
            | S::DeliveryFailed,
        ) => true,
        Some(S::Pending | S::Packed | S::OrderDelivered | S::Cancelled) | None => false,
    };
    let status = if active { "active" } else { "inactive" };
    json!({ "tracking": { "id": fulfilment.id, "status": status, "url": fulfilment.tracking_url } })
}

pub fn on_rating() -> Value {
    json!({ "feedback_ack": true, "rating_ack": true })
}

pub fn on_support(seller: &Seller) -> Value {
    let mut wire = json!({ "phone": seller.storefront.phone, "email": seller.storefront.email });
    if let Some(url) = &seller.tracking_url {
        wire["uri"] = json!(url);
    }
    wire
}
