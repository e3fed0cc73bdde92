//! What a rule wants, why, and how to mend it: for each kind of id that a finding can name.

mod near;

use std::io::{self, Write};

use serde::Serialize;
use specs::{Action, Book, Rule, RuleInfo, Severity, Specs};

use crate::cli::{Asked, Exit, Plain};
use crate::judge::words::{self, schema_rule};

/// Everything known of a rule.
#[derive(Debug, Serialize)]
pub(crate) struct Explanation<'a> {
    #[serde(flatten)]
    rule: Rule,
    /// Each book that has it as text, with that text; none for programs and schemas.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    text: Vec<RuleText<'a>>,
}

/// A rule as a book writes it.
#[derive(Debug, Serialize)]
struct RuleText<'a> {
    /// Domain and version of the books that write it so.
    books: Vec<String>,
    /// How bad it is there.
    severity: Severity,
    /// What is wrong when it fails.
    description: &'a str,
    /// JSONPath of the nodes on which it runs.
    for_each: &'a str,
    /// The expression that must hold.
    holds: &'a str,
    /// When this holds, the rule is skipped.
    unless: &'a str,
    /// Code of the NACK.
    error_code: Option<&'a str>,
    /// The names in the expressions.
    names: Vec<(&'a str, &'a str)>,
}

pub(crate) fn explain(specs: &Specs, asked: &Asked<'_>, format: Plain, out: &mut impl Write) -> anyhow::Result<Exit> {
    let Some(found) = explanation(specs, asked) else {
        writeln!(out, "no rule {:?} in this law", asked.rule)?;
        near::ids(specs, asked.rule).iter().try_for_each(|id| writeln!(out, "  did you mean {id}"))?;
        return Ok(Exit::Usage);
    };
    match format {
        Plain::Text => text(&found, out)?,
        Plain::Json => {
            serde_json::to_writer_pretty(&mut *out, &found)?;
            writeln!(out)?;
        }
    }
    Ok(Exit::Clean)
}

fn explanation<'a>(specs: &'a Specs, asked: &Asked<'_>) -> Option<Explanation<'a>> {
    let books = specs.books().iter().filter(|book| {
        asked.domain.is_none_or(|domain| domain == book.domain())
            && asked.version.is_none_or(|version| version == book.version())
    });
    let mut all: Vec<RuleText<'a>> = Vec::new();
    let mut first = None;
    for book in books {
        if let Some(info) = rules(book).find(|info| info.id == asked.rule) {
            first = first.or(Some(info));
            add(&mut all, book, info);
        }
    }
    let has_text = schema_rule(asked.rule).is_none() && specs.rulebook().get(asked.rule).is_none();
    let of_book = first.filter(|_| has_text).map(RuleInfo::to_rule);
    let rule = of_book.or_else(|| words::rule(specs, asked.rule).filter(|_| !has_text))?;
    Some(Explanation { rule, text: all })
}

/// Books that write the same are told together.
fn add<'a>(all: &mut Vec<RuleText<'a>>, book: &Book, info: &'a RuleInfo) {
    let title = format!("{} {}", book.domain(), book.version());
    let names: Vec<(&str, &str)> = info.variables.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let same = |one: &&mut RuleText<'_>| {
        (one.severity, one.description, one.holds, one.unless, one.for_each)
            == (
                info.severity,
                info.description.as_str(),
                info.expression.as_str(),
                info.skip_if.as_str(),
                info.scope.as_str(),
            )
            && one.names == names
    };
    match all.iter_mut().find(same) {
        Some(known) => known.books.push(title),
        None => all.push(RuleText {
            books: vec![title],
            severity: info.severity,
            description: &info.description,
            for_each: &info.scope,
            holds: &info.expression,
            unless: &info.skip_if,
            error_code: info.error_code.as_deref(),
            names,
        }),
    }
}

pub(crate) fn rules(book: &Book) -> impl Iterator<Item = &RuleInfo> {
    Action::ALL.into_iter().flat_map(|action| book.rules(action).chain(book.history_rules(action)))
}

fn text(found: &Explanation<'_>, out: &mut impl Write) -> io::Result<()> {
    let Rule { id, layer, severity, fault, clause, versions, title, rationale, hint } = &found.rule;
    writeln!(out, "{id}\n  {title}\n")?;
    let versions = if versions.is_empty() { "all".to_owned() } else { versions.join(", ") };
    let lines = [
        ("layer", layer.as_str()),
        ("severity", words::severity(*severity)),
        ("fault", words::fault(*fault)),
        ("clause", clause),
        ("versions", &versions),
        ("why", rationale),
        ("fix", hint),
    ];
    for (label, words) in lines.iter().filter(|(_, words)| !words.is_empty()) {
        writeln!(out, "  {:<9} {words}", format!("{label}:"))?;
    }
    found.text.iter().try_for_each(|one| rule_text(one, *severity, out))
}

fn rule_text(one: &RuleText<'_>, usual: Severity, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n  in {}", one.books.join(", "))?;
    let code = one.error_code.unwrap_or_default();
    let scope = if one.for_each == "$" { "" } else { one.for_each };
    let severity = if one.severity == usual { "" } else { words::severity(one.severity) };
    let lines =
        [("severity", severity), ("for each", scope), ("holds", one.holds), ("unless", one.unless), ("NACK", code)];
    for (label, words) in lines.iter().filter(|(_, words)| !words.is_empty()) {
        writeln!(out, "    {:<9} {words}", format!("{label}:"))?;
    }
    one.names.iter().try_for_each(|(name, meaning)| writeln!(out, "    {name} = {meaning}"))
}
