//! Real participants' logs beside the workspace, with the official verdicts. Tested against, never copied.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

/// A log may hold the same message twice; it is judged once.
pub const REPEATED_MAX: usize = 2;

#[derive(Debug, Deserialize)]
pub struct Flow {
    pub dir: String,
    pub messages: Vec<Message>,
    pub utility: Option<Utility>,
}

#[derive(Debug, Deserialize)]
pub struct Message {
    pub file: String,
    pub sha256: String,
    pub utility_key: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Utility {
    #[serde(default)]
    pub errors: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus")
}

/// Every flow; `None`, loudly, where the corpus is absent and need not be there.
pub fn flows() -> Option<Vec<Flow>> {
    let manifest = folder().join("manifest.jsonl");
    if !manifest.is_file() {
        let absent = manifest.display();
        assert!(std::env::var_os("HAAT_REQUIRE_ALL").is_none(), "HAAT_REQUIRE_ALL is set, but {absent} is absent");
        println!("SKIPPED: {absent} is absent, so real logs are not compared");
        return None;
    }
    let text = std::fs::read_to_string(manifest).unwrap();
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// The program's own report over the whole corpus; made once for all tests.
pub fn judged(flows: &[Flow]) -> &'static Value {
    static REPORT: OnceLock<Value> = OnceLock::new();
    REPORT.get_or_init(|| {
        let folders = flows.iter().map(|flow| folder().join(&flow.dir));
        let output = Command::new(env!("CARGO_BIN_EXE_conformance"))
            .args(["check", "--format", "json"])
            .args(folders)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "real logs have findings; the program said: {said}");
        serde_json::from_slice(&output.stdout).unwrap()
    })
}

/// Our flows of one folder of the corpus.
pub fn of<'r>(report: &'r Value, flow: &Flow) -> Vec<&'r Value> {
    let flows = report["flows"].as_array().unwrap().iter();
    flows.filter(|one| one["source"].as_str().unwrap().contains(&flow.dir)).collect()
}

/// Every sentence of an official verdict with its step.
pub fn sentences(flow: &Flow) -> Vec<(String, String)> {
    let Some(Value::Object(steps)) = flow.utility.as_ref().map(|utility| &utility.errors) else { return Vec::new() };
    let mut all = Vec::new();
    for (step, errors) in steps {
        gather(errors, &mut |words| all.push((step.clone(), words.to_owned())));
    }
    all
}

fn gather(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::String(words) => found(words),
        Value::Object(map) => map.values().for_each(|inner| gather(inner, found)),
        Value::Array(list) => list.iter().for_each(|inner| gather(inner, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
