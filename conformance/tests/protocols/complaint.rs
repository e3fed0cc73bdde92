//! Complaints: plain, escalated and passed on; the older version has a room of its own.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use specs::Specs;

use crate::story::{Defect, Story, at, each_fires, fired_by, is_clean};

#[path = "complaint/each_message.rs"]
mod each_message;
#[path = "complaint/older.rs"]
mod older;

const BUYER: &str = "buyer.example";
const SELLER: &str = "seller.example";
const CARRIER: &str = "carrier.example";
const ORDER: &str = "T1";

/// The pair of participants, their transaction and domain.
#[derive(Clone, Copy)]
struct Pair {
    bap: &'static str,
    bpp: &'static str,
    transaction: &'static str,
    domain: &'static str,
}

const RETAIL: Pair = Pair { bap: BUYER, bpp: SELLER, transaction: ORDER, domain: "ONDC:RET10" };
const SHIPPING: Pair = Pair { bap: SELLER, bpp: CARRIER, transaction: "T2", domain: "ONDC:LOG10" };

fn message(pair: Pair, action: &str, id: &str, second: u32, message: &Value) -> Value {
    let Pair { bap, bpp, transaction, domain } = pair;
    json!({
        "context": {
            "domain": domain, "country": "IND", "city": "std:080", "action": action, "core_version": "1.2.5",
            "bap_id": bap, "bap_uri": format!("https://{bap}/ondc"), "bpp_id": bpp, "bpp_uri": format!("https://{bpp}/ondc"),
            "transaction_id": transaction, "message_id": id, "timestamp": at(second), "ttl": "PT30S"
        },
        "message": message
    })
}

fn actor(id: &str, kind: &str, who: &str, domain: &str) -> Value {
    json!({ "id": id, "type": kind, "info": {
        "org": { "name": format!("{who}::{domain}") }, "person": { "name": "A. Person" },
        "contact": { "phone": "9000000001", "email": "a@b.example" } } })
}

/// Code, who took it, second, what it refers to.
type Act = (&'static str, &'static str, u32, Option<(&'static str, &'static str)>);

/// The whole complaint after these actions.
fn issue(pair: Pair, id: &str, acts: &[Act]) -> Value {
    let action = |(at_place, (code, by, second, refers)): (usize, &Act)| {
        let mut action = json!({
            "id": format!("A{}", at_place + 1), "descriptor": { "code": code, "short_desc": format!("{code} it is") },
            "updated_at": at(*second), "action_by": by, "actor_details": { "name": "A. Person" }
        });
        if let Some((kind, id)) = refers {
            action["ref_type"] = (*kind).into();
            action["ref_id"] = (*id).into();
        }
        action
    };
    let actions: Vec<Value> = acts.iter().enumerate().map(action).collect();
    let has = |code: &str| acts.iter().any(|act| act.0 == code);
    let (last, second) = acts.last().map(|act| (act.0, act.2)).unwrap();
    let status = match last {
        "OPEN" => "OPEN",
        "RESOLVED" => "RESOLVED",
        "CLOSED" => "CLOSED",
        _ => "PROCESSING",
    };
    let mut actors =
        vec![actor("CUST1", "CONSUMER", pair.bap, pair.domain), actor("NP1", "INTERFACING_NP", pair.bap, pair.domain)];
    if acts.len() > 1 {
        actors.push(actor("NP2", "COUNTERPARTY_NP", pair.bpp, pair.domain));
    }
    if has("RESOLUTION_PROPOSED") {
        actors.push(actor("NP2-GRO", "COUNTERPARTY_NP_GRO", pair.bpp, pair.domain));
    }
    let mut issue = json!({
        "id": id, "status": status, "level": if has("ESCALATED") { "GRIEVANCE" } else { "ISSUE" },
        "created_at": at(0), "updated_at": at(second),
        "expected_response_time": { "duration": "PT2H" }, "expected_resolution_time": { "duration": "P1D" },
        "refs": [
            { "ref_id": "O1", "ref_type": "ORDER" }, { "ref_id": "F1", "ref_type": "FULFILLMENT" },
            { "ref_id": "I1", "ref_type": "ITEM", "tags": [{ "descriptor": { "code": "message.order.items" },
              "list": [{ "descriptor": { "code": "quantity.selected.count" }, "value": "1" }] }] }
        ],
        "actors": actors, "source_id": "CUST1", "complainant_id": "NP1",
        "descriptor": { "code": "ITM004", "short_desc": "stale", "long_desc": "the bread is hard",
            "additional_desc": { "url": "https://buyer.example/1.txt", "content_type": "text/plain" },
            "images": [{ "url": "https://buyer.example/1.png" }] },
        "last_action_id": format!("A{}", acts.len()), "actions": actions
    });
    if acts.len() > 1 {
        issue["respondent_ids"] = json!(["NP2"]);
    }
    if has("RESOLUTION_PROPOSED") {
        let solution = |id: &str, code: &str, parent: Option<&str>| {
            let mut solution = json!({ "id": id, "descriptor": { "code": code, "short_desc": "so" }, "updated_at": at(60), "proposed_by": "NP2" });
            if let Some(parent) = parent {
                solution["ref_type"] = "PARENT".into();
                solution["ref_id"] = parent.into();
            }
            solution
        };
        issue["resolutions"] = json!([
            solution("R0", "PARENT", None),
            solution("R1", "REFUND", Some("R0")),
            solution("R2", "NO_ACTION", Some("R0"))
        ]);
        issue["resolver_ids"] = json!(["NP2"]);
    }
    issue
}

const PROPOSED: Option<(&str, &str)> = Some(("RESOLUTIONS", "R0"));
const CHOSEN: Option<(&str, &str)> = Some(("RESOLUTIONS", "R1"));

/// One message for each new action; the messages are named by it.
fn told(pair: Pair, id: &str, prefix: &str, acts: &[Act]) -> Vec<(String, Value)> {
    let complainant = ["OPEN", "INFO_PROVIDED", "RESOLUTION_ACCEPTED", "RESOLUTION_REJECTED", "ESCALATED", "CLOSED"];
    let one = |count: usize| {
        let (code, _, second, _) = acts[count - 1];
        let is_issue = complainant.contains(&code);
        let mut body = json!({ "issue": issue(pair, id, &acts[..count]) });
        if !is_issue {
            body["update_target"] = json!([{ "path": "issue.actions", "action": "APPENDED" }]);
        }
        let action = if is_issue { "issue" } else { "on_issue" };
        (format!("{prefix}{code}"), message(pair, action, &format!("{prefix}{count}"), second, &body))
    };
    (1..=acts.len()).map(one).collect()
}

fn solved() -> Story {
    let acts: [Act; 9] = [
        ("OPEN", "NP1", 0, None),
        ("PROCESSING", "NP2", 10, None),
        ("INFO_REQUESTED", "NP2", 20, None),
        ("INFO_PROVIDED", "NP1", 30, Some(("ACTION", "A3"))),
        ("RESOLUTION_PROPOSED", "NP2", 60, PROPOSED),
        ("RESOLUTION_ACCEPTED", "NP1", 70, CHOSEN),
        ("RESOLVED", "NP2", 80, CHOSEN),
        ("CLOSED", "NP1", 90, None),
        ("CLOSED", "NP1", 90, None),
    ];
    Story { messages: told(RETAIL, "ISSUE-1", "", &acts[..8]) }
}

fn escalated() -> Story {
    let acts: [Act; 8] = [
        ("OPEN", "NP1", 0, None),
        ("PROCESSING", "NP2", 10, None),
        ("RESOLUTION_PROPOSED", "NP2", 60, PROPOSED),
        ("RESOLUTION_REJECTED", "NP1", 70, CHOSEN),
        ("ESCALATED", "NP1", 80, None),
        ("PROCESSING", "NP2", 90, None),
        ("RESOLVED", "NP2", 100, CHOSEN),
        ("CLOSED", "NP1", 110, None),
    ];
    Story { messages: told(RETAIL, "ISSUE-1", "", &acts) }
}

/// The seller asks its carrier by a complaint of its own.
fn passed_on() -> Story {
    let above: [Act; 3] = [("OPEN", "NP1", 0, None), ("PROCESSING", "NP2", 10, None), ("CASCADED", "NP2", 20, None)];
    let below: [Act; 2] = [("OPEN", "NP1", 21, None), ("PROCESSING", "NP2", 30, None)];
    let mut messages = told(RETAIL, "ISSUE-1", "", &above);
    messages.extend(told(SHIPPING, "ISSUE-2", "below ", &below));
    Story { messages }
}

#[test]
fn clean_complaints_stay_clean() {
    let specs = Specs::builtin().unwrap();
    for story in [solved(), escalated(), passed_on()] {
        is_clean(&specs, &story);
    }
}

fn broken_solved() -> Vec<Defect> {
    vec![
        ("CLOSED", "/context/transaction_id", json!("T9"), &["issue/TRANSACTION_KEPT"]),
        ("CLOSED", "/context/message_id", json!("1"), &["issue/MESSAGE_ID_NEW"]),
        ("RESOLVED", "/message/issue/created_at", json!(at(1)), &["issue/CREATED_AT_KEPT"]),
        ("INFO_PROVIDED", "/message/issue/descriptor/code", json!("ITM002"), &["issue/SUBJECT_KEPT"]),
        ("INFO_PROVIDED", "/message/issue/refs/0", Value::Null, &["issue/SUBJECT_KEPT"]),
        ("RESOLVED", "/message/issue/resolutions/2", Value::Null, &["issue/RESOLUTION_KEPT"]),
        ("RESOLVED", "/message/issue/actors/3", Value::Null, &["issue/ACTOR_KEPT"]),
        (
            "INFO_PROVIDED",
            "/message/issue/actions/2/descriptor/short_desc",
            Value::Null,
            &["IGM.issue.schema.required"],
        ),
        ("INFO_PROVIDED", "/message/issue/actions/1/updated_at", json!(at(12)), &["issue/ACTION_CHANGED"]),
        ("INFO_PROVIDED", "/message/issue/last_action_id", json!("A3"), &["issue/LAST_ACTION"]),
        ("RESOLVED", "/message/issue/status", json!("PROCESSING"), &["issue/STATUS_FITS"]),
        ("PROCESSING", "/message/issue/status", json!("OPEN"), &["issue/STATUS_BEHIND"]),
        (
            "PROCESSING",
            "/message/issue/actors/2/info/org/name",
            json!("other.example::ONDC:RET10"),
            &["issue/PARTICIPANT_KNOWN"],
        ),
        (
            "PROCESSING",
            "/message/issue/actors/2/info/org/name",
            json!("seller.example::ONDC:RET11"),
            &["issue/PARTICIPANT_DOMAIN"],
        ),
        (
            "PROCESSING",
            "/message/issue/actors/2/info/org/name",
            json!("buyer.example::ONDC:RET10"),
            &["issue/PARTICIPANTS_TWO"],
        ),
        (
            "PROCESSING",
            "/message/issue/actors/2/info/org/name",
            json!("seller.example"),
            &["on_issue/PARTICIPANT/ORGANISATION_FORM"],
        ),
        ("PROCESSING", "/message/update_target", Value::Null, &["on_issue/ADDED"]),
        ("PROCESSING", "/message/update_target", json!({}), &["IGM.on_issue.schema.type"]),
        (
            "OPEN",
            "/message/issue/refs/0/ref_type",
            json!("FULFILMENT"),
            &["IGM.issue.schema.enum", "issue/SUBJECT_KEPT"],
        ),
        (
            "OPEN",
            "/message/issue/refs/2/tags/0/list/0/descriptor/code",
            json!("quantity.count"),
            &["issue/ISSUE/COUNTED_AS"],
        ),
        (
            "OPEN",
            "/message/issue/level",
            json!("GRIEVANCE"),
            &["issue/ISSUE/ESCALATED_BY_ACTION", "issue/ISSUE/OFFICER_NAMED"],
        ),
        (
            "OPEN",
            "/message/issue/actions/0/descriptor/code",
            json!("PROCESSING"),
            &["issue/ADDED_BY_SENDER", "issue/ACTION_CHANGED", "issue/ISSUE/FIRST_ACTION_OPEN"],
        ),
        (
            "CLOSED",
            "/message/issue/resolutions",
            json!([]),
            &["issue/ISSUE/RESOLUTIONS_GIVEN", "issue/RESOLUTION_KEPT"],
        ),
        ("CLOSED", "/message/issue/updated_at", json!(at(3000)), &["issue/ISSUE/UPDATED_NOT_AHEAD"]),
        ("CLOSED", "/message/issue/updated_at", json!(at(75)), &["issue/UPDATED_AT_MOVES"]),
        ("CLOSED", "/message/issue/source_id", json!("CUST2"), &["issue/ISSUE/SOURCE_KNOWN", "issue/SUBJECT_KEPT"]),
        ("CLOSED", "/message/issue/actions/6", Value::Null, &["issue/ACTION_CHANGED", "issue/ACTION_ADDED"]),
        (
            "INFO_PROVIDED",
            "/message/issue/actions/3",
            Value::Null,
            &["issue/ACTION_ADDED", "issue/ISSUE/LAST_ACTION_KNOWN", "issue/LAST_ACTION"],
        ),
        (
            "INFO_PROVIDED",
            "/message/issue/actions",
            json!([{ "id": "A1", "descriptor": { "code": "OPEN", "short_desc": "OPEN it is" }, "updated_at": at(0), "action_by": "NP1" }]),
            &["issue/ACTIONS_APPENDED", "issue/ISSUE/LAST_ACTION_KNOWN", "issue/LAST_ACTION", "issue/STATUS_FITS"],
        ),
        (
            "INFO_REQUESTED",
            "/message/issue/actions/2/descriptor/code",
            json!("RESOLUTION_ACCEPTED"),
            &[
                "issue/ACTION_ANSWERS",
                "issue/ACTION_CHANGED",
                "issue/ADDED_BY_SENDER",
                "on_issue/ISSUE/RESOLUTIONS_GIVEN",
            ],
        ),
        ("CLOSED", "/message/issue/actions/7/updated_at", json!(at(5)), &["issue/ACTION_TIMES"]),
        (
            "CLOSED",
            "/message/issue/actions/-",
            json!({ "id": "A9", "descriptor": { "code": "PROCESSING", "short_desc": "x" }, "updated_at": at(90), "action_by": "NP2" }),
            &["issue/ADDED_BY_SENDER", "issue/AFTER_CLOSED", "issue/LAST_ACTION", "issue/STATUS_FITS"],
        ),
    ]
}

#[test]
fn what_is_broken_in_a_complaint_is_told() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, solved, broken_solved());
}

fn broken_escalated() -> Vec<Defect> {
    vec![
        ("ESCALATED", "/message/issue/level", json!("ISSUE"), &["issue/ISSUE/LEVEL_RAISED"]),
        ("ESCALATED", "/message/issue/actors/3/type", json!("AGENT"), &["issue/ISSUE/OFFICER_NAMED"]),
        (
            "ESCALATED",
            "/message/issue/actions/4/action_by",
            json!("NP7"),
            &["issue/ACTION_CHANGED", "issue/ISSUE/ACTION_BY_ACTOR"],
        ),
        (
            "CLOSED",
            "/message/issue/actions/7/descriptor/code",
            json!("ESCALATED"),
            &["issue/ISSUE/CLOSED_BY_ACTION", "issue/STATUS_FITS"],
        ),
    ]
}

#[test]
fn what_is_broken_in_an_escalation_is_told() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, escalated, broken_escalated());
}

fn broken_passed_on() -> Vec<Defect> {
    vec![
        (
            "below OPEN",
            "/context/transaction_id",
            json!(ORDER),
            &["issue/CASCADE_TRANSACTION", "issue/TRANSACTION_KEPT"],
        ),
        (
            "below OPEN",
            "/context/timestamp",
            json!("2025-03-01T09:59:59.000Z"),
            &["issue/CASCADE_LATER", "issue/ISSUE/UPDATED_NOT_AHEAD"],
        ),
    ]
}

#[test]
fn what_is_broken_when_a_complaint_is_passed_on_is_told() {
    let specs = Specs::builtin().unwrap();
    let below = passed_on().messages.into_iter().filter(|(name, _)| name.starts_with("below")).count();
    assert_eq!(below, 2);
    each_fires(&specs, passed_on, broken_passed_on());
}

/// Every rule that these defects fire.
pub fn fired() -> BTreeSet<String> {
    let own = fired_by([broken_solved(), broken_escalated(), broken_passed_on()].concat());
    own.into_iter().chain(each_message::fired()).chain(older::fired()).collect()
}
