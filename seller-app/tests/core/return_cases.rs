//! Return cases: tries that fail, counts and grades, the policy, who bears what.

use seller_app::money::Money;
use seller_app::order::{Command, Received};
use seller_app::returns::policy::{Charges, Pickup, Rule};
use seller_app::returns::receipt::Count;
use seller_app::returns::settle::{Account, Hands, postings, refund};
use seller_app::returns::{Bearer, Disposition, Grade, Grading, Split};
use specs::Action;

use crate::buyer::{self, Pay};
use crate::law;
use crate::world::{Sent, World};

pub fn delivered(version: &'static str, basket: &[(&str, u32)]) -> World {
    let mut world = World::new(version);
    buyer::buy(&mut world, basket, Pay::Prepaid);
    crate::life::deliver(&mut world);
    world
}

fn id() -> String {
    "RET-1".to_owned()
}

fn state(sent: &Sent) -> &str {
    let fulfilments = sent.order()["fulfillments"].as_array().unwrap();
    let case = fulfilments.iter().find(|f| f["type"] == "Return").unwrap();
    case["state"]["descriptor"]["code"].as_str().unwrap()
}

fn receive(received: u32, wrong: u32, damaged: u32) -> Command {
    let count = Count { received, wrong, damaged };
    let (note, photo) = ("the box was open".to_owned(), "https://shelf.example/1.png".to_owned());
    Command::ReceiveReturn {
        return_id: id(),
        received: Received { count, partner_id: None, note, photo, by: "blr-hill".to_owned() },
    }
}

fn grading(grade: Grade, disposition: Disposition, note: &str) -> Command {
    let (note, by) = (note.to_owned(), "blr-hill".to_owned());
    Command::GradeReturn { return_id: id(), grading: Grading { grade, disposition, note, photo: String::new(), by } }
}

fn lawful(world: &World) {
    for sent in &world.sent {
        let complaints = law::complaints(world.version, sent.action, &sent.payload);
        assert!(complaints.is_empty(), "{} {}: {complaints:#?}\n{:#}", world.version, sent.action, sent.payload);
    }
}

#[test]
fn a_pickup_that_fails_is_tried_again_or_given_up() {
    for version in law::VERSIONS {
        let mut world = delivered(version, &[("RICE-5", 2)]);
        buyer::give_back(&mut world, "RET-1", "RICE-5", 1, "003").unwrap();
        world.desk(Command::ApproveReturn { return_id: id() }).unwrap();
        world.later(60);
        let note = "nobody at home".to_owned();
        let failed = world.desk(Command::FailReturnPick { return_id: id(), note: note.clone() }).unwrap();
        assert_eq!(state(&failed), "Return_Pick_Failed");
        let slot = failed.order()["fulfillments"][1]["start"]["time"]["range"]["start"].as_str().unwrap().to_owned();
        assert!(slot.as_str() > failed.payload["context"]["timestamp"].as_str().unwrap(), "a new slot is told");
        let again = world.desk(Command::ApproveReturn { return_id: id() }).unwrap();
        assert_eq!(state(&again), "Return_Approved");
        world.desk(Command::FailReturnPick { return_id: id(), note }).unwrap();
        let over = world.desk(Command::GiveUpReturn { return_id: id() }).unwrap();
        assert_eq!(state(&over), "Return_Failed");
        assert_eq!(over.order()["quote"]["price"]["value"], "818.00");
        assert_eq!(world.order().fulfilments[1].case.as_ref().unwrap().failures.len(), 2);
        // The pieces are free to be asked for again.
        buyer::give_back(&mut world, "RET-2", "RICE-5", 2, "003").unwrap();
        lawful(&world);
    }
}

#[test]
fn what_arrives_is_counted_graded_and_only_what_is_sound_is_sold_again() {
    let mut world = delivered("1.2.5", &[("RICE-5", 5)]);
    let shelf = world.stock["RICE-5"].on_hand;
    buyer::give_back(&mut world, "RET-1", "RICE-5", 5, "005").unwrap();
    world.desk(Command::ApproveReturn { return_id: id() }).unwrap();
    world.desk(Command::PickReturn { return_id: id() }).unwrap();
    assert!(world.desk(grading(Grade::A, Disposition::Restock, "")).is_err(), "nothing is here yet");
    assert!(world.desk(receive(5, 1, 0)).is_err() && world.desk(receive(2, 0, 3)).is_err());
    assert_eq!(state(&world.desk(receive(3, 1, 1)).unwrap()), "Return_Delivered");
    let case = world.order().fulfilments[1].case.clone().unwrap();
    assert_eq!((case.receipt.as_ref().unwrap().missing(), case.receipt.as_ref().unwrap().sound()), (1, 2));
    assert_eq!(world.stock["RICE-5"].on_hand, shelf, "nobody graded it");
    assert!(world.desk(grading(Grade::B, Disposition::Restock, "")).is_err());
    assert!(world.desk(grading(Grade::C, Disposition::Scrap, "")).is_err(), "destroyed without a word");
    world.desk(grading(Grade::A, Disposition::Restock, "")).unwrap();
    assert_eq!((world.stock["RICE-5"].on_hand, world.settled.as_slice()), (shelf + 2, &[id()][..]));
    assert!(world.desk(grading(Grade::A, Disposition::Restock, "")).is_err(), "once is enough");

    // 5 × 389.00 = 1945.00: two are on the shelf, the damaged one is the packer's, two the carrier's.
    let fulfilment = world.order().fulfilments[1].clone();
    let shares = fulfilment.case.as_ref().unwrap().shares.clone();
    let of = |bearer: Bearer| shares.iter().filter(|s| s.bearer == bearer).map(|s| s.amount).sum::<Money>();
    assert_eq!(refund(&fulfilment).wire(), "1945.00");
    assert_eq!((of(Bearer::Partner).wire(), of(Bearer::Carrier).wire()), ("389.00".to_owned(), "778.00".to_owned()));
    lawful(&world);
}

#[test]
fn the_ledger_gives_a_partner_back_what_others_bear() {
    let mut world = delivered("1.2.5", &[("RICE-5", 2)]);
    buyer::give_back(&mut world, "RET-1", "RICE-5", 2, "003").unwrap();
    world.desk(Command::LiquidateReturn { return_id: id() }).unwrap();
    let fulfilment = world.order().fulfilments[1].clone();
    let case = fulfilment.case.as_ref().unwrap();
    let hands = |owns| Hands {
        seller: "p".into(),
        seller_owns: owns,
        receiver: "p".into(),
        receiver_owns: owns,
        own_riders: false,
    };
    let rows = postings(&fulfilment, case, &hands(true));
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (rows[0].account.clone(), rows[0].claimed, rows[0].amount.wire()),
        (Account::Carrier, true, "-778.00".into())
    );
    assert_eq!((rows[1].entry, rows[1].amount.wire()), ("relief", "778.00".to_owned()));
    // The brand's own goods: only the carrier is asked.
    assert_eq!(postings(&fulfilment, case, &hands(false)).len(), 1);
    // Its own riders: there is no other carrier to ask, and nobody else bears anything.
    let riders = |owns| Hands { own_riders: true, ..hands(owns) };
    assert_eq!(postings(&fulfilment, case, &riders(true)), []);
    let [asked] = postings(&fulfilment, case, &riders(false)).try_into().unwrap();
    assert_eq!((asked.account, asked.claimed), (Account::Partner("p".into()), true));
}

#[test]
fn goods_that_are_dropped_off_elsewhere_change_books() {
    let mut world = delivered("1.2.5", &[("RICE-5", 2)]);
    let shelf = world.stock["RICE-5"].on_hand;
    buyer::give_back(&mut world, "RET-1", "RICE-5", 2, "001").unwrap();
    world.desk(Command::ApproveReturn { return_id: id() }).unwrap();
    world.desk(Command::PickReturn { return_id: id() }).unwrap();
    let Command::ReceiveReturn { return_id, mut received } = receive(2, 0, 0) else { panic!() };
    received.partner_id = Some("other".into());
    world.desk(Command::ReceiveReturn { return_id, received }).unwrap();
    world.desk(grading(Grade::A, Disposition::Restock, "")).unwrap();
    assert_eq!(world.stock["RICE-5"].on_hand, shelf, "they are on the other shelf");
    let fulfilment = world.order().fulfilments[1].clone();
    let hands = Hands {
        seller: "s".into(),
        seller_owns: true,
        receiver: "other".into(),
        receiver_owns: true,
        own_riders: false,
    };
    let rows = postings(&fulfilment, fulfilment.case.as_ref().unwrap(), &hands);
    let moved: Vec<(&str, String)> = rows.iter().map(|row| (row.entry, row.amount.wire())).collect();
    assert_eq!(moved, [("goods-moved", "778.00".to_owned()), ("goods-moved", "-778.00".to_owned())]);
}

#[test]
fn the_policy_decides_by_item_and_reason() {
    let mut world = delivered("1.2.5", &[("RICE-5", 3), ("OIL-1", 2)]);
    let category = world.items.iter().find(|item| item.sku == "RICE-5").unwrap().category.clone();
    world.seller.returns.rules = vec![
        Rule { reason: "003".into(), photos: Some(2), ..Rule::default() },
        Rule { category, keep_up_to: Some(Money::from_minor(40_000)), photos: Some(1), ..Rule::default() },
        Rule { approve_up_to: Some(Money::from_minor(100_000)), pickup: Some(Pickup::DropOff), ..Rule::default() },
    ];
    // One rice is worth 389.00: kept. The category's rule says one photo; the reason's would want two.
    let sent = world.sent.len();
    buyer::give_back(&mut world, "RET-1", "RICE-5", 1, "003").unwrap();
    let told: Vec<&str> = world.sent[sent + 1..].iter().map(state).collect();
    assert_eq!(told, ["Return_Initiated", "Liquidated"]);
    assert_eq!(world.settled, [id()]);
    // Two are worth more: approved. And oil needs the two photos.
    buyer::give_back(&mut world, "RET-2", "RICE-5", 2, "003").unwrap();
    let codes = |world: &World| world.order().fulfilments.iter().map(|f| f.progress.code()).collect::<Vec<_>>();
    assert_eq!(codes(&world)[1..], ["Liquidated", "Return_Approved"]);
    let refused = buyer::give_back(&mut world, "RET-3", "OIL-1", 1, "003").unwrap_err();
    assert_eq!(refused.code, "30005");
    assert!(refused.message.contains("2 photo(s)"), "{}", refused.message);
    lawful(&world);
}

#[test]
fn delivery_and_packing_are_shared_by_value_when_the_policy_says_so() {
    let mut world = delivered("1.2.5", &[("RICE-5", 3)]);
    world.seller.returns.rules = vec![Rule { charges: Some(Charges::Share), ..Rule::default() }];
    for (number, left) in [(1, "804.67"), (2, "402.34"), (3, "0.00")] {
        let return_id = format!("RET-{number}");
        buyer::give_back(&mut world, &return_id, "RICE-5", 1, "005").unwrap();
        let kept = world.desk(Command::LiquidateReturn { return_id }).unwrap();
        assert_eq!(kept.order()["quote"]["price"]["value"], left);
    }
    lawful(&world);
    assert!(law::complaints("1.2.5", Action::OnUpdate, &world.sent.last().unwrap().payload).is_empty());
}

#[test]
fn a_split_shares_to_the_last_paisa() {
    let split = Split { partner: 1, carrier: 1, brand: 1, buyer: 0 };
    let shares = split.share(Money::from_minor(100)).map(|(_, amount)| amount.wire());
    assert_eq!(shares, ["0.34", "0.33", "0.33", "0.00"]);
    assert_eq!(
        Money::from_minor(-5).apportion(&[3, 1]).iter().map(|m| m.wire()).collect::<Vec<_>>(),
        ["-0.04", "-0.01"]
    );
    assert_eq!(Money::from_minor(7).apportion(&[0, 0]).iter().map(|m| m.wire()).collect::<Vec<_>>(), ["0.07", "0.00"]);
    assert!(Money::from_minor(7).apportion(&[]).is_empty());
}
