use conformance::Exit;
use serde_json::json;

use super::folder::{Folder, on_select, select};

fn bad() -> Folder {
    let folder = Folder::new();
    folder.write("logs/1.json", select(json!([{}, {}])).to_string());
    folder.write("logs/2.json", on_select(true).to_string());
    folder
}

#[test]
fn with_a_baseline_only_new_findings_count() {
    let folder = bad();
    assert_eq!(folder.run(&["check", "@logs", "--write-baseline", "@known.json"]).0, Exit::Findings);
    let (exit, text) = folder.run(&["check", "@logs", "--baseline", "@known.json"]);
    assert_eq!(exit, Exit::Clean, "{text}");
    assert!(text.contains("1 excused"), "{text}");
    // The same fault at more places of the same kind is known; another fault is new.
    folder.write("logs/1.json", select(json!([{}, {}, {}])).to_string());
    assert_eq!(folder.run(&["check", "@logs", "--baseline", "@known.json"]).0, Exit::Clean);
    folder.write("logs/2.json", on_select(false).to_string());
    let (exit, text) = folder.run(&["check", "@logs", "--baseline", "@known.json"]);
    assert_eq!(exit, Exit::Findings);
    assert!(text.contains("on_select/QUOTE") && !text.contains("select/ITEM/ID"), "{text}");
}

#[test]
fn what_is_gone_from_the_baseline_is_said() {
    let folder = bad();
    folder.run(&["check", "@logs", "--write-baseline", "@known.json"]);
    folder.write("logs/1.json", select(json!([{"id": "1"}])).to_string());
    let (exit, text) = folder.run(&["check", "@logs", "--baseline", "@known.json"]);
    assert_eq!(exit, Exit::Clean);
    assert!(text.contains("1 known finding of the baseline no longer found"), "{text}");
}

fn waiver(expires: &str, rule: &str) -> String {
    format!(
        "- {{rule: '{rule}', place: '/message/order/items/*/id', source: '*logs', reason: agreed, owner: team, expires: {expires}}}\n"
    )
}

#[test]
fn a_waiver_excuses_until_its_day() {
    let folder = bad();
    folder.write("waivers.yaml", waiver("2999-12-31", "select/*"));
    let (exit, report) = folder.report(&["@logs", "--waivers", "@waivers.yaml"]);
    assert_eq!(exit, Exit::Clean);
    assert_eq!(report["waivers"][0]["state"], "used");
    assert_eq!(report["flows"][0]["findings"][0]["excused"], "waived until 2999-12-31 by team: agreed");
    folder.write("waivers.yaml", waiver("2020-01-01", "select/*"));
    let (exit, text) = folder.run(&["check", "@logs", "--waivers", "@waivers.yaml"]);
    assert_eq!(exit, Exit::Findings);
    assert!(text.contains("ended on 2020-01-01: 1 finding count again"), "{text}");
}

#[test]
fn a_waiver_that_excuses_nothing_is_said() {
    let folder = bad();
    folder.write("waivers.yaml", waiver("2999-12-31", "on_select/QUOTE"));
    let (exit, text) = folder.run(&["check", "@logs", "--waivers", "@waivers.yaml"]);
    assert_eq!(exit, Exit::Findings);
    assert!(text.contains("waiver of on_select/QUOTE (team) excuses nothing"), "{text}");
}

#[test]
fn a_waiver_without_owner_reason_or_end_is_none() {
    let folder = bad();
    for broken in
        ["- {rule: a, reason: b, owner: c}", "- {rule: a, reason: '', owner: c, expires: 2999-01-01}", "rule: a"]
    {
        folder.write("waivers.yaml", broken);
        let error = folder.try_run(&["check", "@logs", "--waivers", "@waivers.yaml"]).unwrap_err();
        assert!(format!("{error:#}").contains("waivers.yaml"), "{error:#}");
    }
}

#[test]
fn waived_findings_do_not_enter_a_baseline() {
    let folder = bad();
    folder.write("waivers.yaml", waiver("2999-12-31", "select/ITEM/ID"));
    folder.run(&["check", "@logs", "--waivers", "@waivers.yaml", "--write-baseline", "@known.json"]);
    assert!(!folder.read("known.json").contains("select/ITEM/ID"));
}
