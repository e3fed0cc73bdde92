//! A story as messages by name, one thing broken in it, and what the judge says.

use std::collections::BTreeSet;
use std::sync::Arc;

use conformance::excuse::Excuses;
use conformance::judge::{Ask, LawReport, Options, judge};
use conformance::recording::{Origin, Recorded, RecordedFlow, Recording};
use jiff::Timestamp;
use serde_json::{Value, json};
use specs::{Severity, Specs};

/// The messages of a story by name, in order.
#[derive(Debug, Clone)]
pub struct Story {
    pub messages: Vec<(String, Value)>,
}

/// Message, pointer, value that is put there (null takes it away), rules that then fire: exactly these.
pub type Defect = (&'static str, &'static str, Value, &'static [&'static str]);

impl Story {
    /// Sets a value; null takes it away, from a list too; `-` appends.
    fn with(mut self, name: &str, pointer: &str, value: &Value) -> Story {
        let named = self.messages.iter_mut().find(|(own, _)| own == name);
        let (_, message) = named.unwrap_or_else(|| panic!("no message {name}"));
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/");
        let place = message.pointer_mut(parent).unwrap_or_else(|| panic!("{name}: nothing at {parent}"));
        match (place, value) {
            (Value::Object(map), Value::Null) => drop(map.remove(&key).unwrap_or_else(|| panic!("{name}: no {key}"))),
            (Value::Object(map), value) => drop(map.insert(key, value.clone())),
            (Value::Array(list), Value::Null) => drop(list.remove(key.parse().unwrap())),
            (Value::Array(list), value) if key == "-" => list.push(value.clone()),
            (Value::Array(list), value) => list[key.parse::<usize>().unwrap()] = value.clone(),
            (other, _) => panic!("{name}: {parent} is {other}"),
        }
        self
    }

    /// Rule and words of every error and warning; notes say nothing against a message.
    fn told(&self, specs: &Specs) -> Vec<(String, String)> {
        let message = |(path, payload): &(String, Value)| Recorded {
            origin: Origin { path: path.clone(), ..Origin::default() },
            payload: Arc::new(payload.clone()),
            ..Recorded::default()
        };
        let flow = RecordedFlow { messages: self.messages.iter().map(message).collect(), ..RecordedFlow::default() };
        let recording = Recording { flows: vec![flow], ..Recording::default() };
        let law = LawReport { origin: String::new(), digest: String::new(), books: Vec::new() };
        let ask = Ask { options: Options::default(), law, excuses: Excuses::default(), started: Timestamp::UNIX_EPOCH };
        let report = judge(specs, &recording, &ask);
        assert_eq!(report.faults, Vec::<String>::new(), "no check breaks");
        let findings = report.flows[0].findings.iter().filter(|one| one.severity != Severity::Note);
        findings.map(|one| (one.rule.clone(), format!("{} {}", one.pointer, one.text))).collect()
    }
}

pub fn is_clean(specs: &Specs, story: &Story) {
    assert_eq!(story.told(specs), []);
}

/// Each defect fires its rules and no other one.
pub fn each_fires(specs: &Specs, story: fn() -> Story, defects: &[Defect]) {
    let mut wrong = Vec::new();
    for (name, pointer, value, rules) in defects {
        let found = story().with(name, pointer, value).told(specs);
        let fired: BTreeSet<&str> = found.iter().map(|(rule, _)| rule.as_str()).collect();
        let wanted: BTreeSet<&str> = rules.iter().copied().collect();
        if fired != wanted {
            wrong.push(format!("{name}{pointer} = {value}: wanted {wanted:?}, got {found:#?}"));
        }
        for rule in fired {
            let words = specs.rule(rule).unwrap_or_else(|| panic!("{rule} has no words"));
            assert!(!words.title.is_empty() && !words.hint.is_empty(), "{rule}");
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), defects.len(), wrong.join("\n"));
}

/// Ten o'clock and so many seconds.
pub fn at(seconds: u32) -> String {
    format!("2025-03-01T10:{:02}:{:02}.000Z", seconds / 60, seconds % 60)
}

/// A tag of retail and logistics.
pub fn tag(code: &str, entries: &[(&str, &str)]) -> Value {
    let list: Vec<Value> = entries.iter().map(|(code, value)| json!({ "code": code, "value": value })).collect();
    json!({ "code": code, "list": list })
}

pub fn rupees(value: &str) -> Value {
    json!({ "currency": "INR", "value": value })
}
