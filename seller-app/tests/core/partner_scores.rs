//! Scorecards, targets, and what is proposed from them.

use jiff::Timestamp;
use seller_app::partners::Stage;
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
