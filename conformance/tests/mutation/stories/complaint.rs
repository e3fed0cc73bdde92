//! A complaint about what was delivered, in the version that sends all of it each time.

use serde_json::{Value, json};

use super::delivered;
use crate::flow::Flow;

/// Who took it, what it is.
type Act = (&'static str, &'static str);

const ACTS: [Act; 6] = [
    ("NP1", "OPEN"),
    ("NP2", "PROCESSING"),
    ("NP2", "RESOLUTION_PROPOSED"),
    ("NP1", "RESOLUTION_ACCEPTED"),
    ("NP2", "RESOLVED"),
    ("NP1", "CLOSED"),
];

/// Raised, taken up, asked after, solved and closed.
pub fn complaint() -> Flow {
    let mut flow = delivered("1.2.5").named("complaint 2.0.0");
    let mut times: Vec<Value> = Vec::new();
    for (at, name) in [
        "issue_open",
        "on_issue_processing",
        "on_issue_proposed",
        "issue_accepted",
        "on_issue_resolved",
        "issue_closed",
    ]
    .into_iter()
    .enumerate()
    {
        if at == 2 {
            flow.tell("issue_status", "confirm", "issue_status");
            flow.set("issue_status", "/message", json!({ "issue_id": "ISSUE-1" }));
            say(&mut flow, "on_issue_status", "on_issue_status", &times);
            flow.answer("on_issue_status", "issue_status");
        }
        let action = if name.starts_with("on_") { "on_issue" } else { "issue" };
        flow.tell(name, "confirm", action);
        times.push(flow.payload(name)["context"]["timestamp"].clone());
        flow.messages.pop();
        say(&mut flow, name, action, &times);
    }
    flow.answer("on_issue_processing", "issue_open");
    flow.answer("on_issue_resolved", "issue_accepted");
    flow
}

fn say(flow: &mut Flow, name: &str, action: &str, times: &[Value]) {
    let like = if action.starts_with("on_") { "on_confirm" } else { "confirm" };
    flow.tell(name, like, action);
    flow.change(name, |payload| {
        let context = payload["context"].clone();
        let order = payload["message"]["order"].clone();
        payload["message"] = json!({ "issue": issue(&context, &order, times) });
        if action == "on_issue" {
            payload["message"]["update_target"] = json!([{ "path": "issue.actions", "action": "APPENDED" }]);
        }
    });
}

fn issue(context: &Value, order: &Value, times: &[Value]) -> Value {
    let actor = |id: &str, kind: &str, side: &str| {
        let name = format!("{}::{}", context[side].as_str().unwrap(), context["domain"].as_str().unwrap());
        json!({ "id": id, "type": kind, "info": { "org": { "name": name }, "person": { "name": "A. Person" },
            "contact": { "phone": "9000000001", "email": "a@b.example" } } })
    };
    let action = |(at, time): (usize, &Value)| {
        let (by, code) = ACTS[at];
        let mut action = json!({ "id": format!("A{}", at + 1), "descriptor": { "code": code, "short_desc": code },
            "updated_at": time, "action_by": by, "actor_details": { "name": "A. Person" } });
        if matches!(code, "RESOLUTION_PROPOSED" | "RESOLUTION_ACCEPTED" | "RESOLVED") {
            action["ref_type"] = json!("RESOLUTIONS");
            action["ref_id"] = json!(if code == "RESOLUTION_PROPOSED" { "R0" } else { "R1" });
        }
        action
    };
    let status = match times.len() {
        1 => "OPEN",
        5 => "RESOLVED",
        6 => "CLOSED",
        _ => "PROCESSING",
    };
    let mut actors = vec![actor("CUST1", "CONSUMER", "bap_id"), actor("NP1", "INTERFACING_NP", "bap_id")];
    let mut issue = json!({
        "id": "ISSUE-1", "status": status, "level": "ISSUE", "created_at": times[0], "updated_at": times.last(),
        "expected_response_time": { "duration": "PT2H" }, "expected_resolution_time": { "duration": "P1D" },
        "refs": [{ "ref_id": order["id"], "ref_type": "ORDER" }, { "ref_id": order["provider"]["id"], "ref_type": "PROVIDER" }],
        "source_id": "CUST1", "complainant_id": "NP1",
        "descriptor": { "code": "ITM004", "short_desc": "stale", "long_desc": "the almonds are stale",
            "additional_desc": { "url": "https://buyer.example/1.txt", "content_type": "text/plain" },
            "images": [{ "url": "https://buyer.example/1.png" }] },
        "last_action_id": format!("A{}", times.len()), "actions": times.iter().enumerate().map(action).collect::<Vec<_>>()
    });
    if times.len() > 1 {
        actors.push(actor("NP2", "COUNTERPARTY_NP", "bpp_id"));
        issue["respondent_ids"] = json!(["NP2"]);
    }
    if times.len() > 2 {
        let parent = json!({ "id": "R0", "descriptor": { "code": "PARENT", "short_desc": "so" }, "updated_at": times[2], "proposed_by": "NP2" });
        let refund = json!({ "id": "R1", "ref_type": "PARENT", "ref_id": "R0", "descriptor": { "code": "REFUND", "short_desc": "so" },
            "updated_at": times[2], "proposed_by": "NP2" });
        issue["resolutions"] = json!([parent, refund]);
        issue["resolver_ids"] = json!(["NP2"]);
    }
    issue["actors"] = json!(actors);
    issue
}
