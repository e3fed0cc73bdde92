//! Complaints of version 1.0.0: two lists of actions, each side's own.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use specs::Specs;

use super::{BUYER, RETAIL, SELLER, SHIPPING, message};
use crate::story::{Broken, Defect, Story, at, broken, each_fires, fired_by, is_clean};

/// Version 1.0.0: two lists, each side's own.
fn older() -> Story {
    let by = |who: &str| json!({ "org": { "name": format!("{who}::ONDC:RET10") }, "person": { "name": "A. Person" }, "contact": { "phone": "9000000001" } });
    let asked = |code: &str, second: u32| json!({ "complainant_action": code, "short_desc": "so", "updated_at": at(second), "updated_by": by(BUYER) });
    let did = |code: &str, second: u32| json!({ "respondent_action": code, "short_desc": "so", "updated_at": at(second), "updated_by": by(SELLER), "cascaded_level": 1 });
    let open = json!({ "issue": {
        "id": "ISSUE-1", "category": "ITEM", "sub_category": "ITM04", "issue_type": "ISSUE", "status": "OPEN",
        "complainant_info": { "person": { "name": "A. Person" }, "contact": { "phone": "9000000001" } },
        "order_details": { "id": "O1", "state": "Completed", "provider_id": "P1", "items": [{ "id": "I1", "quantity": 1 }],
            "fulfillments": [{ "id": "F1", "state": "Order-delivered" }] },
        "description": { "short_desc": "stale", "long_desc": "the bread is hard", "images": ["https://buyer.example/1.png"] },
        "source": { "network_participant_id": BUYER, "type": "CONSUMER" },
        "expected_response_time": { "duration": "PT2H" }, "expected_resolution_time": { "duration": "P1D" },
        "created_at": at(0), "updated_at": at(0), "issue_actions": { "complainant_actions": [asked("OPEN", 0)] } } });
    let reply = |acts: Vec<Value>, second: u32| json!({ "issue": { "id": "ISSUE-1", "created_at": at(0), "updated_at": at(second), "issue_actions": { "respondent_actions": acts } } });
    let processing = reply(vec![did("PROCESSING", 10)], 10);
    let mut resolved = reply(vec![did("PROCESSING", 10), did("RESOLVED", 30)], 30);
    resolved["issue"]["resolution"] = json!({ "short_desc": "money back", "long_desc": "all of it", "action_triggered": "REFUND", "refund_amount": "40.00" });
    resolved["issue"]["resolution_provider"] =
        json!({ "respondent_info": { "type": "TRANSACTION-COUNTERPARTY-NP", "organization": by(SELLER) } });
    let close = json!({ "issue": { "id": "ISSUE-1", "status": "CLOSED", "rating": "THUMBS-UP", "created_at": at(0), "updated_at": at(40),
        "issue_actions": { "complainant_actions": [asked("OPEN", 0), asked("CLOSE", 40)] } } });
    let named = |name: &str, payload: Value| (name.to_owned(), payload);
    Story {
        messages: vec![
            named("issue", message(RETAIL, "issue", "1", 0, &open)),
            named("on_issue", message(RETAIL, "on_issue", "1", 10, &processing)),
            named("issue_status", message(RETAIL, "issue_status", "2", 20, &json!({ "issue_id": "ISSUE-1" }))),
            named("on_issue_status", message(RETAIL, "on_issue_status", "2", 30, &resolved)),
            named("close", message(RETAIL, "issue", "3", 40, &close)),
        ],
    }
}

/// Version 1.0.0: the seller passes the same complaint on, with what both did.
fn older_passed_on() -> Story {
    let mut story = older();
    story.messages.truncate(2);
    let mut below = story.messages[0].1["message"].clone();
    let mut acts = story.messages[1].1["message"]["issue"]["issue_actions"]["respondent_actions"].clone();
    let mut cascaded = acts[0].clone();
    cascaded["respondent_action"] = "CASCADED".into();
    cascaded["cascaded_level"] = 2.into();
    cascaded["updated_at"] = at(20).into();
    acts.as_array_mut().unwrap().push(cascaded);
    below["issue"]["issue_actions"]["respondent_actions"] = acts;
    below["issue"]["updated_at"] = at(20).into();
    story.messages.push(("below".to_owned(), message(SHIPPING, "issue", "b1", 20, &below)));
    story
}

/// Solved by an answer that nobody asked for, as many participants do.
fn older_resolved() -> Story {
    let mut story = older();
    let solved = story.messages[3].1["message"].clone();
    story.messages.truncate(2);
    story.messages.push(("resolved".to_owned(), message(RETAIL, "on_issue", "1", 30, &solved)));
    story
}

#[test]
fn clean_older_complaints_stay_clean() {
    let specs = Specs::builtin().unwrap();
    for story in [older(), older_passed_on(), older_resolved()] {
        is_clean(&specs, &story);
    }
}

fn broken_older_passed_on() -> Vec<Defect> {
    vec![(
        "below",
        "/message/issue/id",
        json!("ISSUE-9"),
        &["issue/CASCADE_ID", "issue/PARTICIPANT_DOMAIN", "issue/PARTICIPANT_KNOWN"],
    )]
}

fn broken_older() -> Vec<Defect> {
    vec![
        (
            "close",
            "/message/issue/issue_actions/complainant_actions/0",
            Value::Null,
            &["issue/ACTIONS_APPENDED", "issue/COMPLAINT/FIRST_ACTION_OPEN"],
        ),
        (
            "on_issue_status",
            "/message/issue/issue_actions/respondent_actions/0",
            Value::Null,
            &["issue/ACTIONS_APPENDED"],
        ),
        ("on_issue_status", "/message/issue/resolution", Value::Null, &["on_issue_status/RESOLVED_HOW"]),
        (
            "on_issue_status",
            "/message/issue/resolution/refund_amount",
            Value::Null,
            &["on_issue_status/COMPLAINT/REFUND_AMOUNT"],
        ),
        (
            "on_issue_status",
            "/message/issue/resolution_provider",
            Value::Null,
            &["IGM.on_issue_status.schema.required"],
        ),
        (
            "on_issue_status",
            "/message/issue/updated_at",
            json!(at(31)),
            &["issue/UPDATED_BY_ACTION", "on_issue_status/COMPLAINT/UPDATED_NOT_AHEAD"],
        ),
        ("on_issue", "/message/issue/created_at", json!(at(5)), &["issue/CREATED_AT_KEPT"]),
        (
            "on_issue",
            "/message/issue/issue_actions/respondent_actions/0/updated_by/org/name",
            json!("other.example::ONDC:RET10"),
            &["issue/PARTICIPANT_KNOWN"],
        ),
        (
            "on_issue",
            "/message/issue/issue_actions/respondent_actions/0/updated_by/person",
            Value::Null,
            &["IGM.on_issue.schema.required"],
        ),
        ("issue", "/message/issue/order_details/items", Value::Null, &["IGM.issue.schema.required"]),
        ("issue", "/message/issue/sub_category", json!("bread"), &["IGM.issue.schema.pattern"]),
        ("issue", "/message/issue/issue_type", json!("GRIEVANCE"), &["issue/COMPLAINT/ESCALATED_BY_ACTION"]),
        ("issue", "/message/issue/source", Value::Null, &["issue/COMPLAINT/SOURCE_GIVEN"]),
        (
            "issue",
            "/message/issue/updated_at",
            json!("2025-03-01T09:59:59.000Z"),
            &["issue/COMPLAINT/NEW_WHEN_CREATED", "issue/COMPLAINT/UPDATED_AFTER_CREATED", "issue/UPDATED_BY_ACTION"],
        ),
        (
            "close",
            "/message/issue/status",
            json!("OPEN"),
            &[
                "IGM.issue.schema.required",
                "issue/COMPLAINT/CLOSED_TOLD",
                "issue/COMPLAINT/LEVEL_GIVEN",
                "issue/COMPLAINT/RATED_AT_THE_END",
                "issue/COMPLAINT/SOURCE_GIVEN",
            ],
        ),
        ("issue_status", "/message/issue_id", json!(""), &["IGM.issue_status.schema.minLength"]),
    ]
}

/// What stands in each answer, at the message that tells the solution.
fn broken_answer(name: &str, action: &str) -> Vec<Broken> {
    let set = |path: &str, value: Value| broken(name, &format!("/message/issue{path}"), value).at_the_end();
    let rule = |name: &str| format!("{action}/{name}");
    let by_action = || "issue/UPDATED_BY_ACTION".to_owned();
    let act = "/issue_actions/respondent_actions/1";
    vec![
        set("/updated_at", json!("2025-03-01T09:59:00.000Z")).fires(&[
            rule("COMPLAINT/UPDATED_AFTER_CREATED"),
            by_action(),
            "issue/UPDATED_AT_MOVES".to_owned(),
        ]),
        set("/updated_at", json!(at(31))).fires(&[rule("COMPLAINT/UPDATED_NOT_AHEAD"), by_action()]),
        set(&format!("{act}/respondent_action"), json!("PROCESSING")).fires(&[rule("COMPLAINT/RESOLUTION_BY_ACTION")]),
        set("/resolution/refund_amount", Value::Null).fires(&[rule("COMPLAINT/REFUND_AMOUNT")]),
        set(&format!("{act}/updated_by/org/name"), json!("seller.example")).fires(&[rule("STEP/ORGANISATION_FORM")]),
        broken(name, "/context/country", Value::Null).at_the_end().fires(&[rule("PLACE/COUNTRY")]),
        broken(name, "/context/city", Value::Null).at_the_end().fires(&[rule("PLACE/CITY")]),
    ]
}

fn broken_request() -> Vec<Broken> {
    let set = |path: &str, value: Value| broken("close", &format!("/message/issue{path}"), value).at_the_end();
    let act = "/issue_actions/complainant_actions/1";
    vec![
        set(&format!("{act}/complainant_action"), json!("ESCALATE")).fires(&["issue/COMPLAINT/CLOSED_BY_ACTION"]),
        set(&format!("{act}/complainant_action"), json!("ESCALATE"))
            .and("close", "/message/issue/issue_type", json!("ISSUE"))
            .fires(&["issue/COMPLAINT/CLOSED_BY_ACTION", "issue/COMPLAINT/LEVEL_RAISED"]),
        set("/updated_at", json!(at(41))).fires(&["issue/COMPLAINT/UPDATED_NOT_AHEAD", "issue/UPDATED_BY_ACTION"]),
        set(&format!("{act}/short_desc"), Value::Null).fires(&["issue/STEP/DESCRIBED"]),
        set(&format!("{act}/updated_by/org/name"), json!("buyer.example")).fires(&["issue/STEP/ORGANISATION_FORM"]),
    ]
}

#[test]
fn what_is_broken_in_an_older_complaint_is_told() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, older, broken_older());
    each_fires(&specs, older_passed_on, broken_older_passed_on());
    each_fires(&specs, older, broken_answer("on_issue_status", "on_issue_status"));
    each_fires(&specs, older_resolved, broken_answer("resolved", "on_issue"));
    each_fires(&specs, older, broken_request());
}

/// Every rule that these defects fire.
pub fn fired() -> BTreeSet<String> {
    let mut fired = fired_by([broken_older(), broken_older_passed_on()].concat());
    let answers = [broken_answer("on_issue_status", "on_issue_status"), broken_answer("resolved", "on_issue")];
    fired.extend(fired_by(answers.concat()));
    fired.extend(fired_by(broken_request()));
    fired
}
