//! The state machines, printed whole. docs/FLOWS shows these snapshots, so prose cannot drift from them.

use seller_app::fulfilment::{DeliveryEvent, DeliveryState, RtoEvent, RtoState, Way};
use seller_app::order::{OrderEvent, OrderState};
use seller_app::partners::{Stage, Step};
use seller_app::returns::{ReturnEvent, ReturnState};
use seller_app::state_table::Misfit;

use crate::law;

fn row(state: &str, cells: Vec<(String, Result<&'static str, Misfit>)>) -> String {
    let cells = cells.iter().map(|(event, next)| match next {
        Ok(next) => format!("  {event:<12} → {next}\n"),
        Err(misfit) => format!("  {event:<12} ✗ {misfit:?}\n"),
    });
    format!("{state}\n{}", cells.collect::<String>())
}

#[test]
fn order_states() {
    let rows = OrderState::ALL.map(|state| {
        let cell = |event: &OrderEvent| (format!("{event:?}"), state.next(*event).map(OrderState::as_str));
        row(state.as_str(), OrderEvent::ALL.iter().map(cell).collect())
    });
    insta::assert_snapshot!(rows.concat());
}

/// One table for each way. States that are no station of a way are left out of it: nothing leads to them.
#[test]
fn delivery_states() {
    let mut text = String::new();
    for way in Way::ALL {
        text.push_str(&format!("==== {way:?} {}\n", way.routing().unwrap_or("(no routing tag)")));
        for state in DeliveryState::ALL.into_iter().filter(|state| way.has(*state)) {
            let cell =
                |event: &DeliveryEvent| (format!("{event:?}"), state.next(*event, way).map(DeliveryState::as_str));
            text.push_str(&row(state.as_str(), DeliveryEvent::ALL.iter().map(cell).collect()));
        }
    }
    insta::assert_snapshot!(text);
}

/// The stations of each way are the network's: what it requires or allows can be reached, what it forbids cannot.
#[test]
fn stations_are_those_of_the_routing() {
    for version in law::VERSIONS {
        let routings = law::book(version).codes("routing").unwrap();
        for way in [Way::Direct, Way::Hub] {
            let routing = routings.iter().find(|one| Some(one.code.as_str()) == way.routing()).unwrap();
            let reached = reachable(way);
            for state in DeliveryState::ALL.into_iter().filter(|state| *state != DeliveryState::Cancelled) {
                let name = state.as_str();
                let allowed = routing.texts("required").contains(&name) || routing.texts("optional").contains(&name);
                assert_eq!(reached.contains(&state), allowed, "{version} {way:?} {name}");
                assert_eq!(routing.texts("forbidden").contains(&name), !allowed, "{version} {way:?} {name}");
            }
        }
        assert_eq!(reachable(Way::Counter).len(), 4, "pending, packed, picked up, cancelled");
    }
}

fn reachable(way: Way) -> Vec<DeliveryState> {
    let mut found = vec![DeliveryState::Pending];
    let mut at = 0;
    while at < found.len() {
        let next = DeliveryEvent::ALL.iter().filter_map(|event| found[at].next(*event, way).ok());
        let fresh: Vec<DeliveryState> = next.filter(|state| !found.contains(state)).collect();
        found.extend(fresh);
        at += 1;
    }
    found
}

#[test]
fn return_states() {
    let rows = ReturnState::ALL.map(|state| {
        let cell = |event: &ReturnEvent| (format!("{event:?}"), state.next(*event).map(ReturnState::as_str));
        row(state.as_str(), ReturnEvent::ALL.iter().map(cell).collect())
    });
    insta::assert_snapshot!(rows.concat());
}

#[test]
fn rto_states() {
    let rows = RtoState::ALL.map(|state| {
        let cell = |event: &RtoEvent| (format!("{event:?}"), state.next(*event).map(RtoState::as_str));
        row(state.as_str(), RtoEvent::ALL.iter().map(cell).collect())
    });
    insta::assert_snapshot!(rows.concat());
}

#[test]
fn partner_stages() {
    let rows = Stage::ALL.map(|stage| {
        let cell = |step: &Step| (step.as_str().to_owned(), stage.next(*step).map(Stage::as_str));
        row(stage.as_str(), Step::ALL.iter().map(cell).collect())
    });
    insta::assert_snapshot!(rows.concat());
}

/// Our tables never do what the network's table forbids.
#[test]
fn our_tables_are_within_the_law() {
    for version in law::VERSIONS {
        let rules = law::rules(version);
        assert!(!rules.transitions.is_empty());
        let mut steps = Vec::new();
        for (state, way) in DeliveryState::ALL.into_iter().flat_map(|state| Way::ALL.map(|way| (state, way))) {
            steps.extend(
                DeliveryEvent::ALL.iter().filter_map(|e| Some((state.as_str(), state.next(*e, way).ok()?.as_str()))),
            );
        }
        for state in ReturnState::ALL {
            steps.extend(ReturnEvent::ALL.iter().filter_map(|e| Some((state.as_str(), state.next(*e).ok()?.as_str()))));
        }
        for state in RtoState::ALL {
            steps.extend(RtoEvent::ALL.iter().filter_map(|e| Some((state.as_str(), state.next(*e).ok()?.as_str()))));
        }
        for (from, to) in steps {
            assert!(rules.allows(from, to), "{version}: {from} → {to}");
        }
    }
}

/// Every state and kind that we send is a code of the book.
#[test]
fn our_names_are_the_networks_names() {
    for version in law::VERSIONS {
        let states = law::book(version).codes("fulfilment_state").unwrap();
        let names = DeliveryState::ALL.map(DeliveryState::as_str).into_iter();
        let names = names.chain(ReturnState::ALL.map(ReturnState::as_str)).chain(RtoState::ALL.map(RtoState::as_str));
        for name in names {
            assert!(states.contains(name), "{name}");
        }
        let orders = law::book(version).codes("order_state").unwrap();
        for state in OrderState::ALL.into_iter().filter(|state| !state.is_draft()) {
            assert!(orders.contains(state.as_str()), "{}", state.as_str());
        }
        let rules = law::rules(version);
        for id in [rules.version.late_reason, rules.version.lost_confirmation.0, rules.version.lost_confirmation.1] {
            assert!(rules.cancellation_reasons.contains_key(id), "{version}: reason {id}");
        }
        assert!(rules.cancellation_reasons.values().any(|reason| reason.seller && reason.part));
        assert!(rules.cancellation_reasons.values().any(|reason| reason.seller && reason.rto));
    }
}
