//! The tables, printed: a change of a rule shows as a change of the snapshot.

use super::*;

fn table<S: Copy>(all: &[S], name: impl Fn(S) -> &'static str, step: impl Fn(S, S) -> Step) -> String {
    let width = all.iter().map(|s| name(*s).len()).max().unwrap_or(0);
    let mut out = String::new();
    for from in all {
        let to: Vec<&str> = all.iter().filter(|to| step(*from, **to) == Step::Forward).map(|to| name(*to)).collect();
        let to = if to.is_empty() { "(end)".to_owned() } else { to.join(", ") };
        out.push_str(&format!("{:<width$} -> {to}\n", name(*from)));
    }
    out
}

#[test]
fn order_table() {
    insta::assert_snapshot!(table(&OrderState::ALL, OrderState::name, OrderState::step));
}

#[test]
fn delivery_table() {
    insta::assert_snapshot!(table(&DeliveryState::ALL, DeliveryState::wire, DeliveryState::step));
}

#[test]
fn return_table() {
    insta::assert_snapshot!(table(&ReturnState::ALL, ReturnState::wire, ReturnState::step));
}

#[test]
fn rto_table() {
    insta::assert_snapshot!(table(&RtoState::ALL, RtoState::wire, RtoState::step));
}

#[test]
fn repeating_a_state_is_never_a_move() {
    assert!(OrderState::ALL.iter().all(|s| s.step(*s) == Step::Same));
    assert!(DeliveryState::ALL.iter().all(|s| s.step(*s) == Step::Same));
    assert!(ReturnState::ALL.iter().all(|s| s.step(*s) == Step::Same));
    assert!(RtoState::ALL.iter().all(|s| s.step(*s) == Step::Same));
}

#[test]
fn a_state_code_we_do_not_know_is_not_refused() {
    assert_eq!(fulfilment_step(FulfilmentKind::Delivery, "Packed", "Drone-launched"), Step::Forward);
    assert_eq!(fulfilment_step(FulfilmentKind::Delivery, "Order-delivered", "Packed"), Step::Refused);
    assert_eq!(fulfilment_step(FulfilmentKind::Return, "Return_Picked", "Return_Delivered"), Step::Forward);
}
