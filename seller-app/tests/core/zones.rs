//! Exact territories: in a postal code an item is published by one partner, in stock or not, and stays so through changes.
//!
//! The catalogue is read back as a buyer app reads it, and compared with a choice made by looking at everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use seller_app::catalogue::{Zone, full, incremental, parts};
use seller_app::partners::Area;
use seller_app::publishing::{Focus, Snapshot};
use seller_app::store::changes::Change as Noted;
use serde_json::{Value, json};
use specs::Action;

use crate::brand::{Shown, brands, changes, code, large, strict, two_stores};
use crate::law;
use crate::world::World;

/// A buyer app's copy of the catalogue.
#[derive(Default)]
struct Copy {
    enabled: BTreeMap<String, bool>,
    /// Provider and item → location, category, in stock.
    items: BTreeMap<(String, String), (String, String, bool)>,
    /// Provider, location and category → postal codes.
    constructs: BTreeMap<(String, String, String), BTreeSet<String>>,
    /// Every list that a location was ever told to serve. Only the whole territory (`-L1`) may change its mind.
    ever: BTreeMap<(String, String), BTreeSet<String>>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

impl Copy {
    fn read(&mut self, message: &Value) {
        for provider in message["catalog"]["bpp/providers"].as_array().unwrap() {
            let id = text(&provider["id"]);
            if let Some(label) = provider["time"]["label"].as_str() {
                self.enabled.insert(id.clone(), label == "enable");
            }
            for item in provider["items"].as_array().into_iter().flatten() {
                let in_stock = item["quantity"]["available"]["count"] == "99";
                let seen = (text(&item["location_id"]), text(&item["category_id"]), in_stock);
                self.items.insert((id.clone(), text(&item["id"])), seen);
            }
            let tags = provider["tags"].as_array().into_iter().flatten();
            for tag in tags.filter(|tag| tag["code"] == "serviceability") {
                let list = tag["list"].as_array().unwrap();
                let entry = |code: &str| text(&list.iter().find(|entry| entry["code"] == code).unwrap()["value"]);
                assert_eq!(entry("type"), "11");
                let (location, val) = (entry("location"), entry("val"));
                if !location.ends_with("-L1") {
                    self.ever.entry((id.clone(), location.clone())).or_default().insert(val.clone());
                }
                let served = val.split(',').map(str::to_owned).collect();
                self.constructs.insert((id.clone(), location, entry("category")), served);
            }
        }
    }

    fn shown(&self) -> Shown {
        let mut shown = Shown::new();
        for ((provider, sku), (location, category, in_stock)) in &self.items {
            let served = self.constructs.get(&(provider.clone(), location.clone(), category.clone()));
            for code in served.into_iter().flatten().filter(|_| self.enabled[provider]) {
                shown.entry((code.clone(), sku.clone())).or_default().push((provider.clone(), *in_stock));
            }
        }
        shown
    }
}

#[test]
fn an_item_has_one_partner_in_a_postal_code_before_and_after_every_change() {
    let world = World::new("1.2.5");
    let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
    let strategy = (brands(), proptest::collection::vec(changes(), 0..4));
    let checked = runner.run(&strategy, |(mut brand, rounds)| {
        let mut copy = Copy::default();
        let whole = full(&brand.snapshot().everything(&world.seller), "*", &world.rules, world.now);
        copy.read(&whole.unwrap());
        prop_assert_eq!(copy.shown(), brand.oracle());
        for round in rounds {
            let mut noted: Vec<Noted> = round.iter().flat_map(|change| brand.change(change)).collect();
            noted.sort();
            noted.dedup();
            let snapshot = brand.snapshot();
            let part = brand.snapshot_of(&noted);
            prop_assert_eq!(
                format!("{:?}", part.changes(&noted)),
                format!("{:?}", snapshot.changes(&noted)),
                "what the changes are about says less than the whole"
            );
            // In parts, and in the worst order.
            for told in parts(snapshot.changes(&noted), 3).iter().rev() {
                copy.read(&incremental(&world.seller, told, &world.rules, world.now));
            }
            prop_assert_eq!(copy.shown(), brand.oracle(), "after {:?}", noted);
        }
        for (location, lists) in &copy.ever {
            prop_assert_eq!(lists.len(), 1, "{:?} came to mean other postal codes: {:?}", location, lists);
        }
        Ok(())
    });
    checked.unwrap();
}

#[test]
fn a_flip_is_told_from_its_neighbourhood_alone_as_from_the_whole_brand() {
    // Each serves two postal codes of the next one; one sells dairy goods elsewhere, among strangers.
    let mut brand = large(40, 6, 5);
    let far = brand.partners[25].serves.clone();
    brand.partners[7]
        .service
        .coverage
        .categories
        .insert("Dairy and Cheese".to_owned(), Area::of_codes(far, Vec::new()));
    for at in 0..40 {
        for number in 0..6 {
            let (partner_id, sku) = (brand.partners[at].id.clone(), format!("I{number}"));
            let units = brand.units.get_mut(&(partner_id.clone(), sku.clone())).unwrap();
            *units = u32::from(*units == 0);
            let noted = [Noted { partner_id, sku }];
            let (whole, part) = (brand.snapshot(), brand.snapshot_of(&noted));
            assert_eq!(format!("{:?}", part.changes(&noted)), format!("{:?}", whole.changes(&noted)), "{noted:?}");
            let focus = Focus::new(&brand.partners, &noted);
            let asked = brand.partners.iter().filter(|partner| focus.has(&partner.id)).count();
            assert!((1..=13).contains(&asked), "{asked} of 40 partners were looked at for {noted:?}");
        }
    }
}

#[test]
fn a_divided_category_is_lawful_in_full_and_in_changes() {
    let mut brand = two_stores();
    for version in ["1.2.5", "1.2.0"] {
        let mut world = World::new(version);
        let whole = full(&brand.snapshot().everything(&world.seller), "std:080", &world.rules, world.now).unwrap();
        let first = &whole["catalog"]["bpp/providers"][0];
        let places: Vec<String> = first["locations"].as_array().unwrap().iter().map(|l| text(&l["id"])).collect();
        assert_eq!(places.len(), 2, "rice at both: one item everywhere, one not in 560001");
        assert_eq!(places[0], "p000-L1");
        assert!(places[1].starts_with("p000-L1-Z"), "{places:?}");
        assert_eq!(first["locations"][0]["gps"], first["locations"][1]["gps"]);
        lawful(&mut world, version, "std:080", whole.clone());
        brand.units.insert(("p001".to_owned(), "I0".to_owned()), 0);
        let noted = [Noted { partner_id: "p001".to_owned(), sku: "I0".to_owned() }];
        let told = incremental(&world.seller, &brand.snapshot().changes(&noted), &world.rules, world.now);
        assert_eq!(told["catalog"]["bpp/providers"].as_array().unwrap().len(), 2, "its neighbour is told about too");
        assert_eq!(told["catalog"]["bpp/providers"][0]["items"][0]["location_id"], "p000-L1", "all postal codes again");
        lawful(&mut world, version, "*", told);
        brand.units.insert(("p001".to_owned(), "I0".to_owned()), 5);
    }
}

fn lawful(world: &mut World, version: &str, city: &str, message: Value) {
    let mut context = json!(world.context(Action::OnSearch, 9));
    context["city"] = json!(city);
    let payload = json!({ "context": context, "message": message });
    let complaints = law::complaints(version, Action::OnSearch, &payload);
    assert!(complaints.is_empty(), "{complaints:#?}\n{payload:#}");
}

#[test]
fn where_nobody_else_is_there_is_one_location_and_changes_say_nothing_of_it() {
    let mut brand = two_stores();
    brand.partners[0].serves = vec![code(5)];
    let world = World::new("1.2.5");
    let whole = full(&brand.snapshot().everything(&world.seller), "*", &world.rules, world.now).unwrap();
    for provider in whole["catalog"]["bpp/providers"].as_array().unwrap() {
        assert_eq!(provider["locations"].as_array().unwrap().len(), 1);
        let tags = provider["tags"].as_array().unwrap();
        assert_eq!(tags.iter().filter(|tag| tag["code"] == "serviceability").count(), 1, "one for its one category");
    }
    let noted = [Noted { partner_id: "p001".to_owned(), sku: "I0".to_owned() }];
    let told = incremental(&world.seller, &brand.snapshot().changes(&noted), &world.rules, world.now);
    let providers = told["catalog"]["bpp/providers"].as_array().unwrap();
    assert_eq!(providers.len(), 1, "nobody else is concerned");
    assert!(providers[0].get("locations").is_none() && providers[0].get("tags").is_none());
}

#[test]
fn every_zone_is_a_location_of_its_partner_and_of_nobody_else() {
    let brand = two_stores();
    let (one, other) = (&brand.partners[0], &brand.partners[1]);
    let zone = Zone::of(one, &["560005"]);
    assert!(one.has_location(&one.location_id()) && one.has_location(&zone.location_id));
    assert!(!other.has_location(&zone.location_id) && !other.has_location(&one.location_id()));
    assert_eq!(Zone::of(one, &["560001", "560005"]), Zone::whole(one), "all that it serves, in any order");
    for id in ["p000", "p000-L1-Z", "p000-L1-Zabc", "p000-L12", "p000-L1-Z0123456789a", ""] {
        assert!(!one.has_location(id), "{id}");
    }
}

/// Figures, not a gate: the machine may be busy. The bound is wide enough to catch only a wrong order of growth.
#[test]
fn a_large_brand_is_assigned_quickly() {
    let world = World::new("1.2.5");
    for (partners, items, reach) in [(12, 60, 8), (200, 300, 25)] {
        let brand = large(partners, items, reach);
        let (sold, stock) = brand.rows();
        let started = Instant::now();
        let snapshot = Snapshot::assemble(&strict(0), brand.partners.clone(), sold, &stock);
        let assigned = started.elapsed();
        let whole = full(&snapshot.everything(&world.seller), "*", &world.rules, world.now).unwrap();
        let providers = whole["catalog"]["bpp/providers"].as_array().unwrap();
        let zones = providers.iter().map(|one| one["locations"].as_array().unwrap().len());
        println!(
            "{partners} partners x {items} items, {reach} postal codes each: chosen and divided in {assigned:.1?}; \
             zones of a partner: {} at most, {} together",
            zones.clone().max().unwrap(),
            zones.sum::<usize>()
        );
        assert!(assigned.as_secs() < 20, "{assigned:?}");
    }
}
