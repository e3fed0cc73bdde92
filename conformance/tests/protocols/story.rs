//! A story as messages by name, one thing broken in it, and what the judge says.

use std::collections::BTreeSet;
use std::fmt;
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

/// The same with several changes, or with names that a table computes.
#[derive(Debug, Clone)]
pub struct Broken {
    changes: Vec<(String, String, Value)>,
    fires: BTreeSet<String>,
    /// The last message of the story that is told; all when there is none.
    until: Option<String>,
}

/// A value put there (null takes it away).
pub fn broken(message: &str, pointer: &str, value: Value) -> Broken {
    let changes = vec![(message.to_owned(), pointer.to_owned(), value)];
    Broken { changes, fires: BTreeSet::new(), until: None }
}

impl Broken {
    /// Another change that belongs to it.
    pub fn and(mut self, message: &str, pointer: &str, value: Value) -> Broken {
        self.changes.push((message.to_owned(), pointer.to_owned(), value));
        self
    }

    /// Exactly these rules.
    pub fn fires<S: ToString>(mut self, rules: &[S]) -> Broken {
        self.fires.extend(rules.iter().map(ToString::to_string));
        self
    }

    /// Nobody says anything after the message that was changed first.
    pub fn at_the_end(mut self) -> Broken {
        self.until = Some(self.changes[0].0.clone());
        self
    }

    fn of(&self, mut story: Story) -> Story {
        if let Some(last) = &self.until {
            let at = story.messages.iter().position(|(name, _)| name == last);
            story.messages.truncate(at.unwrap_or_else(|| panic!("no message {last}")) + 1);
        }
        self.changes.iter().fold(story, |story, (name, pointer, value)| story.with(name, pointer, value))
    }
}

impl From<Defect> for Broken {
    fn from((message, pointer, value, rules): Defect) -> Broken {
        broken(message, pointer, value).fires(rules)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.changes.iter().try_for_each(|(name, pointer, value)| write!(f, "{name}{pointer} = {value}; "))
    }
}

/// Every rule that a table fires.
pub fn fired_by<T: Into<Broken>>(table: Vec<T>) -> BTreeSet<String> {
    table.into_iter().flat_map(|one| one.into().fires).collect()
}

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
pub fn each_fires<T: Into<Broken>>(specs: &Specs, story: fn() -> Story, table: Vec<T>) {
    let (mut wrong, count) = (Vec::new(), table.len());
    for one in table {
        let one: Broken = one.into();
        let found = one.of(story()).told(specs);
        let fired: BTreeSet<String> = found.iter().map(|(rule, _)| rule.clone()).collect();
        if fired != one.fires {
            wrong.push(format!("{one}\n  wanted {:?}\n  got {found:#?}", one.fires));
        }
        for rule in fired {
            let words = specs.rule(&rule).unwrap_or_else(|| panic!("{rule} has no words"));
            assert!(!words.title.is_empty() && !words.hint.is_empty(), "{rule}");
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
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
