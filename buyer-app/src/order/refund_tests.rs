//! Whatever a seller takes back, in whatever portions: money confirmed = money still charged + refunds, to the paisa.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::money::Money;
use crate::order::decide::{Event, Rules, Told, decide};
use crate::order::record::{Order, OrderedLine, Payment};
use crate::order::report::Report;
use crate::order::state::OrderState;

const LINE: &str = "I1";
const DELIVERY: i64 = 5_000;

fn money(hundredths: i64) -> String {
    Money::from_hundredths(hundredths).wire()
}

fn order(unit: i64, count: u32, paid: bool) -> Order {
    let quote = serde_json::from_value(quote(unit, count)).unwrap();
    let total = Money::from_hundredths(unit * i64::from(count) + DELIVERY);
    let line = OrderedLine {
        item_id: LINE.into(),
        title: "Rice".into(),
        count,
        unit_price: Money::from_hundredths(unit),
        category: String::new(),
        returnable: Some(true),
        cancellable: Some(true),
    };
    let payment = Payment {
        kind: if paid { "ON-ORDER" } else { "ON-FULFILLMENT" }.into(),
        collected_by: "BAP".into(),
        paid,
        amount: total,
        currency: "INR".into(),
        reference: String::new(),
        wire: Value::Null,
    };
    Order {
        id: "O".into(),
        transaction_id: "T".into(),
        owner: "api".into(),
        domain: "D".into(),
        core_version: "1.2.5".into(),
        city: "*".into(),
        bpp_id: "s".into(),
        bpp_uri: String::new(),
        provider_id: "P1".into(),
        provider_name: String::new(),
        location_id: "L1".into(),
        state: OrderState::Accepted,
        ordered: vec![line],
        lines: Vec::new(),
        fulfilments: Vec::new(),
        quote,
        confirmed_total: total,
        payment,
        billing: Value::Null,
        delivery: Value::Null,
        documents: Vec::new(),
        cancellation: None,
        refunds: Vec::new(),
        timeline: Vec::new(),
        returns_asked: Vec::new(),
        tracking: None,
        reported_ms: 0,
        last_message_ms: 0,
        created_ms: 0,
        updated_ms: 0,
    }
}

fn quote(unit: i64, count: u32) -> Value {
    let goods = unit * i64::from(count);
    json!({"price": {"currency": "INR", "value": money(goods + DELIVERY)}, "breakup": [
        {"@ondc/org/item_id": LINE, "@ondc/org/item_quantity": {"count": count}, "title": "Rice", "@ondc/org/title_type": "item", "price": {"currency": "INR", "value": money(goods)}},
        {"@ondc/org/item_id": "F1", "title": "Delivery", "@ondc/org/title_type": "delivery", "price": {"currency": "INR", "value": money(DELIVERY)}}]})
}

/// The order after portions of the given sizes were cancelled, one fulfilment each; `trails` says whether the seller explains.
fn report(unit: i64, count: u32, portions: &[u32], trails: bool) -> Report {
    let gone: u32 = portions.iter().sum();
    let portion = |(at, pieces): (usize, &u32)| {
        let mut fulfilment =
            json!({"id": format!("C{at}"), "type": "Cancel", "state": {"descriptor": {"code": "Cancelled"}}});
        if trails {
            fulfilment["tags"] = json!([{"code": "quote_trail", "list": [{"code": "type", "value": "item"}, {"code": "id", "value": LINE},
                {"code": "currency", "value": "INR"}, {"code": "value", "value": money(-unit * i64::from(*pieces))}]}]);
        }
        fulfilment
    };
    let fulfilments: Vec<Value> = portions.iter().enumerate().map(portion).collect();
    serde_json::from_value(
        json!({"id": "O", "state": "Accepted", "fulfillments": fulfilments, "quote": quote(unit, count - gone)}),
    )
    .unwrap()
}

proptest! {
    #[test]
    fn nothing_is_kept_and_nothing_is_paid_twice(
        unit in 1i64..5_000_000, portions in proptest::collection::vec(1u32..5, 1..6), spare in 0u32..4, trails: bool, paid: bool, again in 0usize..6
    ) {
        let count = portions.iter().sum::<u32>() + spare;
        let mut order = order(unit, count, paid);
        for told in 1..=portions.len() {
            // Reports repeat what they said before; the same one may also come twice.
            for _ in 0..=usize::from(told == again) {
                let event = Event::Updated(Box::new(report(unit, count, &portions[..told], trails)), Told { at_ms: told as i64 });
                order = decide(&order, event, &Rules::default(), 1).unwrap().next;
                let expected = if paid { order.confirmed_total } else { order.quote.price.value };
                prop_assert_eq!(order.quote.price.value + order.refunds_recorded(), expected);
                prop_assert!(order.refunds.iter().all(|r| r.amount.is_positive()));
            }
        }
        let mut ids: Vec<&str> = order.refunds.iter().map(|r| r.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), order.refunds.len());
        if paid && trails {
            for (at, pieces) in portions.iter().enumerate() {
                let of: Money = order.refunds.iter().filter(|r| r.fulfilment_id == format!("C{at}")).map(|r| r.amount).sum();
                prop_assert_eq!(of.hundredths(), unit * i64::from(*pieces));
            }
        }
    }

    #[test]
    fn a_trail_that_does_not_explain_the_total_is_refused(unit in 100i64..5_000_000, off in 1i64..100) {
        let order = order(unit, 3, true);
        let mut wrong = report(unit, 3, &[1], true);
        let quote = wrong.quote.as_mut().unwrap();
        quote.price.value += Money::from_hundredths(off);
        quote.breakup[1].price.value += Money::from_hundredths(off);
        let refusal = decide(&order, Event::Updated(Box::new(wrong), Told { at_ms: 1 }), &Rules::default(), 1).unwrap_err();
        prop_assert_eq!(refusal.code, "22507");
    }
}
