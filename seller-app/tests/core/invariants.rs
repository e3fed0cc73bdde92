//! Whatever is asked, in whatever order: nothing panics, sums stay sums, pieces stay pieces, stock is never oversold.

use std::collections::BTreeMap;

use proptest::prelude::*;
use seller_app::fulfilment::Agent;
use seller_app::money::Money;
use seller_app::order::{Command, LineRef, Order, Refusal};
use specs::Action;

use crate::buyer::{self, Pay};
use crate::law;
use crate::world::{Sent, World};

/// A step somebody may take at any time, sensible or not.
#[derive(Clone, Debug)]
enum Step {
    Select(Vec<(usize, u32)>, bool),
    Init(bool),
    Confirm(bool),
    Status,
    Track,
    Cancel(usize),
    Return { id: u8, item: usize, count: u32, reason: usize },
    Refund(u8),
    Desk(usize, u8, u32),
    Wait(u16),
    Restock(usize, u32),
}

const SKUS: [&str; 4] = ["RICE-5", "OIL-1", "MILK-1", "NO-SUCH"];
const REASONS: [&str; 9] = ["002", "005", "006", "010", "012", "013", "052", "999", "xyz"];

fn step() -> impl Strategy<Value = Step> {
    let basket = proptest::collection::vec((0usize..4, 0u32..8), 1..4);
    prop_oneof![
        2 => (basket, any::<bool>()).prop_map(|(basket, near)| Step::Select(basket, near)),
        3 => any::<bool>().prop_map(Step::Init),
        3 => any::<bool>().prop_map(Step::Confirm),
        1 => Just(Step::Status),
        1 => Just(Step::Track),
        2 => (0usize..REASONS.len()).prop_map(Step::Cancel),
        4 => (0u8..4, 0usize..4, 0u32..4, 0usize..REASONS.len())
            .prop_map(|(id, item, count, reason)| Step::Return { id, item, count, reason }),
        1 => (0u8..6).prop_map(Step::Refund),
        16 => (0usize..16, 0u8..4, 0u32..4).prop_map(|(command, id, count)| Step::Desk(command, id, count)),
        2 => (0u16..200).prop_map(Step::Wait),
        1 => (0usize..3, 0u32..10).prop_map(|(sku, count)| Step::Restock(sku, count)),
    ]
}

fn pay(cash: bool) -> Pay {
    if cash { Pay::Cash } else { Pay::Prepaid }
}

fn desk_command(command: usize, id: u8, count: u32) -> Command {
    let return_id = format!("RET-{id}");
    let reason = REASONS[usize::from(id) % REASONS.len()].to_owned();
    let agent = Agent { name: "Ravi".to_owned(), phone: "9811111111".to_owned() };
    let items = vec![LineRef { id: SKUS[usize::from(id)].to_owned(), parent_item_id: None, count }];
    match command {
        0 => Command::Accept,
        1 => Command::Pack,
        2 => Command::AssignAgent(agent),
        3 => Command::PickUp,
        4 => Command::OutForDelivery,
        5 => Command::Deliver,
        6 => Command::SellerCancel { reason: "018".to_owned() },
        7 => Command::SellerCancelItems { reason: "002".to_owned(), items },
        8 => Command::ReturnToOrigin { reason: "013".to_owned() },
        9 => Command::RtoDelivered,
        10 => Command::RtoDisposed,
        11 => Command::ApproveReturn { return_id },
        12 => Command::RejectReturn { return_id, reason },
        13 => Command::LiquidateReturn { return_id },
        14 => Command::PickReturn { return_id },
        _ => Command::DeliverReturn { return_id },
    }
}

/// Takes the step; `None` when it cannot even be said yet.
fn take(world: &mut World, step: &Step) -> Option<Result<Sent, Refusal>> {
    let knows = |world: &World, action| world.sent.iter().any(|sent| sent.action == action);
    Some(match step {
        Step::Select(basket, near) => {
            let basket: Vec<(&str, u32)> = basket.iter().map(|&(sku, count)| (SKUS[sku], count)).collect();
            let message = buyer::select_message(&basket, if *near { "560038" } else { "110001" });
            world.ask(Action::Select, message)
        }
        Step::Init(cash) if knows(world, Action::OnSelect) => buyer::init(world, pay(*cash)),
        Step::Confirm(cash) if knows(world, Action::OnInit) => buyer::confirm(world, pay(*cash)),
        Step::Init(_) | Step::Confirm(_) => return None,
        Step::Status => buyer::status(world),
        Step::Track => world.ask(Action::Track, serde_json::json!({ "order_id": buyer::ORDER_ID })),
        Step::Cancel(reason) => buyer::cancel(world, REASONS[*reason]),
        Step::Return { id, item, count, reason } => {
            buyer::give_back(world, &format!("RET-{id}"), SKUS[*item], *count, ["001", "003", "777"][reason % 3])
        }
        Step::Refund(id) if world.order.is_some() => buyer::refund(world, &format!("RET-{id}"), "1.00"),
        Step::Refund(_) => return None,
        Step::Desk(command, id, count) => world.desk(desk_command(*command, *id, *count)),
        Step::Wait(minutes) => {
            world.later(i64::from(*minutes));
            return None;
        }
        Step::Restock(sku, count) => {
            world.stock.get_mut(SKUS[*sku]).unwrap().on_hand += i64::from(*count);
            return None;
        }
    })
}

/// Pieces of each item over all fulfilments.
fn pieces(order: &Order) -> BTreeMap<String, u32> {
    let mut pieces = BTreeMap::new();
    for line in &order.lines {
        *pieces.entry(line.item_id.clone()).or_default() += line.count;
    }
    pieces
}

/// `None`: everything adds up.
fn wrong(order: &Order, ordered: Option<&BTreeMap<String, u32>>) -> Option<String> {
    if order.is_draft() {
        return None;
    }
    let trails: Money = order.fulfilments.iter().flat_map(|f| &f.quote_trail).map(|entry| entry.value).sum();
    if order.agreed_total() + trails != order.quote.total() {
        return Some(format!("{} + {trails} is not {}", order.agreed_total(), order.quote.total()));
    }
    if order.quote.total().is_negative() {
        return Some("the quote is negative".to_owned());
    }
    if ordered.is_some_and(|ordered| *ordered != pieces(order)) {
        return Some(format!("pieces changed: {:?}", pieces(order)));
    }
    let known = |id: &str| order.fulfilment(id).is_some();
    order.lines.iter().find(|line| !known(&line.fulfilment_id)).map(|line| format!("{line:?} is on no fulfilment"))
}

/// Σ of the wire's breakup is the wire's total.
fn quote_adds_up(sent: &Sent) -> bool {
    let Some(lines) = sent.order()["quote"]["breakup"].as_array() else { return true };
    let read = |value: &serde_json::Value| Money::parse(value["value"].as_str().unwrap()).unwrap();
    let sum: Money = lines.iter().map(|line| read(&line["price"])).sum();
    sum == read(&sent.order()["quote"]["price"])
}

fn run(version: &'static str, auto: bool, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut world = World::new(version);
    world.seller.accept_at_once = auto;
    let mut ordered: Option<BTreeMap<String, u32>> = None;
    for step in steps {
        let before = (world.order.clone(), world.stock.clone(), world.held.clone());
        let sent_before = world.sent.len();
        let Some(result) = take(&mut world, step) else { continue };
        match result {
            Err(_) => {
                let after = (world.order.clone(), world.stock.clone(), world.held.clone());
                prop_assert_eq!(after, before, "a refusal changed something: {:?}", step);
            }
            Ok(_) => {
                let order = world.order();
                if ordered.is_none() && !order.is_draft() {
                    ordered = Some(pieces(order));
                }
                if let Some(wrong) = wrong(order, ordered.as_ref()) {
                    return Err(TestCaseError::fail(format!("{step:?}: {wrong}")));
                }
                for sent in &world.sent[sent_before..] {
                    prop_assert!(quote_adds_up(sent), "{:#}", sent.payload);
                    // The buyer's own messages are as wrong as the test makes them.
                    if sent.action.is_callback() {
                        let complaints = law::complaints(version, sent.action, &sent.payload);
                        prop_assert!(complaints.is_empty(), "{:?}\n{:#}", complaints, sent.payload);
                    }
                }
                // What is stored is what comes back from the store.
                let text = serde_json::to_string(order).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Order>(&text).unwrap(), order);
            }
        }
    }
    Ok(())
}

/// A life that gets far, then anything.
fn delivered() -> Vec<Step> {
    let mut steps = vec![Step::Select(vec![(0, 3), (1, 2)], true), Step::Init(false), Step::Confirm(false)];
    steps.extend([0usize, 1, 3, 4, 5].map(|command| Step::Desk(command, 0, 0)));
    steps
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_from_the_start(auto in any::<bool>(), newer in any::<bool>(), steps in proptest::collection::vec(step(), 1..40)) {
        run(law::VERSIONS[usize::from(newer)], auto, &steps)?;
    }

    #[test]
    fn any_sequence_after_confirm(newer in any::<bool>(), steps in proptest::collection::vec(step(), 1..40)) {
        let steps: Vec<Step> = delivered()[..3].iter().cloned().chain(steps).collect();
        run(law::VERSIONS[usize::from(newer)], true, &steps)?;
    }

    #[test]
    fn any_sequence_after_delivery(newer in any::<bool>(), steps in proptest::collection::vec(step(), 1..40)) {
        let steps: Vec<Step> = delivered().into_iter().chain(steps).collect();
        run(law::VERSIONS[usize::from(newer)], false, &steps)?;
    }

    /// Broken JSON of any kind is refused or understood, never a panic.
    #[test]
    fn mangled_messages_never_panic(which in 0usize..4, cut in any::<prop::sample::Index>(), junk in 0usize..6) {
        let mut world = World::new("1.2.5");
        buyer::buy(&mut world, &[("RICE-5", 2), ("OIL-1", 1)], Pay::Prepaid);
        let action = [Action::Select, Action::Init, Action::Confirm, Action::OnSelect][which];
        let mut message = world.last(if action == Action::OnSelect { Action::Select } else { action }).payload["message"].clone();
        let mut paths = Vec::new();
        pointers(&message, String::new(), &mut paths);
        let pointer = paths[cut.index(paths.len())].clone();
        let junk = [
            serde_json::json!(null), serde_json::json!(-1), serde_json::json!("99999999999999999999"),
            serde_json::json!([]), serde_json::json!({}), serde_json::json!("P999999999Y"),
        ][junk].clone();
        *message.pointer_mut(&pointer).unwrap() = junk;
        let mut fresh = World::new("1.2.5");
        if action != Action::Select && action != Action::OnSelect {
            buyer::select(&mut fresh, &[("RICE-5", 2), ("OIL-1", 1)]).unwrap();
        }
        if action == Action::Confirm {
            buyer::init(&mut fresh, Pay::Prepaid).unwrap();
        }
        let action = if action == Action::OnSelect { Action::Select } else { action };
        let _ = fresh.ask(action, message);
    }
}

fn pointers(value: &serde_json::Value, at: String, all: &mut Vec<String>) {
    let escape = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                let path = format!("{at}/{}", escape(name));
                all.push(path.clone());
                pointers(member, path, all);
            }
        }
        serde_json::Value::Array(elements) => {
            for (number, element) in elements.iter().enumerate() {
                let path = format!("{at}/{number}");
                all.push(path.clone());
                pointers(element, path, all);
            }
        }
        _ => {}
    }
}
