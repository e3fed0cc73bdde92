//! From the map to what a catalogue can say: each item of a partner, in stock or not, in a zone of its territory.

use std::collections::HashMap;
use std::sync::Arc;

use super::Assignment;
use crate::catalogue::{Item, Partner, Zone};

/// How a partner publishes one item.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub in_stock: bool,
    pub zone: Arc<Zone>,
}

/// Places of a partner's items: those that it publishes in the same postal codes share a zone.
///
/// A partner without a list of postal codes has no cells to share: there the shelf alone decides (`stocked`).
pub fn zoning(
    partner: &Partner,
    items: &[Item],
    assignment: &Assignment,
    stocked: impl Fn(&str) -> bool,
) -> Vec<Place> {
    if partner.territory().is_empty() {
        return at_home(partner, items, stocked);
    }
    let mut known: HashMap<Vec<usize>, Arc<Zone>> = HashMap::new();
    let zone = |cells: &Vec<usize>| {
        let codes: Vec<&str> = cells.iter().map(|cell| assignment.code(*cell)).collect();
        Arc::new(Zone::of(partner, &codes))
    };
    let mut places = Vec::with_capacity(items.len());
    for item in items {
        let cells = assignment.published(&partner.id, &item.sku);
        let in_stock = !cells.is_empty() && stocked(&item.sku);
        places.push(Place { in_stock, zone: known.entry(cells).or_insert_with_key(zone).clone() });
    }
    places
}

/// Where the partner is chosen at `select`, its own shelf alone says what it shows, in its whole territory.
pub fn at_home(partner: &Partner, items: &[Item], stocked: impl Fn(&str) -> bool) -> Vec<Place> {
    let zone = Arc::new(Zone::whole(partner));
    items.iter().map(|item| Place { in_stock: stocked(&item.sku), zone: zone.clone() }).collect()
}
