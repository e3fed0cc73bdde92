//! Random partial cancels and partial returns, in any order: quote trail, refund and total never disagree.

use proptest::prelude::*;
use seller_app::money::Money;
use seller_app::order::{Command, LineKind, LineRef, Order, QuoteLine, Received};
use seller_app::returns::policy::{Charges, Rule};
use seller_app::returns::receipt::Count;
use seller_app::returns::settle::{parts, refund};
use seller_app::returns::{Disposition, Grade, Grading, Split};

use crate::buyer::{self, Pay};
use crate::law;
use crate::world::World;

#[derive(Clone, Debug)]
enum Step {
    CancelSome(usize, u32),
    Deliver,
    Ask(usize, u32, usize),
    Act(usize, usize),
    Arrive(usize, u32, u32, u32),
    Grade(usize, usize, usize),
}

const SKUS: [&str; 2] = ["RICE-5", "OIL-1"];
const REASONS: [&str; 5] = ["001", "002", "003", "004", "005"];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0usize..2, 1u32..3).prop_map(|(item, count)| Step::CancelSome(item, count)),
        2 => Just(Step::Deliver),
        5 => (0usize..2, 1u32..4, 0usize..5).prop_map(|(item, count, reason)| Step::Ask(item, count, reason)),
        9 => (0usize..8, 0usize..7).prop_map(|(at, verb)| Step::Act(at, verb)),
        4 => (0usize..8, 0u32..4, 0u32..2, 0u32..3).prop_map(|(at, r, w, d)| Step::Arrive(at, r, w, d)),
        4 => (0usize..8, 0usize..4, 0usize..4).prop_map(|(at, grade, then)| Step::Grade(at, grade, then)),
    ]
}

fn command(at: usize, verb: usize) -> Command {
    let return_id = format!("RET-{at}");
    match verb {
        0 | 1 => Command::ApproveReturn { return_id },
        2 => Command::PickReturn { return_id },
        3 => Command::LiquidateReturn { return_id },
        4 => Command::FailReturnPick { return_id, note: String::new() },
        5 => Command::RejectReturn { return_id, reason: "004".to_owned() },
        _ => Command::DeliverReturn { return_id },
    }
}

/// Whether anything happened.
fn take(world: &mut World, step: &Step, asked: &mut usize) -> bool {
    match step {
        Step::CancelSome(item, count) => {
            let items = vec![LineRef { id: SKUS[*item].to_owned(), parent_item_id: None, count: *count }];
            world.desk(Command::SellerCancelItems { reason: "002".to_owned(), items }).is_ok()
        }
        Step::Deliver => {
            let steps = [Command::Pack, Command::PickUp, Command::OutForDelivery, Command::Deliver];
            steps.into_iter().filter(|one| world.desk(one.clone()).is_ok()).count() > 0
        }
        Step::Ask(item, count, reason) => {
            let given = buyer::give_back(world, &format!("RET-{asked}"), SKUS[*item], *count, REASONS[*reason]);
            *asked += usize::from(given.is_ok());
            given.is_ok()
        }
        Step::Act(at, verb) => world.desk(command(*at, *verb)).is_ok(),
        Step::Arrive(at, received, wrong, damaged) => {
            let count = Count { received: *received, wrong: *wrong, damaged: *damaged };
            let text = || "x".to_owned();
            let received = Received { count, partner_id: None, note: text(), photo: text(), by: text() };
            world.desk(Command::ReceiveReturn { return_id: format!("RET-{at}"), received }).is_ok()
        }
        Step::Grade(at, grade, then) => {
            let (note, by) = ("seen".to_owned(), "shelf".to_owned());
            let (grade, disposition) = (Grade::ALL[*grade], Disposition::ALL[*then]);
            let grading = Grading { grade, disposition, note, photo: String::new(), by };
            world.desk(Command::GradeReturn { return_id: format!("RET-{at}"), grading }).is_ok()
        }
    }
}

/// The law of money of one order.
fn agrees(order: &Order, discount: Money) -> Result<(), TestCaseError> {
    let paid = order.agreed_total();
    let refunds: Money = order.fulfilments.iter().map(refund).sum();
    prop_assert_eq!(paid - refunds, order.quote.total(), "paid - refunds is the total");
    prop_assert!(!refunds.is_negative() && refunds <= paid, "refunded {} of {}", refunds, paid);
    for line in &order.quote.lines {
        match line.kind {
            LineKind::Discount | LineKind::Offer => {
                prop_assert!(line.price <= Money::ZERO && line.price >= discount, "{line:?}");
            }
            LineKind::Item => {
                prop_assert_eq!(line.unit_price.unwrap().times(line.count.unwrap()), line.price);
            }
            LineKind::Tax | LineKind::Delivery | LineKind::Packing | LineKind::Misc => {
                prop_assert!(!line.price.is_negative(), "{line:?}");
            }
        }
    }
    for fulfilment in &order.fulfilments {
        let (Some(case), trail) = (&fulfilment.case, refund(fulfilment)) else { continue };
        prop_assert!(!trail.is_negative(), "a return never costs the buyer: {}", trail);
        if case.grading.is_some() || !case.shares.is_empty() {
            let borne: Money = case.shares.iter().map(|share| share.amount).sum();
            let [back, ..] = parts(fulfilment, case);
            prop_assert_eq!(borne + back, trail, "every paisa has a bearer");
            prop_assert!(case.shares.iter().all(|share| !share.amount.is_negative()));
        }
    }
    Ok(())
}

fn run(steps: &[Step], shared: bool, offer_minor: i64, split: Split, judged: bool) -> Result<(), TestCaseError> {
    let mut world = World::new("1.2.5");
    let charges = Some(if shared { Charges::Share } else { Charges::Keep });
    world.seller.returns.rules = vec![Rule { charges, bearer: Some(split), ..Rule::default() }];
    buyer::buy(&mut world, &[("RICE-5", 5), ("OIL-1", 3)], Pay::Prepaid);
    let discount = Money::from_minor(-offer_minor);
    if offer_minor > 0 {
        // An offer on the whole order, as if the buyer had got it at confirm.
        let order = world.order.as_mut().unwrap();
        let line = order.quote.lines[0].clone();
        let offer = QuoteLine {
            kind: LineKind::Offer,
            id: "SAVE".into(),
            count: None,
            unit_price: None,
            price: discount,
            ..line
        };
        order.quote.lines.push(offer);
        order.payment.amount += discount;
    }
    let mut asked = 0;
    for step in steps {
        let before = world.order().clone();
        if take(&mut world, step, &mut asked) {
            agrees(world.order(), discount)?;
            let pieces = |order: &Order| order.lines.iter().map(|line| line.count).sum::<u32>();
            prop_assert_eq!(pieces(&before), pieces(world.order()));
        }
    }
    if judged && offer_minor == 0 {
        for sent in &world.sent {
            let complaints = law::complaints("1.2.5", sent.action, &sent.payload);
            prop_assert!(complaints.is_empty(), "{:?}", complaints);
        }
    }
    Ok(())
}

fn split() -> impl Strategy<Value = Split> {
    (0u32..100, 0u32..100, 0u32..100, 1u32..100).prop_map(|(partner, carrier, brand, buyer)| Split {
        partner,
        carrier,
        brand,
        buyer,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn trail_refund_and_total_never_disagree(
        steps in proptest::collection::vec(step(), 1..50),
        shared in any::<bool>(),
        offer_minor in prop_oneof![Just(0i64), 1i64..90_000],
        split in split(),
        judged in prop::bool::weighted(0.1),
    ) {
        run(&steps, shared, offer_minor, split, judged)?;
    }

    #[test]
    fn parts_add_up(minor in -1_000_000_000i64..1_000_000_000, weights in proptest::collection::vec(0i64..1_000_000, 1..9)) {
        let parts = Money::from_minor(minor).apportion(&weights);
        prop_assert_eq!(parts.iter().copied().sum::<Money>(), Money::from_minor(minor));
        let whole: i128 = weights.iter().map(|w| i128::from(*w)).sum();
        for (part, weight) in parts.iter().zip(&weights).filter(|_| whole > 0) {
            let off = i128::from(part.minor().unwrap()) * whole - i128::from(minor) * i128::from(*weight);
            prop_assert!(off.abs() < whole, "no part is a whole unit away from its share");
        }
    }
}
