//! The test order of a new partner: made by the node itself, decided by the same core as any other, walked to the door by
//! the partner's people. No message of it leaves the node, no scorecard counts it, its goods go back on the shelf.

use jiff::Timestamp;
use serde_json::json;

use super::Area;
use crate::catalogue::serviceability::Destination;
use crate::catalogue::{Gps, Item, Partner};
use crate::order::channel::TEST_BUYER;
use crate::order::local::LocalBuyer;
use crate::order::{Command, Order, Party, Select, SelectItem};

/// Which law the test order follows, and how it is named.
#[derive(Clone, Debug)]
pub struct Paper<'a> {
    pub transaction_id: &'a str,
    pub order_id: &'a str,
    pub domain: &'a str,
    pub core_version: &'a str,
}

/// As many pieces as the smallest order needs, at least one.
pub fn pieces(partner: &Partner, item: &Item) -> u32 {
    let (Some(least), Some(price)) = (partner.order_value_min.minor(), item.price.minor()) else { return 1 };
    let needed = if price > 0 { (least + price - 1) / price } else { 1 };
    u32::try_from(needed).unwrap_or(u32::MAX).max(item.minimum_count).max(1)
}

/// A place that the partner says it serves.
fn destination(partner: &Partner, category: &str) -> Destination {
    let own = Destination { gps: partner.gps.clone(), area_code: partner.area_code.clone() };
    match partner.area(category) {
        Area::Codes { codes, ranges } => {
            let first = codes.first().or(ranges.first().map(|range| &range.first)).cloned();
            let area_code =
                if codes.contains(&own.area_code) { own.area_code.clone() } else { first.unwrap_or_default() };
            Destination { area_code, ..own }
        }
        Area::Polygon(polygon) if !polygon.holds(&partner.gps) => {
            let corner = |at: usize| polygon.corners().get(at);
            let middle = corner(0).zip(corner(1)).zip(corner(2)).and_then(|((a, b), c)| {
                let third = |one: f64, two: f64, three: f64| (one + two + three) / 3.0;
                let latitude = third(a.latitude(), b.latitude(), c.latitude());
                let longitude = third(a.longitude(), b.longitude(), c.longitude());
                Gps::parse(&format!("{latitude:.6},{longitude:.6}")).ok()
            });
            Destination { gps: middle.unwrap_or_else(|| own.gps.clone()), ..own }
        }
        Area::Polygon(_) | Area::Radius { .. } | Area::CountryWide | Area::Nowhere => own,
    }
}

/// The first command.
pub fn select(paper: &Paper<'_>, partner: &Partner, item: &Item) -> Command {
    let location_id = partner.location_id();
    let asked = SelectItem {
        id: item.sku.clone(),
        location_id: Some(location_id.clone()),
        parent_item_id: None,
        count: pieces(partner, item),
    };
    Command::Select(Select {
        party: Party {
            transaction_id: paper.transaction_id.to_owned(),
            bap_id: TEST_BUYER.to_owned(),
            bap_uri: format!("https://{TEST_BUYER}"),
            domain: paper.domain.to_owned(),
            core_version: paper.core_version.to_owned(),
            city: partner.city.clone(),
        },
        provider_id: partner.id.clone(),
        location_id,
        items: vec![asked],
        destination: destination(partner, &item.category),
        offers: Vec::new(),
        payment_type: Some("ON-ORDER".to_owned()),
    })
}

/// Who orders it: nobody, at the place that the cart goes to.
pub fn buyer(draft: &Order, now: Timestamp) -> LocalBuyer {
    let place = &draft.destination;
    LocalBuyer {
        billing: json!({ "name": "Test order", "phone": "08000000000", "created_at": now.to_string() }),
        end: json!({
            "location": { "gps": place.gps, "address": { "name": "Test order", "area_code": place.area_code } },
            "contact": { "phone": "08000000000" },
        }),
    }
}
