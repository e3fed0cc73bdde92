//! Who sells what where, by category where some partner delivers a category elsewhere than the rest of its goods.
//!
//! The network says serviceability by location and category. So each such category has a map of its own, in which every
//! partner has the territory of that category; the id `-L1` means that territory in the tags of that category.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Item, Partner, PartnerId};
use crate::routing::{Assignment, Offer, Place, zoning};

pub(super) struct Maps {
    /// Of everything that has no map of its own.
    pub rest: Assignment,
    pub by_category: BTreeMap<String, Assignment>,
}

impl Maps {
    /// `map` decides about partners with the territories that they are given with, and some of their offers.
    pub fn new(
        partners: &[Partner],
        sold: &[(PartnerId, Item)],
        map: impl Fn(&[Partner], &BTreeSet<Offer>) -> Assignment,
    ) -> Maps {
        let special: BTreeSet<&String> =
            partners.iter().flat_map(|partner| partner.service.coverage.categories.keys()).collect();
        let offers = |wanted: &dyn Fn(&String) -> bool| -> BTreeSet<Offer> {
            let fitting = sold.iter().filter(|(_, item)| wanted(&item.category));
            fitting.map(|(partner_id, item)| Offer { partner_id: partner_id.clone(), sku: item.sku.clone() }).collect()
        };
        let of_category = |category: &String| {
            let seen: Vec<Partner> = partners.iter().map(|partner| seen_by(partner, category)).collect();
            (category.clone(), map(&seen, &offers(&|one| one == category)))
        };
        Maps {
            rest: map(partners, &offers(&|category| !special.contains(category))),
            by_category: special.iter().map(|category| of_category(category)).collect(),
        }
    }

    /// Places of a partner's items, in their order.
    pub fn places(&self, partner: &Partner, items: &[Item], stocked: impl Fn(&str) -> bool) -> Vec<Place> {
        if self.by_category.is_empty() {
            return zoning(partner, items, &self.rest, stocked);
        }
        let mut groups: BTreeMap<Option<&String>, Vec<usize>> = BTreeMap::new();
        for (at, item) in items.iter().enumerate() {
            let own = self.by_category.get_key_value(&item.category).map(|(category, _)| category);
            groups.entry(own).or_default().push(at);
        }
        let mut places: BTreeMap<usize, Place> = BTreeMap::new();
        for (category, numbers) in groups {
            let group: Vec<Item> = numbers.iter().map(|at| items[*at].clone()).collect();
            let found = match category.and_then(|category| Some((category, self.by_category.get(category)?))) {
                Some((category, map)) => zoning(&seen_by(partner, category), &group, map, &stocked),
                None => zoning(partner, &group, &self.rest, &stocked),
            };
            places.extend(numbers.into_iter().zip(found));
        }
        places.into_values().collect()
    }
}

fn seen_by(partner: &Partner, category: &str) -> Partner {
    partner.for_category(category).unwrap_or_else(|| partner.clone())
}
