//! An item of the catalogue.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::partner_wire::{images, or, time};
use crate::catalogue::{Item, Listing, Seller};
use crate::network::translate::render::tag::tag;
use crate::order::Rules;

/// The complete item, as full and incremental catalogues both carry it. `way_id` names the partner's usual way of handing over.
pub(super) fn item(listing: &Listing<'_>, way_id: &str, seller: &Seller, rules: &Rules, now: Timestamp) -> Value {
    let Listing { item, in_stock, zone } = *listing;
    let pictures = images(&item.images, seller);
    let mut wire = json!({
        "id": item.sku,
        "time": time(item.active, now),
        "descriptor": {
            "name": item.name,
            "code": item.code,
            "symbol": pictures.first(),
            "short_desc": or(&item.short_desc, &item.name),
            "long_desc": or(&item.long_desc, &item.name),
            "images": pictures,
        },
        "quantity": {
            "unitized": { "measure": { "unit": item.unit, "value": item.measure.normalize().to_string() } },
            "available": { "count": if in_stock && item.active { "99" } else { "0" } },
            "maximum": { "count": item.maximum_text() },
        },
        "price": { "currency": rules.currency, "value": item.price, "maximum_value": item.mrp },
        "category_id": item.category,
        "fulfillment_id": way_id,
        "location_id": zone.location_id,
        "@ondc/org/returnable": item.returnable,
        "@ondc/org/cancellable": item.cancellable,
        "@ondc/org/return_window": item.return_window,
        "@ondc/org/seller_pickup_return": item.seller_pickup_return,
        "@ondc/org/time_to_ship": item.time_to_ship,
        "@ondc/org/available_on_cod": item.available_on_cod,
        "@ondc/org/contact_details_consumer_care": item.consumer_care,
        "tags": tags(item),
    });
    if rules.version.rating {
        wire["rating"] = json!("");
    }
    if let Some(label) = &item.packaged_commodity {
        wire["@ondc/org/statutory_reqs_packaged_commodities"] = json!(label);
    }
    if let Some(label) = &item.prepackaged_food {
        wire["@ondc/org/statutory_reqs_prepackaged_food"] = json!(label);
    }
    wire
}

fn tags(item: &Item) -> Vec<Value> {
    let mut tags = vec![tag("origin", [("country", Some(item.origin.clone()))])];
    if let Some(kind) = &item.veg_nonveg {
        tags.push(tag("veg_nonveg", [(kind.as_str(), Some("yes".to_owned()))]));
    }
    tags
}
