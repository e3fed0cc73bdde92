//! Partners without a database: life, areas, capacity, checklist.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use seller_app::catalogue::serviceability::{Destination, NotServed, serves};
use seller_app::catalogue::{Gps, Hours, Listing, Partner, Publication, Shop, Zone, full};
use seller_app::money::Money;
use seller_app::partners::checklist::{Evidence, Point, TestOrder, checklist};
use seller_app::partners::service::work_time;
use seller_app::partners::{Area, Capacity, Polygon, PostalRange, SlotCapacity, Stage, Step, Terms};
use serde_json::Value;

use crate::{goods, law};

const RICE: &str = "Rice and Rice Products";
const OIL: &str = "Oil & Ghee";

fn gps(text: &str) -> Gps {
    Gps::parse(text).unwrap()
}

fn place(area_code: &str, at: &str) -> Destination {
    Destination { gps: gps(at), area_code: area_code.to_owned() }
}

fn codes(list: &[&str]) -> Area {
    Area::of_codes(list.iter().map(|code| (*code).to_owned()).collect(), Vec::new())
}

fn square() -> Polygon {
    let corners = ["12.90,77.55", "12.90,77.65", "13.00,77.65", "13.00,77.55"];
    Polygon::new(corners.into_iter().map(gps).collect()).unwrap()
}

/// Only the two stages that sell publish, and nothing reaches them without going live once.
#[test]
fn only_active_and_probation_sell_and_nobody_skips_verification() {
    let sells: Vec<Stage> = Stage::ALL.into_iter().filter(|stage| stage.sells()).collect();
    assert_eq!(sells, [Stage::Active, Stage::Probation]);
    let mut reached = vec![Stage::Invited];
    while let Some(next) = reached
        .iter()
        .flat_map(|stage| {
            Step::ALL.into_iter().filter(|step| *step != Step::GoLive).filter_map(|step| stage.next(step).ok())
        })
        .find(|next| !reached.contains(next))
    {
        reached.push(next);
    }
    assert!(reached.iter().all(|stage| !stage.sells()), "{reached:?}");
    assert!(Stage::ALL.into_iter().all(|stage| Stage::parse(stage.as_str()) == Some(stage)));
    assert!(Step::ALL.into_iter().all(|step| Step::parse(step.as_str()) == Some(step)));
    for step in Step::ALL {
        assert!(Stage::Offboarded.next(step).is_err(), "who left for good never comes back by {step}");
    }
}

#[test]
fn every_form_of_area_holds_what_it_says() {
    let home = goods::partner().gps;
    let inside = place("560038", "12.960000,77.640000");
    let far = place("110001", "28.630000,77.220000");
    let range = PostalRange::parse("560001-562999").unwrap();
    for (area, otherwise) in [
        (codes(&["560038"]), NotServed::AreaCode),
        (Area::of_codes(Vec::new(), vec![range.clone()]), NotServed::AreaCode),
        (Area::Radius { km: 5 }, NotServed::TooFar),
        (Area::Polygon(square()), NotServed::TooFar),
    ] {
        assert_eq!(area.holds(&home, &inside), Ok(()), "{area:?}");
        assert_eq!(area.holds(&home, &far), Err(otherwise), "{area:?}");
    }
    assert_eq!(Area::CountryWide.holds(&home, &far), Ok(()));
    assert_eq!(Area::Nowhere.holds(&home, &inside), Err(NotServed::AreaCode));
    assert_eq!(range.count(), 2_999);
    for wrong in ["560099-560001", "56001-560099", "560001", "060001-060002", "a-b"] {
        assert_eq!(PostalRange::parse(wrong), None, "{wrong}");
    }
    let narrow = Area::of_codes(vec!["560010".to_owned()], vec![PostalRange::parse("560001-560003").unwrap()]);
    assert_eq!(narrow.counted().unwrap(), ["560001", "560002", "560003", "560010"]);
}

#[test]
fn a_category_may_be_delivered_elsewhere() {
    let mut partner = goods::partner();
    partner.service.coverage.categories.insert(OIL.to_owned(), Area::CountryWide);
    let far = place("110001", "28.630000,77.220000");
    assert_eq!(serves(&partner, OIL, &far), Ok(()));
    assert_eq!(serves(&partner, RICE, &far), Err(NotServed::AreaCode));
    assert!(partner.for_category(RICE).is_none());
    assert!(partner.for_category(OIL).unwrap().territory().is_empty());
}

/// A category that the nearer partner delivers only to one postal code is the other's in the rest of its territory; what
/// each says of itself is what a buyer may rely on.
#[test]
fn a_category_of_its_own_has_a_map_of_its_own() {
    use crate::brand::Brand;
    use seller_app::store::changes::{Change as Noted, EVERYTHING};

    let partner = |id: &str, at: &str| Partner {
        id: id.to_owned(),
        gps: gps(at),
        area_code: "560001".to_owned(),
        serves: vec!["560001".to_owned(), "560002".to_owned()],
        radius_km: None,
        ..goods::partner()
    };
    let mut near = partner("near", "12.950000,77.600000");
    near.service.coverage.categories.insert(OIL.to_owned(), codes(&["560002"]));
    let far = Partner { area_code: "560009".to_owned(), ..partner("far", "12.990000,77.690000") };
    let items: Vec<_> =
        goods::items().into_iter().filter(|item| item.category == RICE || item.category == OIL).collect();
    assert_eq!(items.len(), 2);
    let units =
        ["near", "far"].into_iter().flat_map(|id| items.iter().map(move |item| ((id.to_owned(), item.sku.clone()), 5)));
    let mut brand = Brand { units: units.collect(), items, partners: vec![near, far] };
    let snapshot = brand.snapshot();
    let codes_of = |id: &str, category: &str, sku: &str| -> Vec<String> {
        let map = snapshot.by_category.get(category).unwrap_or(&snapshot.assignment);
        map.codes(id, sku).into_iter().map(str::to_owned).collect()
    };
    assert_eq!(codes_of("near", RICE, "RICE-5"), ["560001", "560002"]);
    assert_eq!(codes_of("near", OIL, "OIL-1"), ["560002"]);
    assert_eq!(codes_of("far", OIL, "OIL-1"), ["560001"]);
    let seller = goods::seller();
    let shown = snapshot.everything(&seller);
    for shop in &shown.shops {
        for listing in &shop.items {
            let category = listing.item.category.as_str();
            let promised: Vec<String> = match &listing.zone.reach {
                seller_app::catalogue::Reach::Codes(codes) => codes.clone(),
                seller_app::catalogue::Reach::Territory => shop.partner.area(category).counted().unwrap().to_vec(),
            };
            assert_eq!(
                promised,
                codes_of(&shop.partner.id, category, &listing.item.sku),
                "{} {category}",
                shop.partner.id
            );
            for code in promised {
                assert_eq!(serves(shop.partner, category, &place(&code, "12.95,77.60")), Ok(()));
            }
        }
    }
    // A neighbour is told when the category moves.
    let noted = vec![Noted { partner_id: "near".to_owned(), sku: EVERYTHING.to_owned() }];
    assert_eq!(snapshot.changes(&noted).len(), 1);
    let sku = vec![Noted { partner_id: "near".to_owned(), sku: "OIL-1".to_owned() }];
    assert_eq!(snapshot.changes(&sku).len(), 2);
    brand.partners[0].service.coverage.categories.insert(OIL.to_owned(), Area::Nowhere);
    assert!(!brand.partners[0].carries(OIL, &[]));
    assert!(!brand.partners[1].carries(OIL, &[OIL.to_owned()]), "without a cold chain it sells nothing cold");
}

/// What the catalogue says of each form, and that our own word is what a buyer would read.
#[test]
fn the_catalogue_says_each_form_in_the_networks_words() {
    let mut partner = goods::partner();
    let tag = |partner: &Partner| -> BTreeMap<String, String> {
        let zone = Zone::whole(partner);
        let items = goods::items();
        let listing = Listing { item: &items[0], in_stock: true, zone: &zone };
        let seller = goods::seller();
        let publication = Publication { seller: &seller, shops: vec![Shop { partner, items: vec![listing] }] };
        let now: Timestamp = "2026-11-23T06:00:00Z".parse().unwrap();
        let wire = full(&publication, "*", &law::rules("1.2.5"), now).unwrap();
        let tags = wire["catalog"]["bpp/providers"][0]["tags"].as_array().unwrap().clone();
        let tag = tags.into_iter().find(|tag| tag["code"] == "serviceability").unwrap();
        let list = tag["list"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        list.iter().map(|entry| (text(&entry["code"]), text(&entry["value"]))).collect()
    };
    let said = |partner: &Partner| {
        let tag = tag(partner);
        (tag["type"].clone(), tag["val"].clone(), tag["unit"].clone())
    };
    let want = |kind: &str, value: &str, unit: &str| (kind.to_owned(), value.to_owned(), unit.to_owned());
    assert_eq!(said(&partner), want("11", "560038,560071", "pincode"));
    partner.service.coverage.ranges = vec![PostalRange::parse("561000-569999").unwrap()];
    assert_eq!(said(&partner), want("11", "560038,560071,561000-569999", "pincode"));
    partner.serves.clear();
    partner.service.coverage.ranges.clear();
    assert_eq!(said(&partner), want("10", "8", "km"));
    partner.service.coverage.country_wide = true;
    assert_eq!(said(&partner), want("12", "IND", "country"));
    partner.service.coverage.polygon = Some(square());
    let (kind, value, unit) = said(&partner);
    assert_eq!((kind.as_str(), unit.as_str()), ("13", "geojson"));
    let drawn: Value = serde_json::from_str(&value).unwrap();
    let ring = drawn["features"][0]["geometry"]["coordinates"][0].as_array().unwrap();
    assert_eq!((ring.len(), &ring[0], &ring[0]), (5, &ring[4], &serde_json::json!([77.55, 12.9])));
}

#[test]
fn after_the_cut_off_work_begins_on_the_next_open_day() {
    let mut partner = goods::partner();
    partner.hours =
        Hours { days: vec![1, 2, 3, 4, 5], opens: "0900".to_owned(), closes: "2000".to_owned(), ..Hours::default() };
    partner.holidays = vec![jiff::civil::date(2026, 11, 23)];
    partner.service.cut_off = Some("1500".to_owned());
    let at = |text: &str| work_time(&partner, text.parse().unwrap()).unwrap();
    // Friday 20 November 2026, 14:59 and 15:01 in India.
    assert_eq!(at("2026-11-20T09:29:00Z").day, jiff::civil::date(2026, 11, 20));
    let late = at("2026-11-20T09:31:00Z");
    assert_eq!(late.day, jiff::civil::date(2026, 11, 24), "Saturday, Sunday and the holiday are skipped");
    assert_eq!(late.starts.to_string(), "2026-11-24T03:30:00Z");
}

#[test]
fn places_of_a_day_and_of_a_slot_both_count() {
    use seller_app::partners::capacity::Taken;
    let slot = |from: &str, to: &str, orders| SlotCapacity { from: from.to_owned(), to: to.to_owned(), orders };
    let capacity = Capacity { per_day: Some(10), slots: vec![slot("0900", "1200", 4), slot("1200", "1500", 3)] };
    assert_eq!(capacity.slot("1159").unwrap().from, "0900");
    assert_eq!(capacity.slot("1200").unwrap().from, "1200");
    assert_eq!(capacity.slot("1500"), None);
    assert_eq!(capacity.left("0900", Taken { in_day: 5, in_slot: 3 }), Some(1));
    assert_eq!(capacity.left("0900", Taken { in_day: 9, in_slot: 0 }), Some(1));
    assert_eq!(capacity.left("", Taken { in_day: 9, in_slot: 9 }), Some(1));
    assert_eq!(Capacity::default().left("", Taken { in_day: 9_999, in_slot: 0 }), None);
    assert!(Capacity::default().is_unlimited() && !capacity.is_unlimited());
}

#[test]
fn the_checklist_names_what_is_missing_and_nothing_else() {
    let mut partner = goods::partner();
    partner.tax_number = Some("29AAACN1026Q1Z5".to_owned());
    let now: Timestamp = "2026-11-23T06:00:00Z".parse().unwrap();
    let terms = Terms { fee_per_order: Money::from_minor(1_500), agreed_at_ms: Some(1), ..Terms::default() };
    let ready = Evidence {
        partner: &partner,
        terms: &terms,
        offers: 3,
        counted: 3,
        newest_count: Some(now),
        stock_since: now,
        test_order: TestOrder::Passed,
        now,
    };
    assert_eq!(checklist(&ready).missing(), []);
    let points = |evidence: &Evidence<'_>| -> Vec<Point> {
        checklist(evidence).missing().into_iter().map(|missing| missing.point).collect()
    };
    let nobody = Terms::default();
    assert_eq!(points(&Evidence { terms: &nobody, ..ready.clone() }), [Point::Fees]);
    assert_eq!(points(&Evidence { counted: 0, ..ready.clone() }), [Point::Stock]);
    for test_order in [TestOrder::None, TestOrder::Failed, TestOrder::Open("Accepted".to_owned())] {
        assert_eq!(points(&Evidence { test_order, ..ready.clone() }), [Point::TestOrder]);
    }
    let mut bare = partner.clone();
    bare.tax_number = None;
    bare.email = "nobody".to_owned();
    bare.serves.clear();
    bare.radius_km = None;
    bare.hours.days.clear();
    let found = checklist(&Evidence { partner: &bare, ..ready.clone() });
    let found: Vec<Point> = found.missing().into_iter().map(|missing| missing.point).collect();
    assert_eq!(found, [Point::Data, Point::Hours, Point::Serviceability]);
}

proptest! {
    /// A square is the one area whose inside is easily known.
    #[test]
    fn a_polygon_holds_what_is_inside(lat in 12.80f64..13.10, lng in 77.45f64..77.75) {
        let at = gps(&format!("{lat:.6},{lng:.6}"));
        let inside = (12.90..13.00).contains(&at.latitude()) && (77.55..77.65).contains(&at.longitude());
        prop_assert_eq!(square().holds(&at), inside);
    }

    /// Counting a range out or keeping it as a range is the same area.
    #[test]
    fn a_range_is_the_same_counted_or_not(first in 560_000u32..560_200, width in 0u32..300, asked in 559_900u32..560_600) {
        let range = PostalRange::parse(&format!("{first}-{}", first + width)).unwrap();
        let counted = Area::of_codes(Vec::new(), vec![range.clone()]);
        prop_assert!(counted.counted().is_some());
        let at = place(&asked.to_string(), "12.956399,77.636803");
        prop_assert_eq!(counted.holds(&at.gps, &at).is_ok(), range.holds(&at.area_code));
    }
}
