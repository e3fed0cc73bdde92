//! Who sells what where: nearest that has it, no change without need, and the reason in words.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use seller_app::catalogue::{Gps, Partner};
use seller_app::routing::solve::BUDGET;
use seller_app::routing::{Assignment, Facts, Offer, Policy, Published, Shelf, Verdict, assignment, policy, solve};

use crate::goods;
use crate::routing_random::{Dice, Size};

fn partner(id: &str, gps: &str, area_code: &str, serves: &[&str]) -> Partner {
    Partner {
        id: id.to_owned(),
        gps: Gps::parse(gps).unwrap(),
        area_code: area_code.to_owned(),
        serves: serves.iter().map(ToString::to_string).collect(),
        ..goods::partner()
    }
}

/// One piece is kept back.
fn stock(partner_id: &str, sku: &str, on_hand: u32) -> (Offer, Shelf) {
    (offer(partner_id, sku), Shelf { available: on_hand.saturating_sub(1), ..Shelf::default() })
}

fn offer(partner_id: &str, sku: &str) -> Offer {
    Offer { partner_id: partner_id.to_owned(), sku: sku.to_owned() }
}

fn shops() -> Vec<Partner> {
    vec![
        partner("north", "13.000000,77.600000", "560001", &["560001", "560002"]),
        partner("south", "12.900000,77.600000", "560002", &["560001", "560002", "560003"]),
        Partner { active: false, ..partner("west", "12.950000,77.500000", "560001", &["560001"]) },
    ]
}

fn offers() -> BTreeSet<Offer> {
    [offer("north", "RICE"), offer("south", "RICE"), offer("south", "OIL"), offer("west", "RICE")].into()
}

fn nearest() -> Policy {
    Policy::parse(policy::DEFAULT).unwrap()
}

fn explained(stock: &[(Offer, Shelf)]) -> (Assignment, String) {
    let centres = BTreeMap::from([
        ("560001".to_owned(), Gps::parse("12.990000,77.600000").unwrap()),
        ("560002".to_owned(), Gps::parse("12.910000,77.600000").unwrap()),
    ]);
    let next = assignment(&Facts {
        partners: &shops(),
        offers: &offers(),
        shelves: &stock.iter().cloned().collect(),
        centres: &centres,
        standing: &BTreeMap::new(),
        policy: &nearest(),
        published: &[],
    });
    let text: Vec<String> = next.reasons("", "").map(|reason| reason.text()).collect();
    (next, text.join("\n"))
}

#[test]
fn the_nearest_that_has_it_sells_it() {
    let shelves =
        [stock("north", "RICE", 5), stock("south", "RICE", 9), stock("south", "OIL", 1), stock("west", "RICE", 9)];
    let (next, text) = explained(&shelves);
    assert_eq!(next.partner("560001", "RICE"), Some("north"));
    assert_eq!(next.partner("560002", "RICE"), Some("south"));
    assert_eq!(next.partner("560003", "OIL"), None, "one piece is kept back");
    assert!(next.sells("north", "RICE") && !next.sells("south", "OIL") && !next.sells("west", "RICE"));
    insta::assert_snapshot!(text);
    insta::assert_json_snapshot!(next.reasons("560001", "RICE").next().unwrap());
}

#[test]
fn when_the_nearest_is_empty_the_next_sells_until_it_is_filled() {
    let (next, text) = explained(&[stock("north", "RICE", 1), stock("south", "RICE", 9)]);
    assert_eq!(next.partner("560001", "RICE"), Some("south"));
    insta::assert_snapshot!(text);
    let (next, _) = explained(&[stock("north", "RICE", 50), stock("south", "RICE", 9)]);
    assert_eq!(next.partner("560001", "RICE"), Some("north"));
    // Nobody has it: the nearest that sells it at all shows it, as out of stock.
    let (next, _) = explained(&[stock("north", "RICE", 0), stock("south", "RICE", 0)]);
    assert_eq!(next.partner("560001", "RICE"), None);
    assert_eq!(next.codes("north", "RICE"), ["560001"]);
    assert_eq!(next.codes("south", "RICE"), ["560002", "560003"]);
    assert_eq!(next.codes("west", "RICE"), [""; 0], "it is off the network");
}

#[test]
fn neighbours_share_a_postal_code() {
    let (next, _) = explained(&[]);
    assert!(next.are_neighbours("north", "west") && !next.are_neighbours("north", "east"));
    assert!(next.shares("west") && !next.shares("east"));
}

proptest! {
    /// The map of the catalogue and the search for carts are one function: for one piece they say the same.
    #[test]
    fn the_map_chooses_as_the_search_does(seed in any::<u64>()) {
        let brand = random(seed);
        let policy = &brand.policy;
        let map = brand.map(&[]);
        for cell in CELLS {
            for sku in ["A", "B"] {
                let Some(problem) = map.problem(cell, sku, 0) else { continue };
                let single = Policy { max_parcels: 1, ..policy.clone() };
                let searched = solve(&problem, &single, BUDGET).unwrap().plan;
                let reason = map.reasons(cell, sku).next().unwrap();
                prop_assert_eq!(reason.winner.as_deref(), map.partner(cell, sku));
                match map.partner(cell, sku) {
                    None => prop_assert!(searched.parcels.is_empty(), "{:?}", searched),
                    Some(winner) => {
                        let ours = reason.considered.iter().find(|one| one.partner_id == winner).unwrap();
                        prop_assert_eq!(ours.cost_minor, searched.objective.cost);
                        prop_assert_eq!(ours.verdict, Verdict::Chosen);
                    }
                }
            }
        }
    }

    /// What is published is published again while nothing changes, and a winner changes only for a reason.
    #[test]
    fn a_winner_stays_until_another_is_better_by_more_than_the_margin(seed in any::<u64>(), margin in 1u32..400) {
        let mut brand = random(seed);
        brand.policy.hysteresis = margin;
        let before = brand.map(&[]);
        let published = brand.published(&before);
        prop_assert_eq!(brand.published(&brand.map(&published)), published.clone(), "nothing changed");
        brand.shake(seed ^ 0xA5A5);
        let after = brand.map(&published);
        for cell in CELLS {
            for sku in ["A", "B"] {
                let Some(old) = before.partner(cell, sku) else { continue };
                let Some(new) = after.partner(cell, sku) else { continue };
                let reason = after.reasons(cell, sku).next().unwrap();
                let of = |id: &str| reason.considered.iter().find(|one| one.partner_id == id).unwrap();
                let able = !matches!(of(old).verdict, Verdict::Removed(_));
                let gain = of(old).cost_minor - of(new).cost_minor;
                if new != old && brand.policy.priorities.is_empty() {
                    prop_assert!(!able || gain > i64::from(margin), "{} to {}: {} at {}", old, new, gain, margin);
                }
                if new == old && brand.policy.priorities.is_empty() {
                    let best = reason.considered.iter().filter(|one| !matches!(one.verdict, Verdict::Removed(_)));
                    let least = best.map(|one| one.cost_minor).min().unwrap();
                    prop_assert!(of(old).cost_minor - least <= i64::from(margin));
                }
            }
        }
    }
}

const CELLS: [&str; 3] = ["560001", "560002", "560003"];

struct Brand {
    partners: Vec<Partner>,
    shelves: BTreeMap<Offer, Shelf>,
    standing: BTreeMap<String, seller_app::routing::Candidate>,
    policy: Policy,
}

fn random(seed: u64) -> Brand {
    let mut dice = Dice::new(seed);
    let policy = crate::routing_random::policy(&mut dice);
    let mut brand = Brand { partners: Vec::new(), shelves: BTreeMap::new(), standing: BTreeMap::new(), policy };
    for at in 0..2 + dice.below(5) {
        let id = format!("p{at}");
        let gps = format!("12.9{:02}000,77.600000", dice.below(100));
        let serves: Vec<&str> = CELLS.into_iter().filter(|_| !dice.one_in(3)).collect();
        let own = CELLS[usize::try_from(dice.below(3)).unwrap()];
        brand.partners.push(Partner { active: !dice.one_in(8), ..partner(&id, &gps, own, &serves) });
        brand.standing.insert(id, crate::routing_random::candidate(&mut dice, at));
    }
    brand.shake(seed);
    brand
}

impl Brand {
    /// New numbers on the shelves.
    fn shake(&mut self, seed: u64) {
        let mut dice = Dice::new(seed);
        for partner in &self.partners {
            for sku in ["A", "B"] {
                let shelf = crate::routing_random::shelf(&mut dice, Size { partners: 0, lines: 0, pieces: 3 }, false);
                self.shelves.insert(offer(&partner.id, sku), shelf);
            }
        }
    }

    fn map(&self, published: &[Published]) -> Assignment {
        assignment(&Facts {
            partners: &self.partners,
            offers: &self.shelves.keys().cloned().collect(),
            shelves: &self.shelves,
            centres: &BTreeMap::new(),
            standing: &self.standing,
            policy: &self.policy,
            published,
        })
    }

    fn published(&self, map: &Assignment) -> Vec<Published> {
        let sold = self.shelves.keys().filter(|offer| map.sells(&offer.partner_id, &offer.sku));
        let row = |offer: &Offer| Published {
            partner_id: offer.partner_id.clone(),
            sku: offer.sku.clone(),
            cells: map.codes(&offer.partner_id, &offer.sku).into_iter().map(str::to_owned).collect(),
        };
        sold.map(row).collect()
    }
}
