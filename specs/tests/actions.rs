//! The table of actions, as other crates and the documents rely on it.

use std::fmt::Write;

use specs::Action;

#[test]
fn the_table_of_actions() {
    let mut table = String::new();
    for action in Action::ALL {
        let name = |other: Option<Action>| other.map_or("-", Action::as_str);
        let (callback, request) = (name(action.callback()), name(action.request()));
        writeln!(
            table,
            "{:<17} sent by {:<6} callback {callback:<15} answers {request}",
            action.as_str(),
            format!("{:?}", action.sender())
        )
        .unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn wire_text_reads_back() {
    for action in Action::ALL {
        assert_eq!(action.as_str().parse(), Ok(action));
        let json = serde_json::to_string(&action).unwrap();
        assert_eq!(json, format!("\"{action}\""));
        assert_eq!(serde_json::from_str::<Action>(&json).unwrap(), action);
    }
    assert!("Search".parse::<Action>().is_err());
    assert!("on_catalog_rejection".parse::<Action>().is_err());
}

#[test]
fn every_action_stands_once_in_all() {
    let unique: std::collections::HashSet<Action> = Action::ALL.into_iter().collect();
    assert_eq!(unique.len(), Action::ALL.len());
    for action in Action::ALL {
        assert_eq!(action.callback().and_then(Action::request), action.callback().map(|_| action));
    }
}
