//! Every rule of a law, once each, with the books that have it.

use std::collections::BTreeMap;

use serde::Serialize;
use specs::{Action, Book, CheckLayer, Fault, Rule, RuleInfo, Severity, Specs};

/// A rule, and where it is written.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    #[serde(flatten)]
    pub(super) rule: Rule,
    /// Of a rule of a book: the action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) action: Option<String>,
    /// Of a rule of a book: the books that have it, in short; empty for programs.
    pub(super) books: String,
}

/// Programs by id, then the schemas, then the rules of the books by action.
pub(super) fn entries(specs: &Specs) -> Vec<Entry> {
    let programs = specs.rulebook().iter().map(|rule| Entry { rule: rule.clone(), action: None, books: String::new() });
    let mut all: Vec<Entry> = programs.collect();
    all.push(schemas());
    for action in Action::ALL {
        all.extend(of_action(specs, action));
    }
    all
}

/// Each keyword of each schema is a rule; they are told as one.
fn schemas() -> Entry {
    Entry {
        rule: Rule {
            id: "DOMAIN.ACTION.schema.KEYWORD".to_owned(),
            layer: CheckLayer::Schema,
            severity: Severity::Error,
            fault: Fault::Sender,
            clause: "schemas of the book".to_owned(),
            versions: Vec::new(),
            title: "the message has the form that the JSON schema of its action asks for".to_owned(),
            rationale: "the receiver reads the message by this schema, and refuses what does not fit".to_owned(),
            hint: "make the value what the finding expects".to_owned(),
        },
        action: None,
        books: String::new(),
    }
}

fn of_action(specs: &Specs, action: Action) -> Vec<Entry> {
    let mut found: BTreeMap<String, (Rule, Vec<&Book>)> = BTreeMap::new();
    for book in specs.books() {
        let infos = book.rules(action).chain(book.history_rules(action));
        for info in infos {
            let one = found.entry(info.id.clone()).or_insert_with(|| (RuleInfo::to_rule(info), Vec::new()));
            one.1.push(book);
        }
    }
    let entry = |(rule, books): (Rule, Vec<&Book>)| Entry {
        rule,
        action: Some(action.as_str().to_owned()),
        books: in_short(specs, &books),
    };
    found.into_values().map(entry).collect()
}

/// `every book`; else by version: `1.2.0; 1.2.5: RET11, RET12`.
fn in_short(specs: &Specs, books: &[&Book]) -> String {
    let all = specs.books();
    if books.len() == all.len() {
        return "every book".to_owned();
    }
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for book in books {
        let short = book.domain().rsplit(':').next().unwrap_or(book.domain());
        versions.entry(book.version()).or_default().push(short);
    }
    let told = versions.into_iter().map(|(version, domains)| {
        let of_version = all.iter().filter(|book| book.version() == version).count();
        match domains.len() == of_version && of_version > 1 {
            true => format!("every book of {version}"),
            false => format!("{version}: {}", domains.join(", ")),
        }
    });
    told.collect::<Vec<_>>().join("; ")
}
