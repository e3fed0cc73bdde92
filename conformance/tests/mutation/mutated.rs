//! One thing broken in a clean story, and the rule that has to say so.

use std::fmt;

use serde_json::Value;

use crate::flow::Flow;
use crate::judged::Told;

/// A broken story, where the rule has to fire, and what necessarily follows.
#[derive(Debug, Clone)]
pub struct Mutation {
    pub what: String,
    pub flow: Flow,
    /// Name of the message of which the rule speaks; empty for the flow as a whole.
    pub message: String,
    /// At this pointer or below.
    pub place: String,
    pub rule: String,
    /// Rules that cannot but fire as well.
    pub follows: Vec<String>,
}

impl Mutation {
    /// The story with another value (`Null`: none) at one place.
    pub fn set(story: &Flow, message: &str, pointer: &str, value: Value) -> Mutation {
        let what = format!("{message}{pointer} = {}", short(&value));
        let mut flow = story.clone();
        let pointer = flow.resolved(message, pointer);
        flow.set(message, &pointer, value);
        Mutation::of(flow, what, message, &pointer)
    }

    /// A story that was broken in some other way, told at this place.
    pub fn of(flow: Flow, what: impl Into<String>, message: &str, pointer: &str) -> Mutation {
        let what = format!("{}: {}", flow.name, what.into());
        Mutation {
            what,
            flow,
            message: message.to_owned(),
            place: pointer.to_owned(),
            rule: String::new(),
            follows: Vec::new(),
        }
    }

    /// Another change that belongs to it.
    pub fn and(mut self, message: &str, pointer: &str, value: Value) -> Mutation {
        self.what = format!("{}, {message}{pointer} = {}", self.what, short(&value));
        self.flow.set(message, pointer, value);
        self
    }

    pub fn fires(self, rule: impl Into<String>) -> Mutation {
        Mutation { rule: rule.into(), ..self }
    }

    /// The contradiction is told elsewhere than where it was made.
    pub fn at(self, message: &str, place: &str) -> Mutation {
        Mutation { message: message.to_owned(), place: place.to_owned(), ..self }
    }

    pub fn also<S: ToString>(self, follows: &[S]) -> Mutation {
        Mutation { follows: follows.iter().map(ToString::to_string).collect(), ..self }
    }

    pub fn is_at(&self, told: &Told) -> bool {
        let below = |pointer: &String| {
            pointer.strip_prefix(&self.place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        told.message == self.message && told.pointers.iter().any(below)
    }
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

fn short(value: &Value) -> String {
    if value.is_null() { "(nothing)".to_owned() } else { value.to_string().chars().take(60).collect() }
}
