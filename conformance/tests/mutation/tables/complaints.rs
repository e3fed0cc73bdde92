//! Complaints about an order: who takes part, what was done, when. Each rule at each of the three messages that carry it.

use serde_json::{Value, json};

use crate::flow::Flow;
use crate::mutated::Mutation;
use crate::stories::complaint::complaint;

pub fn all() -> Vec<Mutation> {
    let story = complaint();
    let spots =
        [("issue_accepted", "issue"), ("on_issue_resolved", "on_issue"), ("on_issue_status", "on_issue_status")];
    spots.into_iter().flat_map(|(message, action)| broken(&story, message, action)).collect()
}

fn broken(story: &Flow, message: &str, action: &str) -> Vec<Mutation> {
    let set = |path: &str, value: Value| Mutation::set(story, message, &format!("/message/issue{path}"), value);
    let rule = |name: &str| format!("{action}/ISSUE/{name}");
    let issue = &story.payload(message)["message"]["issue"];
    let last = issue["actions"].as_array().unwrap().len() - 1;
    let mut twice = issue["actors"][0].clone();
    twice["type"] = json!("CONSUMER");
    // What is broken contradicts the messages around it too.
    let last_id = ["issue/LAST_ACTION".to_owned(), rule("LAST_ACTION_KNOWN"), "issue/ACTION_CHANGED".to_owned()];
    vec![
        set(&format!("/actions/{last}/action_by"), json!("NP9"))
            .fires(rule("ACTION_BY_ACTOR"))
            .also(&["issue/ACTION_CHANGED"]),
        set(&format!("/actions/{last}/id"), json!("A1"))
            .fires(rule("ACTION_IDS_ONCE"))
            .at(message, "/message/issue/actions")
            .also(&last_id),
        set("/actors/-", twice).fires(rule("ACTOR_IDS_ONCE")).at(message, "/message/issue/actors"),
        set("/complainant_id", json!("NP9")).fires(rule("COMPLAINANT_KNOWN")).also(&["issue/SUBJECT_KEPT"]),
        set("/source_id", json!("CUST9")).fires(rule("SOURCE_KNOWN")).also(&["issue/SUBJECT_KEPT"]),
        set("/last_action_id", json!("A9")).fires(rule("LAST_ACTION_KNOWN")).also(&["issue/LAST_ACTION"]),
        set("/updated_at", json!("2026-11-23T08:00:00.000Z"))
            .fires(rule("UPDATED_AFTER_CREATED"))
            .also(&["issue/UPDATED_AT_MOVES"]),
    ]
}
