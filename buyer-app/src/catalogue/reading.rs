//! Reads on_search, full and incremental, into changes of the kept catalogue. Liberal: an item that cannot be read is
//! counted and left out, the rest is kept.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::item::{Item, Location, Provider};
use super::serviceability::{self, Serviceability};
use crate::money::Money;
use crate::order::report::Tag;

/// What one on_search says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    pub providers: Vec<ProviderTold>,
    /// Things that could not be read, in words, at most [`UNREADABLE_MAX`].
    pub unreadable: Vec<String>,
}

/// What it says of one provider.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderTold {
    pub id: String,
    /// The whole provider; None in an incremental message that only changes parts.
    pub provider: Option<Provider>,
    /// New on/off state, when told.
    pub enabled: Option<bool>,
    pub locations: Vec<LocationTold>,
    /// Where locations deliver; an incremental message tells only those that changed.
    pub serviceability: Vec<Serviceability>,
    pub items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LocationTold {
    pub id: String,
    pub location: Option<Location>,
    pub enabled: Option<bool>,
}

const UNREADABLE_MAX: usize = 20;

/// Reads `message.catalog` of a whole payload.
pub fn read(payload: &Value) -> Told {
    let mut told = Told::default();
    let providers = payload.pointer("/message/catalog/bpp~1providers").and_then(Value::as_array);
    for provider in providers.into_iter().flatten() {
        match WireProvider::deserialize(provider) {
            Ok(wire) => {
                let read = provider_told(wire, &mut told.unreadable);
                told.providers.push(read);
            }
            Err(error) => complain(&mut told.unreadable, format!("provider: {error}")),
        }
    }
    told
}

fn complain(list: &mut Vec<String>, text: String) {
    if list.len() < UNREADABLE_MAX {
        list.push(text);
    }
}

fn provider_told(wire: WireProvider, unreadable: &mut Vec<String>) -> ProviderTold {
    let enabled = wire.time.as_ref().and_then(WireTime::enabled);
    let tags = wire.tags.iter().filter(|tag| tag.code == "serviceability");
    let serviceability: Vec<Serviceability> = tags.filter_map(serviceability::read).collect();
    // Only a full catalogue carries the descriptor; an incremental one changes parts of what we know.
    let provider = wire.descriptor.as_ref().map(|descriptor| Provider {
        id: wire.id.clone(),
        name: descriptor.name.clone(),
        short_desc: descriptor.short_desc.clone(),
        rating: wire.rating.clone().map(text).unwrap_or_default(),
        enabled: enabled.unwrap_or(true),
        order_value_min: wire
            .tags
            .iter()
            .find(|t| t.code == "order_value")
            .and_then(|t| t.value("min_value"))
            .and_then(|v| Money::parse(&v).ok()),
        serviceability: serviceability.clone(),
    });
    let mut items = Vec::new();
    for value in &wire.items {
        match WireItem::deserialize(value) {
            Ok(item) if item.is_customisation() => {}
            Ok(item) => items.push(item.into_item()),
            Err(error) => complain(unreadable, format!("provider {} item {}: {error}", wire.id, value["id"])),
        }
    }
    ProviderTold {
        id: wire.id,
        provider,
        enabled,
        locations: wire.locations.into_iter().map(location_told).collect(),
        serviceability,
        items,
    }
}

fn location_told(wire: WireLocation) -> LocationTold {
    let enabled = wire.time.as_ref().and_then(WireTime::enabled);
    let location = wire.gps.as_ref().map(|gps| Location {
        id: wire.id.clone(),
        gps: gps.clone(),
        city_name: wire.address.city.clone(),
        area_code: wire.address.area_code.clone(),
        locality: wire.address.locality.clone(),
        enabled: enabled.unwrap_or(true),
    });
    LocationTold { id: wire.id, location, enabled }
}

#[derive(Deserialize)]
struct WireProvider {
    id: String,
    #[serde(default)]
    time: Option<WireTime>,
    #[serde(default)]
    descriptor: Option<WireDescriptor>,
    #[serde(default)]
    rating: Option<Value>,
    #[serde(default)]
    locations: Vec<WireLocation>,
    #[serde(default)]
    items: Vec<Value>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
struct WireTime {
    #[serde(default)]
    label: String,
}

impl WireTime {
    /// `close` is a temporary closure: the store takes no order now, so for the shop it is off until `open`.
    fn enabled(&self) -> Option<bool> {
        match self.label.as_str() {
            "enable" | "open" => Some(true),
            "disable" | "close" => Some(false),
            _ => None,
        }
    }
}

#[derive(Default, Deserialize)]
struct WireDescriptor {
    #[serde(default)]
    name: String,
    #[serde(default)]
    short_desc: String,
    #[serde(default)]
    long_desc: String,
    #[serde(default)]
    images: Vec<String>,
}

#[derive(Deserialize)]
struct WireLocation {
    id: String,
    #[serde(default)]
    gps: Option<String>,
    #[serde(default)]
    address: WireAddress,
    #[serde(default)]
    time: Option<WireTime>,
}

#[derive(Default, Deserialize)]
struct WireAddress {
    #[serde(default)]
    city: String,
    #[serde(default)]
    area_code: String,
    #[serde(default)]
    locality: String,
}

#[derive(Deserialize)]
struct WireItem {
    id: String,
    #[serde(default)]
    time: Option<WireTime>,
    #[serde(default)]
    parent_item_id: Option<String>,
    descriptor: WireDescriptor,
    #[serde(default)]
    quantity: WireQuantity,
    price: WirePrice,
    #[serde(default)]
    category_id: String,
    #[serde(default)]
    fulfillment_id: String,
    #[serde(default)]
    location_id: String,
    #[serde(default)]
    rating: Option<Value>,
    #[serde(rename = "@ondc/org/returnable", default, deserialize_with = "yes_no")]
    returnable: bool,
    #[serde(rename = "@ondc/org/cancellable", default, deserialize_with = "yes_no")]
    cancellable: bool,
    #[serde(rename = "@ondc/org/available_on_cod", default, deserialize_with = "yes_no")]
    cash: bool,
    #[serde(rename = "@ondc/org/return_window", default)]
    return_window: Option<String>,
    #[serde(rename = "@ondc/org/time_to_ship", default)]
    time_to_ship: Option<String>,
    #[serde(rename = "@ondc/org/contact_details_consumer_care", default)]
    consumer_care: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Default, Deserialize)]
struct WireQuantity {
    #[serde(default)]
    unitized: Option<WireUnitized>,
    #[serde(default)]
    available: WireCount,
    #[serde(default)]
    maximum: WireCount,
}

#[derive(Default, Deserialize)]
struct WireUnitized {
    #[serde(default)]
    measure: WireMeasure,
}

#[derive(Default, Deserialize)]
struct WireMeasure {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    value: Value,
}

#[derive(Default, Deserialize)]
struct WireCount {
    #[serde(default)]
    count: Value,
}

impl WireCount {
    fn number(&self) -> Option<u32> {
        text(self.count.clone()).trim().parse().ok()
    }
}

#[derive(Deserialize)]
struct WirePrice {
    #[serde(default)]
    currency: String,
    value: Money,
    #[serde(default)]
    maximum_value: Option<Money>,
}

/// "99" as maximum means no cap (NETWORK-SPEC 4.2).
const NO_CAP: u32 = 99;

impl WireItem {
    fn tag(&self, code: &str) -> Option<&Tag> {
        self.tags.iter().find(|t| t.code == code)
    }

    /// Customisation elements are parts of another item, not for sale alone.
    fn is_customisation(&self) -> bool {
        self.tag("type").and_then(|t| t.value("type")).as_deref() == Some("customization")
    }

    fn into_item(self) -> Item {
        let origin = self.tag("origin").and_then(|t| t.value("country")).unwrap_or_default();
        let diet =
            self.tag("veg_nonveg").and_then(|t| t.list.iter().find(|e| e.value == "yes")).map(|e| e.code.clone());
        let measure =
            self.quantity.unitized.as_ref().map(|u| format!("{} {}", text(u.measure.value.clone()), u.measure.unit));
        Item {
            location_id: self.location_id,
            fulfilment_id: self.fulfillment_id,
            parent_item_id: self.parent_item_id.unwrap_or_default(),
            name: self.descriptor.name,
            short_desc: self.descriptor.short_desc,
            long_desc: self.descriptor.long_desc,
            images: self.descriptor.images,
            category: self.category_id,
            price: self.price.value,
            price_max: self.price.maximum_value.unwrap_or(self.price.value),
            currency: self.price.currency,
            measure: measure.map(|m| m.trim().to_owned()).unwrap_or_default(),
            available: self.quantity.available.number().is_some_and(|n| n > 0),
            enabled: self.time.as_ref().and_then(WireTime::enabled).unwrap_or(true),
            count_max: self.quantity.maximum.number().filter(|n| *n != NO_CAP),
            returnable: self.returnable,
            cancellable: self.cancellable,
            cash: self.cash,
            return_window: self.return_window.unwrap_or_default(),
            time_to_ship: self.time_to_ship.unwrap_or_default(),
            rating: self.rating.map(text).unwrap_or_default(),
            origin,
            diet: diet.unwrap_or_default(),
            consumer_care: self.consumer_care.unwrap_or_default(),
            id: self.id,
        }
    }
}

/// Text of a scalar that peers write as text or as a number.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

/// A flag that some peers write as the text "true" or "false".
fn yes_no<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_bool().unwrap_or_else(|| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))))
}
