//! A flow by the names of its messages, to be changed.

use std::path::PathBuf;
use std::sync::Arc;

use conformance::recording::{Claim, Recorded, RecordedFlow};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Messages that belong together, in the order of the story.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    pub name: String,
    pub messages: Vec<Message>,
    /// What the recording says of itself.
    pub claim: Claim,
}

/// A message with the name under which a table finds it: `on_status_packed`, `update_2`.
#[derive(Debug, Clone)]
pub struct Message {
    pub name: String,
    pub recorded: Recorded,
}

impl Flow {
    /// A file of `tests/flows`, as the tool reads it.
    pub fn read(file: &str) -> Flow {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/flows").join(file);
        let mut recording = conformance::read(&[path], &mut |_| ());
        assert_eq!((recording.unread.len(), recording.flows.len()), (0, 1), "{file} is one flow");
        let mut flow = Flow { name: file.to_owned(), ..Flow::default() };
        for recorded in recording.flows.pop().unwrap().messages {
            flow.push(name_of(&recorded.payload), recorded);
        }
        flow
    }

    pub fn named(self, name: &str) -> Flow {
        Flow { name: name.to_owned(), ..self }
    }

    /// This flow, then the other.
    pub fn then(mut self, other: Flow) -> Flow {
        self.messages.extend(other.messages);
        self
    }

    /// All before this message.
    pub fn before(mut self, name: &str) -> Flow {
        let at = self.position(name);
        self.messages.truncate(at);
        self
    }

    pub fn without(mut self, name: &str) -> Flow {
        let at = self.position(name);
        self.messages.remove(at);
        self
    }

    fn push(&mut self, name: String, recorded: Recorded) {
        let known =
            self.messages.iter().filter(|one| one.name == name || one.name.starts_with(&format!("{name}_2"))).count();
        let name = if known == 0 { name } else { format!("{name}_{}", known + 1) };
        self.messages.push(Message { name, recorded });
    }

    pub fn position(&self, name: &str) -> usize {
        let names: Vec<&str> = self.messages.iter().map(|one| one.name.as_str()).collect();
        names
            .iter()
            .position(|one| *one == name)
            .unwrap_or_else(|| panic!("{}: {name:?} is none of {names:?}", self.name))
    }

    pub fn payload(&self, name: &str) -> &Value {
        &self.messages[self.position(name)].recorded.payload
    }

    pub fn recorded(&mut self, name: &str) -> &mut Recorded {
        let at = self.position(name);
        &mut self.messages[at].recorded
    }

    /// Changes the payload of a message.
    pub fn change(&mut self, name: &str, change: impl FnOnce(&mut Value)) {
        change(Arc::make_mut(&mut self.recorded(name).payload));
    }

    /// Another value at a place; `Null` takes the place away. Objects on the way are made.
    pub fn set(&mut self, name: &str, pointer: &str, value: Value) {
        let pointer = self.resolved(name, pointer);
        let what = format!("{}: {name}{pointer}", self.name);
        self.change(name, |payload| put(payload, &pointer, value, &what));
    }

    /// A message like another one, a second after the last, with a new id.
    pub fn tell(&mut self, name: &str, like: &str, action: &str) {
        let mut recorded = self.messages[self.position(like)].recorded.clone();
        let last = self.messages.last().unwrap().recorded.clone();
        let second = SignedDuration::from_secs(1);
        recorded.at = last.at.map(|at| at + second);
        let time: Timestamp = last.payload["context"]["timestamp"].as_str().unwrap().parse().unwrap();
        let time = wire(time + second);
        let payload = Arc::make_mut(&mut recorded.payload);
        payload["context"]["action"] = json!(action);
        payload["context"]["timestamp"] = json!(time);
        payload["context"]["message_id"] = json!(format!("{:08x}-1111-4111-8111-111111111111", self.messages.len()));
        if payload["message"]["order"]["updated_at"].is_string() {
            payload["message"]["order"]["updated_at"] = json!(time);
        }
        self.messages.push(Message { name: name.to_owned(), recorded });
    }

    /// The pointer with the index of an element for its code: `/tags/@routing/list/@type/value`.
    pub fn resolved(&self, name: &str, pointer: &str) -> String {
        let mut at = Some(self.payload(name));
        let mut resolved = String::new();
        for part in pointer.split('/').skip(1) {
            let wanted = part.strip_prefix('@');
            let list = at.and_then(Value::as_array);
            let index = wanted.zip(list).map(|(code, list)| {
                let index = list.iter().position(|one| one["code"] == code);
                index.unwrap_or_else(|| panic!("{}: no {part} in {name}{resolved}", self.name)).to_string()
            });
            let part = index.as_deref().unwrap_or(part);
            at = at.and_then(|value| value.pointer(&format!("/{part}")));
            resolved = format!("{resolved}/{part}");
        }
        resolved
    }

    /// Gives a callback the id of its request.
    pub fn answer(&mut self, callback: &str, request: &str) {
        let id = self.payload(request)["context"]["message_id"].clone();
        self.set(callback, "/context/message_id", id);
    }

    /// As the judge takes it.
    pub fn recording(&self) -> RecordedFlow {
        let messages = self.messages.iter().map(|one| one.recorded.clone()).collect();
        RecordedFlow { source: self.name.clone(), claim: self.claim.clone(), messages, ..RecordedFlow::default() }
    }
}

/// A time as our nodes write it.
pub fn wire(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// `on_status_packed`: the action, and the state of the fulfilment that was added last.
fn name_of(payload: &Value) -> String {
    let action = payload["context"]["action"].as_str().unwrap();
    let fulfilments = payload["message"]["order"]["fulfillments"].as_array();
    let state = fulfilments.and_then(|all| all.last()).and_then(|last| last["state"]["descriptor"]["code"].as_str());
    match state.filter(|_| matches!(action, "on_status" | "on_update")) {
        Some(state) => format!("{action}_{}", state.to_lowercase().replace('-', "_")),
        None => action.to_owned(),
    }
}

fn put(payload: &mut Value, pointer: &str, value: Value, what: &str) {
    let (parent, key) = pointer.rsplit_once('/').unwrap_or_else(|| panic!("{what} is no pointer"));
    let key = key.replace("~1", "/").replace("~0", "~");
    if payload.pointer(parent).is_none() {
        put(payload, parent, json!({}), what);
    }
    match payload.pointer_mut(parent).unwrap() {
        Value::Object(map) if value.is_null() => assert!(map.remove(&key).is_some(), "{what} is not there"),
        Value::Object(map) => drop(map.insert(key, value)),
        Value::Array(list) if value.is_null() => drop(list.remove(key.parse().unwrap())),
        Value::Array(list) if key == "-" => list.push(value),
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        other => panic!("{what}: {parent} is {other}"),
    }
}
