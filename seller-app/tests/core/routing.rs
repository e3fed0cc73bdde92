//! Who sells what where: nearest that has it, no change without need, and the reason in words.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use seller_app::catalogue::{Gps, Partner};
use seller_app::inventory::StockLine;
use seller_app::routing::{Assignment, Candidate, Offer, assignment, choose};

use crate::goods;

fn partner(id: &str, gps: &str, area_code: &str, serves: &[&str]) -> Partner {
    Partner {
        id: id.to_owned(),
        gps: Gps::parse(gps).unwrap(),
        area_code: area_code.to_owned(),
        serves: serves.iter().map(ToString::to_string).collect(),
        ..goods::partner()
    }
}

fn stock(partner_id: &str, sku: &str, on_hand: u32) -> StockLine {
    StockLine { partner_id: partner_id.to_owned(), sku: sku.to_owned(), on_hand, held: 0, committed: 0, safety: 1 }
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

fn explained(stock: &[StockLine]) -> (Assignment, String) {
    let centres = BTreeMap::from([
        ("560001".to_owned(), Gps::parse("12.990000,77.600000").unwrap()),
        ("560002".to_owned(), Gps::parse("12.910000,77.600000").unwrap()),
    ]);
    let next = assignment(&shops(), &offers(), stock, &centres);
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

fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let candidate = (0u32..20, 0u32..4, any::<bool>());
    proptest::collection::vec(candidate, 0..8).prop_map(|all| {
        let numbered = all.into_iter().enumerate();
        numbered
            .map(|(at, (distance_m, available, active))| Candidate {
                partner_id: format!("p{at}"),
                distance_m,
                available,
                active,
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn the_winner_can_and_nobody_nearer_could(all in candidates(), seed in any::<usize>()) {
        let reason = choose("cell", "sku", &all);
        let able: Vec<&Candidate> = all.iter().filter(|c| c.active && c.available > 0).collect();
        match &reason.winner {
            None => prop_assert!(able.is_empty()),
            Some(winner) => {
                let won = able.iter().find(|c| c.partner_id == *winner).unwrap();
                prop_assert!(able.iter().all(|c| c.distance_m >= won.distance_m));
            }
        }
        // The order of candidates does not matter.
        let mut turned = all.clone();
        if !turned.is_empty() {
            let by = seed % turned.len();
            turned.rotate_left(by);
        }
        prop_assert_eq!(choose("cell", "sku", &turned), reason);
    }
}
