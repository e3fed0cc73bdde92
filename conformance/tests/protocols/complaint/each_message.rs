//! What holds in every message of a complaint, broken in each kind of message that carries the whole of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use specs::Specs;

use super::{RETAIL, escalated, message, solved};
use crate::story::{Broken, Story, at, broken, each_fires, fired_by, is_clean};

/// After this message the buyer asks how the complaint stands, and is told.
fn asked_after(mut story: Story, name: &str) -> Story {
    let at_place = story.messages.iter().position(|(own, _)| own == name).unwrap();
    let mut body = story.messages[at_place].1["message"].clone();
    body.as_object_mut().unwrap().remove("update_target");
    let question = message(RETAIL, "issue_status", "s", 101, &json!({ "issue_id": "ISSUE-1" }));
    let answer = message(RETAIL, "on_issue_status", "s", 102, &body);
    let pair = [("issue_status".to_owned(), question), ("on_issue_status".to_owned(), answer)];
    story.messages.truncate(at_place + 1);
    story.messages.extend(pair);
    story
}

fn escalated_and_asked() -> Story {
    asked_after(escalated(), "RESOLVED")
}

fn solved_and_asked() -> Story {
    asked_after(solved(), "PROCESSING")
}

/// Version 1.2.0 of the order leaves more out.
fn in_older_order(mut story: Story) -> Story {
    story.messages.iter_mut().for_each(|(_, payload)| payload["context"]["core_version"] = "1.2.0".into());
    story
}

fn escalated_in_older_order() -> Story {
    in_older_order(escalated())
}

fn asked_in_older_order() -> Story {
    in_older_order(escalated_and_asked())
}

#[test]
fn clean_complaints_that_are_asked_after_stay_clean() {
    let specs = Specs::builtin().unwrap();
    for story in [escalated_and_asked(), solved_and_asked(), escalated_in_older_order(), asked_in_older_order()] {
        is_clean(&specs, &story);
    }
}

/// In a complaint that was escalated, solved and perhaps closed: the message, its action, its last action.
fn broken_whole(name: &str, action: &str, last: usize) -> Vec<Broken> {
    let set = |path: &str, value: Value| broken(name, &format!("/message/issue{path}"), value).at_the_end();
    let rule = |name: &str| format!("{action}/ISSUE/{name}");
    let one = |name: &str| [rule(name)];
    // What the messages before said stands against it as well.
    let with = |name: &str, also: &str| [rule(name), format!("issue/{also}")];
    // The answer to a question adds no action: its last one was told before.
    let repeated: &[&str] = if action == "on_issue_status" { &["issue/ACTION_CHANGED"] } else { &[] };
    let mut twice = escalated().messages[0].1["message"]["issue"]["actors"][0].clone();
    twice["type"] = "CONSUMER".into();
    vec![
        set("/actions/1/id", json!("A1")).fires(&with("ACTION_IDS_ONCE", "ACTION_CHANGED")),
        set("/actions/0/descriptor/code", json!("INFO_PROVIDED")).fires(&with("FIRST_ACTION_OPEN", "ACTION_CHANGED")),
        set("/actors/-", twice).fires(&one("ACTOR_IDS_ONCE")),
        set("/actors/1/type", json!("CONSUMER")).fires(&one("RAISED_THROUGH")),
        set(&format!("/actions/{last}/action_by"), json!("NP9")).fires(&one("ACTION_BY_ACTOR")).fires(repeated),
        set("/last_action_id", json!("A99")).fires(&with("LAST_ACTION_KNOWN", "LAST_ACTION")),
        set("/source_id", json!("CUST9")).fires(&with("SOURCE_KNOWN", "SUBJECT_KEPT")),
        set("/complainant_id", json!("NP9")).fires(&with("COMPLAINANT_KNOWN", "SUBJECT_KEPT")),
        set("/respondent_ids/0", json!("NP9")).fires(&one("RESPONDENT_KNOWN")),
        set("/resolver_ids/0", json!("NP9")).fires(&one("RESOLVER_KNOWN")),
        set("/updated_at", json!("2025-03-01T09:59:00.000Z")).fires(&with("UPDATED_AFTER_CREATED", "UPDATED_AT_MOVES")),
        set("/updated_at", json!(at(900))).fires(&one("UPDATED_NOT_AHEAD")),
        set("/resolutions", json!([])).fires(&with("RESOLUTIONS_GIVEN", "RESOLUTION_KEPT")),
        set("/actions/6/ref_id", json!("R9")).fires(&one("CHOSEN_KNOWN")),
        set("/resolutions/1/ref_id", json!("R9")).fires(&one("PARENT_KNOWN")),
        set("/level", json!("ISSUE")).fires(&one("LEVEL_RAISED")),
        set("/actors/3/type", json!("COUNTERPARTY_NP")).fires(&one("OFFICER_NAMED")),
        set("/refs/2/tags/0/list/0/descriptor/code", json!("quantity.count")).fires(&one("COUNTED_AS")),
        set("/actors/2/info/org/name", json!("seller.example"))
            .fires(&[format!("{action}/PARTICIPANT/ORGANISATION_FORM")]),
    ]
}

/// The status of the complaint, against what was done.
fn broken_status(name: &str, action: &str, last: usize) -> Vec<Broken> {
    let set = |path: &str, value: Value| broken(name, &format!("/message/issue{path}"), value).at_the_end();
    let rule = |name: &str| format!("{action}/ISSUE/{name}");
    let with = |name: &str| [rule(name), "issue/STATUS_FITS".to_owned()];
    // Only who complains can close; the answer to a question repeats what the other side did.
    let taken: &[&str] = match action {
        "on_issue" => &["issue/ADDED_BY_SENDER"],
        "on_issue_status" => &["issue/ACTION_CHANGED"],
        _ => &[],
    };
    vec![
        set("/status", json!("CLOSED")).fires(&with("CLOSED_BY_ACTION")),
        set("/status", json!("RESOLVED")).fires(&with("RESOLVED_BY_ACTION")),
        set(&format!("/actions/{last}/descriptor/code"), json!("CLOSED")).fires(&with("CLOSED_TOLD")).fires(taken),
        set("/level", json!("GRIEVANCE")).fires(&[rule("ESCALATED_BY_ACTION"), rule("OFFICER_NAMED")]),
    ]
}

fn broken_answer() -> Vec<Broken> {
    vec![
        broken("PROCESSING", "/context/country", Value::Null).at_the_end().fires(&["on_issue/PLACE/COUNTRY"]),
        broken("PROCESSING", "/context/city", Value::Null).at_the_end().fires(&["on_issue/PLACE/CITY"]),
        broken("PROCESSING", "/message/issue/respondent_ids", Value::Null).at_the_end().fires(&["on_issue/RESPONDENT"]),
        broken("on_issue_status", "/context/country", Value::Null).fires(&["on_issue_status/PLACE/COUNTRY"]),
        broken("on_issue_status", "/context/city", Value::Null).fires(&["on_issue_status/PLACE/CITY"]),
    ]
}

/// An action without words, where the schema does not ask for them.
fn broken_words(name: &str, action: &str) -> Vec<Broken> {
    let words = broken(name, "/message/issue/actions/4/descriptor/short_desc", Value::Null).at_the_end();
    vec![words.fires(&[format!("{action}/ACTION/DESCRIBED")])]
}

#[test]
fn what_is_broken_in_one_message_is_told_in_each() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, escalated, broken_whole("CLOSED", "issue", 7));
    each_fires(&specs, escalated, broken_whole("RESOLVED", "on_issue", 6));
    each_fires(&specs, escalated_and_asked, broken_whole("on_issue_status", "on_issue_status", 6));
}

#[test]
fn a_status_that_contradicts_what_was_done_is_told_in_each() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, solved, broken_status("INFO_PROVIDED", "issue", 3));
    each_fires(&specs, solved_and_asked, broken_status("PROCESSING", "on_issue", 1));
    each_fires(&specs, solved_and_asked, broken_status("on_issue_status", "on_issue_status", 1));
}

#[test]
fn what_an_answer_leaves_out_is_told() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, solved_and_asked, broken_answer());
    each_fires(&specs, escalated_in_older_order, broken_words("CLOSED", "issue"));
    each_fires(&specs, escalated_in_older_order, broken_words("RESOLVED", "on_issue"));
    each_fires(&specs, asked_in_older_order, broken_words("on_issue_status", "on_issue_status"));
}

/// Every rule that these defects fire.
pub fn fired() -> BTreeSet<String> {
    let tables = [
        broken_whole("CLOSED", "issue", 7),
        broken_whole("RESOLVED", "on_issue", 6),
        broken_whole("on_issue_status", "on_issue_status", 6),
        broken_status("INFO_PROVIDED", "issue", 3),
        broken_status("PROCESSING", "on_issue", 1),
        broken_status("on_issue_status", "on_issue_status", 1),
        broken_answer(),
        broken_words("CLOSED", "issue"),
        broken_words("RESOLVED", "on_issue"),
        broken_words("on_issue_status", "on_issue_status"),
    ];
    fired_by(tables.concat())
}
