//! The built-in law is whole: what one file names, another defines.

use std::collections::HashSet;

use specs::{Action, Book, Specs};

fn law() -> Specs {
    Specs::builtin().unwrap_or_else(|error| panic!("{error}"))
}

/// At start nothing is compiled, so this is where a mistake in any file of the data shows.
#[test]
fn every_file_of_every_book_compiles() {
    law().compile_all().unwrap_or_else(|error| panic!("{error}"));
}

fn each_book(check: impl FnMut(&Book)) {
    law().books().iter().for_each(check);
}

#[test]
fn both_versions_of_grocery_are_there() {
    let law = law();
    for version in ["1.2.0", "1.2.5"] {
        assert!(law.book("ONDC:RET10", version).is_some(), "no book for {version}");
    }
    assert!(law.book("ONDC:RET10", "9.9.9").is_none());
}

#[test]
fn the_policy_says_what_nodes_need() {
    let law = law();
    let policy = law.network();
    assert!(!policy.id.is_empty() && !policy.languages.is_empty(), "{policy:?}");
    assert_eq!((policy.country.as_str(), policy.currency.as_str()), ("IND", "INR"));
    assert!(!policy.phone_pattern.is_empty() && !policy.postal_code_pattern.is_empty(), "{policy:?}");
    assert!(policy.ttl_ms > 0 && policy.clock_skew_ms_max > 0);
}

/// Codes that the receive path and the order core answer with (NETWORK-SPEC: signatures, stock, serviceability, terms).
#[test]
fn the_error_codes_that_nodes_send_are_there_once() {
    let law = law();
    for code in
        ["10001", "20001", "20006", "30000", "30009", "30016", "30018", "30022", "30023", "40002", "40003", "50001"]
    {
        let error = law.error(code).unwrap_or_else(|| panic!("no error code {code}"));
        assert!(!error.kind.is_empty() && !error.meaning.is_empty() && !error.sender.is_empty(), "{error:?}");
    }
    let codes: HashSet<&str> = law.errors().iter().map(|error| error.code.as_str()).collect();
    assert_eq!(codes.len(), law.errors().len(), "an error code stands twice");
}

#[test]
fn every_action_that_may_follow_has_law() {
    each_book(|book| {
        assert!(!book.next_actions(None).is_empty(), "{} {}", book.domain(), book.version());
        let orders = book.knows(Action::Confirm);
        assert_eq!(orders, book.next_actions(None).contains(&Action::Search), "{} {}", book.domain(), book.version());
        for last in Action::ALL.into_iter().map(Some).chain([None]) {
            for next in book.next_actions(last) {
                assert!(
                    book.knows(*next),
                    "{} {}: {next} may follow {last:?}, but has no law",
                    book.domain(),
                    book.version()
                );
            }
        }
    });
}

#[test]
fn every_step_of_every_flow_has_law_and_its_own_side() {
    each_book(|book| {
        assert!(!book.flows().is_empty());
        for flow in book.flows() {
            assert!(!flow.steps.is_empty() && !flow.title.is_empty(), "{}: no steps or no title", flow.id);
            for step in &flow.steps {
                assert!(book.knows(step.action), "{}: {} has no law", flow.id, step.action);
                assert!(
                    !step.unsolicited || step.action.is_callback(),
                    "{}: {} cannot be unsolicited",
                    flow.id,
                    step.action
                );
                assert!(
                    step.action.either_side() || step.owner == step.action.sender(),
                    "{}: {} is not sent by {:?}",
                    flow.id,
                    step.action,
                    step.owner
                );
            }
        }
    });
}

#[test]
fn every_rule_has_its_own_id_and_words() {
    each_book(|book| {
        for action in Action::ALL {
            let mut ids = HashSet::new();
            for rule in book.rules(action) {
                assert!(ids.insert(&rule.id), "{}: twice", rule.id);
                assert!(!rule.description.is_empty(), "{}: no description", rule.id);
            }
        }
    });
}

/// A test without `_SCOPE_` begins at the payload's root, within a group with a scope as well: there `$.tags` finds nothing,
/// and the rule always or never fires. Its variables belong on the group.
#[test]
fn variables_at_the_root_begin_with_a_part_of_the_payload() {
    const PARTS: [&str; 5] = ["$.context", "$.message", "$.error", "$.errors", "$._BEFORE_"];
    let mut lost = HashSet::new();
    each_book(|book| {
        for rule in Action::ALL.into_iter().flat_map(|action| book.rules(action).chain(book.history_rules(action))) {
            for (name, path) in rule.variables.iter().filter(|(_, path)| path.starts_with('$')) {
                let found = PARTS.iter().any(|part| {
                    path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
                });
                if !found {
                    lost.insert(format!("{} {}: {}: {name} is {path}", book.domain(), book.version(), rule.id));
                }
            }
        }
    });
    let mut lost: Vec<String> = lost.into_iter().collect();
    lost.sort();
    assert!(lost.is_empty(), "{} variables find nothing:\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn transitions_are_between_known_states() {
    let law = law();
    // Only orders are fulfilled.
    law.books().iter().filter(|book| book.knows(Action::Confirm)).for_each(|book| {
        let states = book.codes("fulfilment_state").expect("the list of fulfilment states");
        assert!(!book.transitions().is_empty());
        for (from, to) in book.transitions().iter() {
            for state in to.iter().map(String::as_str).chain([from]) {
                assert!(states.contains(state), "{state} is in the table of transitions only");
            }
        }
    });
}

#[test]
fn requests_have_limits() {
    each_book(|book| {
        for action in Action::ALL.into_iter().filter(|&action| book.knows(action) && action.callback().is_some()) {
            assert!(book.limits(action).ttl_ms_max > 0, "{action}");
        }
    });
}
