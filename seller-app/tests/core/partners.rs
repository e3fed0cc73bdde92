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

mod scores {
    use super::*;
    use seller_app::partners::facts::{End, OrderFacts};
    use seller_app::partners::proposal::{ProposalKind, Standing, propose};
    use seller_app::partners::scorecard::{Scorecard, scorecard};
    use seller_app::partners::targets::{DEFAULT, Targets, TargetsError};

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + minutes * 60).unwrap()
    }

    /// Accepted in five minutes, packed in twenty of thirty, delivered in sixty of ninety, whole.
    fn good(placed: i64) -> OrderFacts {
        OrderFacts {
            channel: "network".to_owned(),
            placed_at: at(placed),
            end: End::Delivered,
            units_asked: 4,
            units_filled: 4,
            accepted_at: Some(at(placed + 5)),
            packed_at: Some(at(placed + 20)),
            pack_by: Some(at(placed + 30)),
            delivered_at: Some(at(placed + 60)),
            deliver_by: Some(at(placed + 90)),
            cancelled_for: Vec::new(),
            returns: 0,
        }
    }

    fn card(orders: &[OrderFacts]) -> Scorecard {
        scorecard(orders, 0, (at(0), at(100_000)), at(50_000))
    }

    #[test]
    fn measures_are_counts_of_what_happened() {
        let refused = OrderFacts {
            end: End::CancelledBySeller,
            units_filled: 0,
            packed_at: None,
            delivered_at: None,
            cancelled_for: vec!["002".to_owned()],
            ..good(2)
        };
        let regretted = OrderFacts { end: End::CancelledByBuyer, units_filled: 0, delivered_at: None, ..good(3) };
        let open = OrderFacts { end: End::Open, units_filled: 0, packed_at: None, delivered_at: None, ..good(4) };
        let late = OrderFacts { delivered_at: Some(at(500)), returns: 1, channel: "b2b".to_owned(), ..good(1) };
        let card = card(&[good(0), late, refused, regretted, open, good(200_000)]);
        let all = &card.all;
        assert_eq!((all.orders, all.open, all.cancelled_by_buyer), (5, 1, 1), "what was placed outside is left out");
        assert_eq!((all.fill.hits, all.fill.of), (8, 12), "what the buyer cancelled is nobody's shortage");
        assert_eq!((all.packed_on_time.hits, all.packed_on_time.of), (3, 4), "the open one should be packed by now");
        assert_eq!((all.delivered_on_time.hits, all.delivered_on_time.of), (1, 2));
        assert_eq!((all.cancelled.hits, all.cancelled.of, all.cancelled_for["002"]), (1, 3, 1));
        assert_eq!((all.returned.hits, all.perfect.hits, all.perfect.of), (1, 1, 3));
        assert_eq!(all.accept_median_s, Some(300));
        assert_eq!(card.by_channel["b2b"].delivered_on_time.permille(), Some(0));
        assert_eq!(card.by_channel["network"].delivered_on_time.permille(), Some(1_000));
        assert_eq!(all.fill.percent(), "66.6 %");
        assert_eq!(seller_app::partners::scorecard::Ratio::default().percent(), "–");
    }

    /// An estimate that is moved when it will not hold is told to the buyer, and changes nothing about who was late.
    #[test]
    fn a_moved_estimate_does_not_make_a_late_order_punctual() {
        use seller_app::order::Command;
        let mut world = crate::world::World::new("1.2.5");
        crate::buyer::buy(&mut world, &[("RICE-5", 1)], crate::buyer::Pay::Prepaid);
        let read = |world: &crate::world::World| OrderFacts::read(world.order(), "network", &[]);
        let before = read(&world);
        assert!(before.pack_by.is_some() && before.deliver_by > before.pack_by, "{before:?}");
        world.later(60 * 5);
        world.desk(Command::Revise { who: "system".to_owned(), cause: String::new() }).unwrap();
        let after = read(&world);
        assert_eq!((after.pack_by, after.deliver_by), (before.pack_by, before.deliver_by));
        crate::life::deliver(&mut world);
        assert!(!read(&world).is_perfect() && read(&world).delivered_at > before.deliver_by);
    }

    #[test]
    fn targets_of_the_file_are_good_and_wrong_ones_are_named() {
        let targets = Targets::parse(DEFAULT).unwrap();
        assert_eq!(targets.of("gold").unwrap().fill, 980);
        assert_eq!(targets.of("unheard of"), targets.of("standard"));
        assert!(matches!(Targets::parse("{}"), Err(TargetsError::Malformed(_))));
        let wrong = DEFAULT.replace("980", "9800");
        assert!(matches!(Targets::parse(&wrong), Err(TargetsError::Share { measure: "fill", value: 9_800, .. })));
        assert_eq!(Targets::parse(&DEFAULT.replace("standard", "bronze")), Err(TargetsError::NoStandard));
    }

    #[test]
    fn a_partner_is_warned_then_put_on_probation_then_comes_back_or_leaves() {
        let targets = Targets::parse(DEFAULT).unwrap();
        let fine: Vec<OrderFacts> = (0..20).map(good).collect();
        let mut weak = fine.clone();
        weak[0].units_filled = 0;
        weak[1].units_filled = 2;
        let mut bad = fine.clone();
        bad.iter_mut().take(10).for_each(|order| order.units_filled = 0);
        let standing = |stage: Stage, since: i64, warned: Option<i64>| Standing {
            stage,
            tier: "standard",
            since: at(since),
            warned_at: warned.map(at),
            now: at(50_000),
        };
        let kind = |orders: &[OrderFacts], standing: Standing<'_>| {
            propose(&card(orders), &targets, &standing).map(|proposal| proposal.kind)
        };
        let long_ago = 50_000 - 60 * 24 * 20;
        assert_eq!(kind(&fine, standing(Stage::Active, 0, None)), None);
        assert_eq!(kind(&weak, standing(Stage::Active, 0, None)), Some(ProposalKind::Warn));
        assert_eq!(kind(&weak, standing(Stage::Active, 0, Some(49_000))), Some(ProposalKind::Probation));
        assert_eq!(kind(&bad, standing(Stage::Active, 0, None)), Some(ProposalKind::Probation), "severe");
        assert_eq!(kind(&bad, standing(Stage::Probation, 49_000, None)), None, "its time is not over");
        assert_eq!(kind(&bad, standing(Stage::Probation, long_ago, None)), Some(ProposalKind::Offboard));
        assert_eq!(kind(&fine, standing(Stage::Probation, long_ago, None)), Some(ProposalKind::Reinstate));
        assert_eq!(kind(&bad[..9], standing(Stage::Active, 0, None)), None, "too few orders to judge");
        for stage in Stage::ALL.into_iter().filter(|stage| !stage.sells()) {
            assert_eq!(kind(&bad, standing(stage, long_ago, None)), None, "{stage}");
        }
        let proposal = propose(&card(&weak), &targets, &standing(Stage::Active, 0, None)).unwrap();
        let said = &proposal.misses[0];
        assert_eq!(
            (said.measure.as_str(), said.actual.as_str(), said.target.as_str()),
            ("fill", "92.5 % (74 of 80)", "at least 94.0 %")
        );
    }
}

mod money {
    use super::*;
    use crate::buyer::{self, Pay};
    use crate::world::World;
    use rust_decimal::Decimal;
    use seller_app::order::Order;
    use seller_app::partners::statement::{AcceptedClaim, Account, Entry, csv, statement};
    use seller_app::partners::terms::StockOwner;

    fn bought(basket: &[(&str, u32)], pay: Pay) -> Order {
        let mut world = World::new("1.2.5");
        buyer::buy(&mut world, basket, pay);
        crate::life::deliver(&mut world);
        world.order().clone()
    }

    fn terms(owner: StockOwner) -> Terms {
        Terms {
            stock_owner: owner,
            fee_per_order: Money::from_minor(1_500),
            fee_percent: Decimal::new(25, 1),
            commission_percent: Decimal::from(10),
            delivery_cost: Money::from_minor(2_000),
            return_cost: Money::from_minor(700),
            agreed_at_ms: Some(1),
        }
    }

    fn ever<'a>(terms: &'a Terms, delivers: bool) -> Account<'a> {
        Account { terms, delivers, from: Timestamp::MIN, to: Timestamp::MAX }
    }

    #[test]
    fn each_side_of_the_deal_gets_its_lines() {
        let order = bought(&[("RICE-5", 2)], Pay::Prepaid);
        let goods = order.quote.items_value();
        let own = terms(StockOwner::Partner);
        let made = statement(&ever(&own, true), std::slice::from_ref(&order), &[]);
        assert_eq!(made.totals[&Entry::Goods], goods);
        assert_eq!(made.totals[&Entry::Commission], -goods.percent(Decimal::from(10)));
        assert_eq!(made.totals[&Entry::Packing].wire(), "10.00");
        assert_eq!(made.totals[&Entry::Delivery].wire(), "30.00");
        assert_eq!(made.totals[&Entry::Fee], Money::from_minor(1_500) + goods.percent(Decimal::new(25, 1)));
        assert_eq!(made.totals[&Entry::DeliveryCost].wire(), "20.00");
        // For the brand's own goods, a partner that does not deliver gets its fee and nothing else.
        let kept = terms(StockOwner::Brand);
        let made = statement(&ever(&kept, false), std::slice::from_ref(&order), &[]);
        assert_eq!(made.totals.keys().copied().collect::<Vec<_>>(), [Entry::Fee]);
        // Nothing of another month.
        let past = Account { to: Timestamp::UNIX_EPOCH, ..ever(&own, true) };
        assert_eq!(statement(&past, &[order], &[]).lines, []);
    }

    #[test]
    fn cash_that_was_taken_at_the_door_is_not_paid_again() {
        let order = bought(&[("RICE-5", 2)], Pay::Cash);
        let own = terms(StockOwner::Partner);
        let made = statement(&ever(&own, true), std::slice::from_ref(&order), &[]);
        assert_eq!(made.totals[&Entry::Cash], -order.agreed_total());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever the terms, the baskets and the claims: the payout is the sum of the lines, of the totals, and of the file.
        #[test]
        fn the_lines_sum_to_the_payout(
            rice in 1u32..6, oil in 0u32..5, cash in any::<bool>(), delivers in any::<bool>(), brand in any::<bool>(),
            fee in 0i64..5_000, percent in 0u32..10_000, commission in 0u32..10_000, claims in proptest::collection::vec(-90_000i64..90_000, 0..4),
        ) {
            // The oil takes no part in orders that are paid at the door when it may not.
            let basket: Vec<(&str, u32)> = [("RICE-5", rice), ("OIL-1", oil)].into_iter().filter(|(_, count)| *count > 0).collect();
            let pay = if cash { Pay::Cash } else { Pay::Prepaid };
            let order = bought(&basket, pay);
            let terms = Terms {
                stock_owner: if brand { StockOwner::Brand } else { StockOwner::Partner },
                fee_per_order: Money::from_minor(fee),
                fee_percent: Decimal::new(i64::from(percent), 2),
                commission_percent: Decimal::new(i64::from(commission), 2),
                ..terms(StockOwner::Partner)
            };
            let at = order.delivered_at().unwrap();
            let claims: Vec<AcceptedClaim> = claims.into_iter()
                .map(|minor| AcceptedClaim { order_id: order.id.clone(), amount: Money::from_minor(minor), at }).collect();
            let made = statement(&ever(&terms, delivers), &[order], &claims);
            let lines: Money = made.lines.iter().map(|line| line.amount).sum();
            let totals: Money = made.totals.values().copied().sum();
            prop_assert_eq!(lines, made.payout);
            prop_assert_eq!(totals, made.payout);
            let file = csv(&made);
            let rows: Vec<&str> = file.lines().skip(1).collect();
            let amounts: Vec<Money> = rows.iter().map(|row| Money::parse(row.rsplit(',').next().unwrap()).unwrap()).collect();
            let (payout, amounts) = amounts.split_last().unwrap();
            prop_assert_eq!(amounts.iter().copied().sum::<Money>(), *payout);
        }
    }
}
