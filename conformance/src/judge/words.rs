//! What the law says of a rule besides its text: severity, fault, clause, hint.

use std::collections::BTreeMap;

use specs::{Action, Book, CheckLayer, Fault, Rule, Severity, Specs};

/// The words of rules, looked up once each.
#[derive(Debug, Default)]
pub(crate) struct Words {
    known: BTreeMap<String, Rule>,
}

impl Words {
    /// The rule of a finding; one that the law does not know gets what its id tells.
    pub(crate) fn of(&mut self, specs: &Specs, book: Option<&Book>, id: &str) -> &Rule {
        let find = || named(specs, id).or_else(|| Some(book?.rule(id)?.to_rule())).unwrap_or_else(|| bare(id));
        self.known.entry(id.to_owned()).or_insert_with(find)
    }

    /// Every rule that was asked for, by id.
    pub(crate) fn into_rules(self) -> Vec<Rule> {
        self.known.into_values().collect()
    }
}

/// A program's rule, or a schema's: what needs no book to be opened.
fn named(specs: &Specs, id: &str) -> Option<Rule> {
    if let Some(rule) = specs.rulebook().get(id) {
        return Some(rule.clone());
    }
    let (prefix, action, keyword) = schema_rule(id)?;
    let known = specs.books().iter().any(|book| book.domain().rsplit(':').next() == Some(prefix));
    known.then(|| of_schema(id, action, keyword))
}

/// A rule of the law by its id, of whatever kind. Opens every book until one has it.
pub(crate) fn rule(specs: &Specs, id: &str) -> Option<Rule> {
    named(specs, id).or_else(|| specs.books().iter().find_map(|book| book.rule(id)).map(specs::RuleInfo::to_rule))
}

/// `RET10.select.schema.required` → `RET10`, `select`, `required`.
pub(crate) fn schema_rule(id: &str) -> Option<(&str, Action, &str)> {
    let (prefix, rest) = id.split_once('.')?;
    let (action, keyword) = rest.split_once(".schema.")?;
    Some((prefix, action.parse().ok()?, keyword))
}

fn of_schema(id: &str, action: Action, keyword: &str) -> Rule {
    let hint = match keyword {
        "required" => "add what is missing",
        "type" => "write the value in the type that is expected: a text in quotes, a number without",
        "enum" | "const" => "write one of the values that are expected, letter by letter",
        "pattern" | "format" => "write the value in the form that is expected",
        "additionalProperties" | "unevaluatedProperties" => "take it out, or put it where the contract has it",
        "minItems" | "minLength" | "minProperties" | "minimum" => "give as much as is expected",
        "maxItems" | "maxLength" | "maxProperties" | "maximum" => "give no more than is expected",
        "unknown_action" => "send only actions that the domain has, or name another domain",
        _ => "make the value what the finding expects",
    };
    Rule {
        clause: format!("schema of {action}"),
        title: format!("{action} has the form that its JSON schema asks for: {keyword}"),
        rationale: "the receiver reads the message by this schema, and refuses what does not fit".to_owned(),
        hint: hint.to_owned(),
        ..empty(id, CheckLayer::Schema)
    }
}

fn bare(id: &str) -> Rule {
    let start = id.split('/').next().unwrap_or_default();
    let layer = CheckLayer::ALL.into_iter().find(|layer| layer.as_str() == start);
    let layer = layer.unwrap_or(if id.contains(".schema.") { CheckLayer::Schema } else { CheckLayer::Message });
    Rule { title: id.to_owned(), ..empty(id, layer) }
}

fn empty(id: &str, layer: CheckLayer) -> Rule {
    Rule {
        id: id.to_owned(),
        layer,
        severity: Severity::Error,
        fault: Fault::Sender,
        clause: String::new(),
        versions: Vec::new(),
        title: String::new(),
        rationale: String::new(),
        hint: String::new(),
    }
}

/// `error`, `warning`, `note`.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// Who has to mend it, for people.
pub(crate) fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::Sender => "who sent the message",
        Fault::Receiver => "who received it and should have refused it",
        Fault::Harness => "who recorded the log",
        Fault::Unclear => "the log does not tell",
    }
}
