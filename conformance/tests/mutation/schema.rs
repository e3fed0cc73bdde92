//! Breaks of form, generated: at every place of every message a wrong type, a senseless text, and nothing at all.
//!
//! `schema.txt` says which rule of the schema tells of which break; it changes only with the law. Whatever it says, a break is
//! told where it is and nowhere else, and a wrong type is told everywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::flow::Flow;
use crate::judged::{Told, judged};
use crate::stories;

/// `BREAK ACTION PLACE RULE`, one a line, in order.
const KNOWN: &str = include_str!("schema.txt");

/// A break of one message by itself.
#[derive(Debug)]
struct Break {
    /// `type`, `text` or `none`.
    kind: &'static str,
    action: String,
    pointer: String,
    flow: Flow,
}

#[test]
fn a_break_of_form_is_told_where_it_is_and_nowhere_else() {
    let breaks = breaks();
    let flows: Vec<Flow> = breaks.iter().map(|one| one.flow.clone()).collect();
    let found = judged(&flows);
    let (mut table, mut free, mut elsewhere) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (one, found) in breaks.iter().zip(&found) {
        let of_form: Vec<&Told> = found.iter().filter(|told| told.rule.contains(".schema.")).collect();
        let (here, there): (Vec<&Told>, Vec<&Told>) = of_form.into_iter().partition(|told| is_at(told, &one.pointer));
        let there = there.into_iter().filter(|_| !(one.kind != "text" && is_one_of_two(&one.pointer)));
        elsewhere.extend(there.map(|told| format!("{} {}{}: {told}", one.kind, one.action, one.pointer)));
        let rule = here.first().map(|told| told.rule.rsplit('.').next().unwrap_or_default());
        let place = wildcard(&one.pointer);
        match rule {
            Some(rule) => table.insert(format!("{} {} {place} {rule}", one.kind, one.action)),
            None if one.kind == "type" => free.insert(format!("{} {place}", one.action)),
            None => false,
        };
    }
    println!("{} breaks of form, {} kinds of them told", breaks.len(), table.len());
    assert!(elsewhere.is_empty(), "{} findings elsewhere:\n{}", elsewhere.len(), elsewhere.join("\n"));
    assert!(free.is_empty(), "another type is let pass at {} places: {free:#?}", free.len());
    let known: BTreeSet<String> = KNOWN.lines().map(str::to_owned).collect();
    let list = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
        one.difference(other).map(|line| format!("\n  {line}")).collect::<String>()
    };
    if std::env::var_os("UPDATE_SCHEMA_TABLE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mutation/schema.txt");
        std::fs::write(path, table.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
        return;
    }
    assert!(table == known, "new: {}\ngone: {}", list(&table, &known), list(&known, &table));
}

/// One of two ways has to be told; the first of them, or the whole, is named.
fn is_one_of_two(pointer: &str) -> bool {
    ["locations/0/time/range", "items/0/fulfillment_id"].iter().any(|one| pointer.ends_with(one))
}

/// At the place or below it.
fn is_at(told: &Told, pointer: &str) -> bool {
    let below = |one: &String| one.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    told.pointers.iter().any(below)
}

/// One break of each kind at each kind of place of each action.
fn breaks() -> Vec<Break> {
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    let mut breaks = Vec::new();
    for story in [
        stories::returned("1.2.5"),
        stories::cancelled_by_buyer("1.2.5"),
        stories::turned_back("1.2.5"),
        stories::out_of_stock("1.2.5"),
    ] {
        for message in &story.messages {
            let payload: &Value = &message.recorded.payload;
            let action = payload["context"]["action"].as_str().unwrap().to_owned();
            let mut places = BTreeMap::new();
            walk(payload, String::new(), &mut places);
            for (pointer, value) in places {
                if !seen.insert((action.clone(), wildcard(&pointer))) || is_the_name(&pointer) {
                    continue;
                }
                for (kind, broken) in broken(value) {
                    // A list that is one shorter has nothing missing.
                    if kind == "none" && pointer.rsplit('/').next().is_some_and(|key| key.parse::<usize>().is_ok()) {
                        continue;
                    }
                    let mut alone = Flow { name: format!("{action} alone"), ..Flow::default() };
                    let mut message = message.clone();
                    put(Arc::make_mut(&mut message.recorded.payload), &pointer, broken);
                    alone.messages.push(message);
                    breaks.push(Break { kind, action: action.clone(), pointer: pointer.clone(), flow: alone });
                }
            }
        }
    }
    breaks
}

/// By these a message is known; broken, it would be another message.
fn is_the_name(pointer: &str) -> bool {
    matches!(pointer, "/context" | "/context/action" | "/context/domain" | "/context/core_version")
}

/// What a value is broken to; `None` takes it away.
fn broken(value: &Value) -> Vec<(&'static str, Option<Value>)> {
    let wrong = match value {
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => json!({ "un": "expected" }),
        Value::Array(_) | Value::Object(_) => json!("unexpected"),
    };
    let mut broken = vec![("type", Some(wrong)), ("none", None)];
    if value.is_string() {
        broken.push(("text", Some(json!("?!"))));
    }
    broken
}

fn put(payload: &mut Value, pointer: &str, value: Option<Value>) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = payload.pointer_mut(parent).unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    match (parent, value) {
        (Value::Object(map), Some(value)) => drop(map.insert(key, value)),
        (Value::Object(map), None) => drop(map.remove(&key)),
        (Value::Array(list), Some(value)) => list[key.parse::<usize>().unwrap()] = value,
        (Value::Array(list), None) => drop(list.remove(key.parse().unwrap())),
        (other, _) => panic!("{pointer} in {other}"),
    }
}

/// Every place, with tags known by their codes as well: the first of each kind stands for all.
fn walk<'v>(value: &'v Value, pointer: String, places: &mut BTreeMap<String, &'v Value>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                walk(value, format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| walk(value, format!("{pointer}/{at}"), places));
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
    if !pointer.is_empty() {
        places.insert(pointer, value);
    }
}

fn wildcard(pointer: &str) -> String {
    let part = |part: &str| if part.parse::<usize>().is_ok() { "*".to_owned() } else { part.to_owned() };
    pointer.split('/').map(part).collect::<Vec<_>>().join("/")
}
