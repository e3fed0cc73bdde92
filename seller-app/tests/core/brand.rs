//! A brand with partners whose territories overlap, what may change in it, and who publishes what where when one looks at
//! everybody.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use seller_app::catalogue::{Gps, Item, Partner};
use seller_app::publishing::{Focus, Routing, Snapshot};
use seller_app::routing::{Offer, Policy, Published, Shelf, concerned, policy, serves_otherwise};
use seller_app::store::changes::{Change as Noted, EVERYTHING};
use specs::RoutingProfile;

use crate::goods;

const CATEGORIES: [&str; 3] = ["Rice and Rice Products", "Oil & Ghee", "Dairy and Cheese"];

/// What there is, before it is published.
#[derive(Clone, Debug)]
pub struct Brand {
    pub partners: Vec<Partner>,
    pub items: Vec<Item>,
    /// Units by partner and item; a partner sells what it has a number for, even zero.
    pub units: BTreeMap<(String, String), u32>,
}

impl Brand {
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot_after(Vec::new(), 0)
    }

    /// After that was published, with this hysteresis.
    pub fn snapshot_after(&self, published: Vec<Published>, hysteresis: u32) -> Snapshot {
        let (sold, stock) = self.rows();
        let routing = Routing { published, ..strict(hysteresis) };
        Snapshot::assemble(&routing, self.partners.clone(), sold, &stock)
    }

    /// Only as much of it as these changes are about.
    pub fn snapshot_of(&self, noted: &[Noted]) -> Snapshot {
        let (mut sold, mut stock) = self.rows();
        let focus = Focus::new(&self.partners, noted);
        sold.retain(|(partner_id, item)| focus.needs(partner_id, &item.sku));
        stock.retain(|offer, _| focus.needs(&offer.partner_id, &offer.sku));
        Snapshot::assemble_part(&strict(0), self.partners.clone(), focus, sold, &stock)
    }

    /// As the database keeps it.
    pub fn rows(&self) -> (Vec<(String, Item)>, BTreeMap<Offer, Shelf>) {
        let items: BTreeMap<&str, &Item> = self.items.iter().map(|item| (item.sku.as_str(), item)).collect();
        let sold = self.units.keys().map(|(partner_id, sku)| (partner_id.clone(), items[sku.as_str()].clone()));
        let shelf = |((partner_id, sku), units): (&(String, String), &u32)| {
            let offer = Offer { partner_id: partner_id.clone(), sku: sku.clone() };
            (offer, Shelf { available: *units, ..Shelf::default() })
        };
        (sold.collect(), self.units.iter().map(shelf).collect())
    }

    /// Postal code and item → partner and whether it is in stock, by looking at everybody.
    pub fn oracle(&self) -> Shown {
        let centres: BTreeMap<&str, &Gps> = self.partners.iter().map(|p| (p.area_code.as_str(), &p.gps)).collect();
        let far = |partner: &Partner, code: &str| match centres.get(code) {
            Some(centre) => partner.gps.distance_m(centre),
            None => partner.area_code.parse::<u32>().unwrap().abs_diff(code.parse().unwrap()) * 1_000,
        };
        let mut shown = Shown::new();
        for code in self.partners.iter().flat_map(|partner| &partner.serves) {
            for item in &self.items {
                let best = self
                    .partners
                    .iter()
                    .filter(|partner| partner.active && partner.serves.contains(code))
                    .filter_map(|partner| {
                        let units = self.units.get(&(partner.id.clone(), item.sku.clone()))?;
                        Some((*units == 0, far(partner, code), partner.id.clone()))
                    })
                    .min();
                if let Some((is_empty, _, partner_id)) = best {
                    shown.insert((code.clone(), item.sku.clone()), vec![(partner_id, !is_empty)]);
                }
            }
        }
        shown
    }

    /// Changes something; what the store notes of it.
    pub fn change(&mut self, change: &Change) -> Vec<Noted> {
        match change {
            Change::Stock(shelf, units) => {
                let shelves: Vec<(String, String)> = self.units.keys().cloned().collect();
                let (partner_id, sku) = shelves[shelf.index(shelves.len())].clone();
                self.units.insert((partner_id.clone(), sku.clone()), *units);
                vec![Noted { partner_id, sku }]
            }
            Change::Switch(partner) => self.save(partner, |partner| partner.active = !partner.active),
            Change::Territory(partner, serves) => self.save(partner, |partner| partner.serves = codes(serves)),
        }
    }

    fn save(&mut self, pick: &prop::sample::Index, change: impl Fn(&mut Partner)) -> Vec<Noted> {
        let at = pick.index(self.partners.len());
        let before = self.partners[at].clone();
        change(&mut self.partners[at]);
        let now = &self.partners[at];
        let note = |id: &str, sku: &str| Noted { partner_id: id.to_owned(), sku: sku.to_owned() };
        let mut noted = Vec::new();
        if before.active != now.active {
            noted.push(note(&now.id, ""));
        }
        if serves_otherwise(&before, now) {
            noted.extend(concerned(&before, now, &self.partners).into_iter().map(|id| note(id, EVERYTHING)));
        }
        noted
    }
}

/// Nearest first, as nodes start.
pub fn strict(hysteresis: u32) -> Routing {
    let policy = Policy { hysteresis, ..Policy::parse(policy::DEFAULT).unwrap() };
    Routing { profile: RoutingProfile::Strict, policy, standing: BTreeMap::new(), published: Vec::new() }
}

#[derive(Clone, Debug)]
pub enum Change {
    Stock(prop::sample::Index, u32),
    Switch(prop::sample::Index),
    Territory(prop::sample::Index, BTreeSet<u8>),
}

/// Postal code and item → who publishes it there, and whether as in stock.
pub type Shown = BTreeMap<(String, String), Vec<(String, bool)>>;

pub fn code(number: u8) -> String {
    format!("5600{number:02}")
}

fn codes(numbers: &BTreeSet<u8>) -> Vec<String> {
    numbers.iter().map(|number| code(*number)).collect()
}

fn item(number: usize) -> Item {
    let category = CATEGORIES[number % CATEGORIES.len()].to_owned();
    Item { sku: format!("I{number}"), category, ..goods::items()[0].clone() }
}

fn partner(number: usize, at: (u32, u32), own: u8, serves: Vec<String>, active: bool) -> Partner {
    let gps = format!("12.{:06},77.{:06}", 900_000 + at.0 * 1_000, 600_000 + at.1 * 1_000);
    Partner {
        id: format!("p{number:03}"),
        gps: Gps::parse(&gps).unwrap(),
        area_code: code(own),
        serves,
        radius_km: None,
        active,
        ..goods::partner()
    }
}

pub fn brands() -> impl Strategy<Value = Brand> {
    let territory = proptest::collection::btree_set(1u8..8, 1..6);
    let one = ((0u32..30, 0u32..30), 1u8..8, territory, prop::bool::weighted(0.85));
    let partners = proptest::collection::vec(one, 1..6);
    let shelves = proptest::collection::btree_map((0usize..6, 0usize..7), prop_oneof![Just(0u32), 1u32..4], 1..30);
    (partners, shelves).prop_map(|(partners, shelves)| {
        let partners: Vec<Partner> = partners
            .into_iter()
            .enumerate()
            .map(|(number, (at, own, serves, active))| partner(number, at, own, codes(&serves), active))
            .collect();
        let units = shelves.into_iter().map(|((partner, number), units)| {
            ((partners[partner % partners.len()].id.clone(), format!("I{number}")), units)
        });
        Brand { units: units.collect(), items: (0..7).map(item).collect(), partners }
    })
}

pub fn changes() -> impl Strategy<Value = Vec<Change>> {
    let any = any::<prop::sample::Index>;
    let territory = proptest::collection::btree_set(1u8..8, 1..6);
    let change = prop_oneof![
        6 => (any(), prop_oneof![Just(0u32), 1u32..4]).prop_map(|(shelf, units)| Change::Stock(shelf, units)),
        1 => any().prop_map(Change::Switch),
        1 => (any(), territory).prop_map(|(partner, serves)| Change::Territory(partner, serves)),
    ];
    proptest::collection::vec(change, 0..8)
}

/// Two stores that serve `560001` and more; the second is nearer to `560001`.
pub fn two_stores() -> Brand {
    let serves = |numbers: &[u8]| numbers.iter().map(|number| code(*number)).collect();
    let partners = vec![partner(0, (20, 0), 5, serves(&[5, 1]), true), partner(1, (0, 0), 1, serves(&[1, 2]), true)];
    let units = [("p000", "I0", 5), ("p000", "I3", 5), ("p001", "I0", 5)];
    Brand {
        partners,
        items: (0..4).map(item).collect(),
        units: units.map(|(partner, sku, units)| ((partner.to_owned(), sku.to_owned()), units)).into(),
    }
}

/// A brand of the given size: each partner sells everything, has `reach` postal codes that begin three after its
/// neighbour's, and one shelf in ten is empty.
pub fn large(partners: usize, items: usize, reach: usize) -> Brand {
    let code = |number: usize| format!("{}", 560_000 + number);
    let store = |number: usize| {
        let serves = (0..reach).map(|at| code(number * 3 + at)).collect();
        let at = ((number % 20) as u32, (number / 20) as u32);
        Partner { area_code: code(number * 3), ..partner(number, at, 0, serves, true) }
    };
    let partners: Vec<Partner> = (0..partners).map(store).collect();
    let mut dice = 0x2545_F491_4F6C_DD1D_u64;
    let mut units = BTreeMap::new();
    for store in &partners {
        for number in 0..items {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            units.insert((store.id.clone(), format!("I{number}")), if dice.is_multiple_of(10) { 0 } else { 5 });
        }
    }
    Brand { units, items: (0..items).map(item).collect(), partners }
}
