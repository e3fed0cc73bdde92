use std::path::Path;

use conformance::Exit;
use serde_json::{Value, json};

use super::folder::{Folder, on_select, select};

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("logs/1_select.json", format!("{:#}", select(json!([{"id": "1"}, {}, {}]))));
    folder.write("logs/2_on_select.json", format!("{:#}", on_select(true)));
    folder.write("logs/broken.json", "{");
    folder
}

/// A participant who means harm, or just writes odd names.
fn hostile() -> Folder {
    let folder = Folder::new();
    let mut payload = select(json!([{}]));
    payload["context"]["city"] = json!("</script><script>alert(1)</script>\u{1}`|@all [x](http://e.example) \u{1b}[2J");
    folder.write("logs/<b>&\"x\".json", payload.to_string());
    folder
}

#[test]
fn the_json_keeps_its_schema() {
    let schema = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let folder = folder();
    folder.write("waivers.yaml", "- {rule: none, reason: a, owner: b, expires: 2999-01-01}");
    folder.run(&["check", "@logs", "--write-baseline", "@known.json"]);
    let options: [&[&str]; 3] = [
        &["@logs"],
        &["@logs", "--role", "seller", "--waivers", "@waivers.yaml", "--baseline", "@known.json"],
        &["@logs/broken.json"],
    ];
    for arguments in options {
        let (_, report) = folder.report(arguments);
        let errors: Vec<String> =
            validator.iter_errors(&report).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{arguments:?}: {errors:#?}");
    }
    let (_, mut wrong) = folder.report(&["@logs"]);
    wrong["verdict"] = json!("fine");
    assert!(!validator.is_valid(&wrong), "the schema can refuse");
}

#[test]
fn the_format_follows_the_name_of_the_output_file() {
    let folder = folder();
    for (name, begins) in [
        ("r.html", "<!doctype html>"),
        ("r.xml", "<?xml"),
        ("r.sarif", "{"),
        ("r.md", "## Conformance"),
        ("r.json", "{"),
    ] {
        let (exit, text) = folder.run(&["check", "@logs", "--output", &format!("@{name}")]);
        assert_eq!(exit, Exit::Unreadable, "one file is broken");
        assert!(folder.read(name).starts_with(begins), "{name}");
        assert!(text.contains("1 error") && text.ends_with(&format!("report: {name}\n")), "{text}");
    }
}

#[test]
fn junit_has_a_suite_for_each_flow_and_a_case_for_each_message_or_finding() {
    let (_, text) = folder().run(&["check", "@logs", "--format", "junit"]);
    let stamp = text.split("timestamp=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    insta::assert_snapshot!(text.replace(&stamp, "(time)"));
}

#[test]
fn sarif_says_file_line_rule_and_fingerprint() {
    let (_, text) = folder().run(&["check", "@logs", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&text).unwrap();
    let run = &log["runs"][0];
    assert_eq!(log["version"], "2.1.0");
    let result = &run["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&json!("select/ITEM/ID"), &json!("error")));
    let rule = &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
    assert_eq!(rule["id"], "select/ITEM/ID");
    let place = &result["locations"][0]["physicalLocation"];
    assert!(place["artifactLocation"]["uri"].as_str().unwrap().ends_with("logs/1_select.json"));
    assert!(place["region"]["startLine"].as_u64().unwrap() > 10, "{place}");
    assert!(result["partialFingerprints"]["conformanceFinding/v1"].as_str().unwrap().contains("/items/*/id"));
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn markdown_is_a_comment_that_can_be_read() {
    let (_, text) = folder().run(&["check", "@logs", "--format", "markdown"]);
    let law = text.split("law ").last().unwrap().split('<').next().unwrap().to_owned();
    insta::assert_snapshot!(text.replace(&law, "(law)"));
}

#[test]
fn the_page_is_complete_in_itself_and_says_everything() {
    let folder = folder();
    folder.run(&["check", "@logs", "--output", "@r.html"]);
    let page = folder.read("r.html");
    for words in [
        "1 error to mend",
        "Every item needs an id.",
        "select/ITEM/ID",
        "broken.json",
        "expected here",
        "✓ clean",
        "buyer → seller",
    ] {
        assert!(page.contains(words), "{words}");
    }
    for outside in ["src=", "<link", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    // Every link within the page leads somewhere.
    for link in page.split("href=\"#").skip(1) {
        let id = link.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
}

#[test]
fn what_a_message_says_stays_text() {
    let folder = hostile();
    let (_, text) = folder.run(&["check", "@logs"]);
    assert!(!text.contains('\u{1b}') && !text.contains('\u{1}'), "no message speaks to the terminal: {text:?}");
    folder.run(&["check", "@logs", "--output", "@r.html"]);
    let page = folder.read("r.html");
    assert!(page.contains("&lt;script&gt;") || page.contains("&#60;script"), "the value is shown");
    assert_eq!(page.matches("<script>").count(), 1, "only our own");
    let (_, xml) = folder.run(&["check", "@logs", "--format", "junit"]);
    assert!(!xml.contains("<script>") && !xml.contains('\u{1}') && !xml.contains("<b>"), "{xml}");
    let (_, markdown) = folder.run(&["check", "@logs", "--format", "markdown"]);
    // Between backticks nothing speaks to a reader's browser.
    let spoken: String = markdown.split('`').step_by(2).collect();
    assert!(!spoken.contains("<script>") && !spoken.contains("@all [x]("), "{markdown}");
}

#[test]
fn colour_is_only_an_addition() {
    use clap::Parser;
    let folder = folder();
    let law = folder.0.path().join("law").display().to_string();
    let logs = folder.0.path().join("logs").display().to_string();
    let told = |color: bool| {
        let cli = conformance::Cli::try_parse_from(["conformance", "check", &logs, "--spec", &law]).unwrap();
        let mut terminal = conformance::Terminal { out: Vec::new(), color };
        conformance::run(&cli, &mut terminal).unwrap();
        String::from_utf8(terminal.out).unwrap()
    };
    let (plain, coloured) = (told(false), told(true));
    assert!(!plain.contains('\u{1b}') && coloured.contains("\u{1b}[1;31m"));
    let mut stripped = String::new();
    for (at, part) in coloured.split('\u{1b}').enumerate() {
        stripped.push_str(if at == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(stripped, plain);
}
