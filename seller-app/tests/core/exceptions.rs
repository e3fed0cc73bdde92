//! What goes wrong: not accepted, rejected, late, lost. The buyer is told in time and with the right reason.

use rstest::rstest;
use seller_app::fulfilment::TroubleKind;
use seller_app::fulfilment::policy::Rejected;
use seller_app::fulfilment::watch::{WatchKind, watches, weight};
use seller_app::order::promising::first_promise;
use seller_app::order::{Command, LineRef, OrderState, RejectCause};
use specs::Action;

use crate::buyer::{self, Pay};
use crate::law;
use crate::world::World;

fn lawful(world: &World) {
    for sent in &world.sent {
        let complaints = law::complaints(world.version, sent.action, &sent.payload);
        assert!(complaints.is_empty(), "{} {}: {complaints:#?}\n{:#}", world.version, sent.action, sent.payload);
    }
}

fn bought(version: &'static str) -> World {
    let mut world = World::new(version);
    buyer::buy(&mut world, &[("RICE-5", 2), ("OIL-1", 1)], Pay::Prepaid);
    world
}

/// Kinds that are due now.
fn due(world: &World) -> Vec<WatchKind> {
    let all = watches(world.order(), &world.seller.fulfilment);
    all.into_iter().filter(|watch| watch.due <= world.now).map(|watch| watch.kind).collect()
}

fn reject(cause: RejectCause, items: Vec<LineRef>) -> Command {
    Command::Reject { cause, by: "blr-hill".to_owned(), items }
}

#[rstest]
fn a_rejection_is_told_with_a_reason_that_never_costs_the_buyer(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let reasons = law::book(version).codes("cancellation_reason").unwrap();
    for cause in RejectCause::ALL {
        let mut world = bought(version);
        let told = world.desk(reject(cause, Vec::new())).unwrap();
        assert_eq!((told.action, told.order()["state"].as_str()), (Action::OnCancel, Some("Cancelled")));
        let id = told.order()["cancellation"]["reason"]["id"].as_str().unwrap().to_owned();
        assert_eq!(id, cause.reason(&world.rules), "{cause:?}");
        let reason = reasons.iter().find(|one| one.code == id).unwrap();
        assert!(reason.texts("used_by").contains(&"seller") && !reason.texts("cost_to").contains(&"buyer"), "{id}");
        let about_goods = matches!(cause, RejectCause::OutOfStock | RejectCause::Damaged);
        assert_eq!(id == "002", about_goods, "{cause:?}: the goods alone are 002");
        let left = match cause {
            RejectCause::OutOfStock => 0,
            RejectCause::Damaged => 18,
            _ => 20,
        };
        let one_item = world.order().skus().count() == 1;
        assert!(!one_item || world.stock["RICE-5"].on_hand == left, "{cause:?}: {:?}", world.stock["RICE-5"]);
        assert_eq!(world.stock["RICE-5"].committed, 0);
        lawful(&world);
    }
}

#[test]
fn only_what_is_missing_is_taken_off() {
    let mut world = bought("1.2.5");
    let oil = LineRef { id: "OIL-1".to_owned(), parent_item_id: None, count: 1 };
    let told = world.desk(reject(RejectCause::OutOfStock, vec![oil])).unwrap();
    assert_eq!((told.action, told.order()["state"].as_str()), (Action::OnUpdate, Some("Accepted")));
    assert_eq!((world.stock["OIL-1"].committed, world.stock["RICE-5"].committed), (0, 2));
    // None of the oil was found; of the rice nothing was said.
    assert_eq!((world.stock["OIL-1"].on_hand, world.stock["RICE-5"].on_hand), (0, 20));
    lawful(&world);
}

#[test]
fn a_kept_rejection_waits_for_a_person_and_accepting_ends_it() {
    let mut world = World::new("1.2.5");
    world.seller.accept_at_once = false;
    world.seller.fulfilment.rejected = Rejected::Keep;
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
    let before = world.sent.len();
    world.desk(reject(RejectCause::TooBusy, Vec::new())).unwrap();
    assert_eq!(world.sent.len(), before, "the buyer is not told of what is not decided");
    assert_eq!((world.order().state, due(&world)), (OrderState::Created, vec![WatchKind::Rejected]));
    world.desk(Command::Accept).unwrap();
    assert_eq!(due(&world), []);
    world.desk(Command::Pack).unwrap();
    assert!(world.desk(reject(RejectCause::Closed, Vec::new())).is_err(), "packed goods are not rejected");
}

#[test]
fn an_order_that_nobody_accepts_is_an_exception_until_somebody_does() {
    let mut world = World::new("1.2.5");
    world.seller.accept_at_once = false;
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
    assert_eq!(due(&world), []);
    world.later(5);
    assert_eq!(due(&world), [WatchKind::NotAccepted]);
    world.desk(Command::Accept).unwrap();
    assert_eq!(due(&world), []);
}

#[rstest]
fn a_late_delivery_is_told_before_the_buyer_asks(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = bought(version);
    let promised = first_promise(world.order()).unwrap();
    let quoted = world.order().promises[0].by;
    assert!(quoted <= promised);
    world.desk(Command::Pack).unwrap();
    world.now = promised - jiff::SignedDuration::from_mins(15);
    assert_eq!(due(&world), [WatchKind::PromiseAtRisk, WatchKind::Estimate]);

    let revise = || Command::Revise { who: "system".to_owned(), cause: String::new() };
    let told = world.desk(revise()).unwrap();
    assert_eq!(told.action, Action::OnStatus);
    let delivery = &told.order()["fulfillments"][0];
    let end: jiff::Timestamp = delivery["end"]["time"]["range"]["end"].as_str().unwrap().parse().unwrap();
    assert_eq!(end, promised + jiff::SignedDuration::from_mins(30));
    assert!(delivery["tags"].to_string().contains("fulfillment_delay"));
    let line = world.order().promises.last().unwrap();
    assert_eq!((line.who.as_str(), line.cause.as_str()), ("system", "not collected in time"));
    // The first promise stays the measure: it is at risk whatever is estimated since.
    assert_eq!((first_promise(world.order()), due(&world)), (Some(promised), vec![WatchKind::PromiseAtRisk]));

    for _ in 0..2 {
        world.later(60);
        world.desk(revise()).unwrap();
    }
    world.later(300);
    assert!(!due(&world).contains(&WatchKind::Estimate), "after three revisions a person must care");
    world.desk(Command::PickUp).unwrap();
    world.desk(Command::OutForDelivery).unwrap();
    world.desk(Command::Deliver).unwrap();
    assert_eq!(due(&world), []);
    assert!(world.desk(revise()).is_err());
    lawful(&world);
}

#[rstest]
fn what_is_lost_opens_a_ticket_and_can_be_cancelled_on_the_way(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = bought(version);
    world.desk(Command::Pack).unwrap();
    world.desk(Command::PickUp).unwrap();
    let reason = seller_app::order::troubled::lost_reason(&world.rules).to_owned();
    let cancel = Command::SellerCancel { reason: reason.clone() };
    assert!(world.desk(cancel.clone()).is_err(), "what left the store turns back, unless it is lost");
    let before_loss = protocol::clock::wire_timestamp(world.order().updated_at);
    let lost =
        || Command::ReportTrouble { kind: TroubleKind::Lost, by: "carrier".to_owned(), note: "no scan".to_owned() };
    world.desk(lost()).unwrap();
    assert_eq!(world.tickets, [TroubleKind::Lost]);
    assert_eq!(due(&world), [WatchKind::Lost]);
    assert!(world.desk(lost()).is_err(), "one ticket is enough");

    world.desk(Command::TroubleOver).unwrap();
    assert_eq!((world.tickets.len(), due(&world)), (0, vec![]));
    world.desk(lost()).unwrap();
    let told = world.desk(cancel).unwrap();
    assert_eq!(
        (told.action, told.order()["cancellation"]["reason"]["id"].as_str()),
        (Action::OnCancel, Some(reason.as_str()))
    );
    assert_eq!(
        (version == "1.2.0", reason == "020"),
        (version == "1.2.0", version == "1.2.0"),
        "020 is of the older list"
    );
    let precancel = told.order()["fulfillments"][0]["tags"].to_string();
    assert!(precancel.contains(before_loss.as_str()), "the state before is the one that was told: {precancel}");
    assert_eq!(world.stock["RICE-5"].on_hand, 18, "lost goods are not sold again");
    assert!(world.tickets.is_empty());
    lawful(&world);
}

#[test]
fn a_wrong_piece_is_told_by_its_name() {
    let mut world = World::new("1.2.5");
    world.items[1].code = "1:8900000000029".to_owned();
    world.items[2].code = "1:8900000000036".to_owned();
    buyer::buy(&mut world, &[("RICE-5", 2), ("OIL-1", 1)], Pay::Prepaid);
    let scan = |world: &mut World, barcode: &str| {
        let before = world.sent.len();
        let done = world.desk(Command::Scan { barcode: barcode.to_owned() }).map(|_| ());
        assert_eq!(world.sent.len(), before, "the buyer app is not told of scans");
        done.map_err(|refusal| refusal.message)
    };
    assert_eq!(scan(&mut world, "8900000000036"), Err("wrong item: Fresh Milk 1 l is not in this order".to_owned()));
    assert_eq!(scan(&mut world, "123"), Err("no item has the barcode 123".to_owned()));
    scan(&mut world, " 08900000000012 ").unwrap();
    let unfinished = world.desk(Command::Pack).unwrap_err();
    assert!(unfinished.message.contains("1 × "), "{}", unfinished.message);
    scan(&mut world, "8900000000012").unwrap();
    assert_eq!(scan(&mut world, "8900000000012"), Err("enough: all 2 of Sona Rice 5 kg are picked".to_owned()));
    scan(&mut world, "8900000000029").unwrap();
    world.desk(Command::Pack).unwrap();
}

#[test]
fn packing_without_scanning_is_refused_when_the_policy_wants_it() {
    let mut world = bought("1.2.5");
    world.seller.fulfilment.scan_to_pack = true;
    assert!(world.desk(Command::Pack).is_err());
}

#[test]
fn the_dearer_and_the_later_comes_first() {
    assert!(weight(100_000, 600_000) > weight(50_000, 600_000));
    assert!(weight(50_000, 60_000) > weight(100_000, 600_000));
    assert_eq!(weight(50_000, -5), weight(50_000, 60_000));
    assert!(weight(i64::MAX, -1) > 0);
}

#[test]
fn a_short_promise_is_not_at_risk_when_it_is_placed() {
    let mut world = World::new("1.2.5");
    for item in &mut world.items {
        item.time_to_ship = crate::goods::period("PT5M");
    }
    world.partner.time_to_ship = crate::goods::period("PT5M");
    world.partner.time_to_deliver = crate::goods::period("PT5M");
    buyer::buy(&mut world, &[("RICE-5", 2)], Pay::Prepaid);
    assert_eq!(due(&world), []);
    world.later(5);
    assert!(due(&world).contains(&WatchKind::PromiseAtRisk));
}
