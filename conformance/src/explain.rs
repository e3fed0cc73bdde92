//! What a rule wants, in the words of its book.

use std::io::{self, Write};

use specs::{Action, Book, RuleInfo, Specs};

use crate::cli::Exit;
use crate::judge::Override;

/// Ids offered when the asked one does not exist.
const OFFERED_MAX: usize = 8;

pub(crate) fn explain(specs: &Specs, forced: &Override, rule: &str, out: &mut impl Write) -> anyhow::Result<Exit> {
    let wanted = |book: &&Book| {
        forced.domain.as_deref().is_none_or(|domain| domain == book.domain())
            && forced.version.as_deref().is_none_or(|version| version == book.version())
    };
    let books: Vec<&Book> = specs.books().iter().filter(wanted).collect();
    let mut found = false;
    for book in &books {
        if let Some(info) = rules(book).find(|info| info.id == rule) {
            rule_text(book, info, out)?;
            found = true;
        }
    }
    if let Some((action, keyword)) = schema_rule(&books, rule) {
        writeln!(
            out,
            "{rule}\n  The JSON schema of {action}, keyword `{keyword}`.\n  The finding says where, and what was expected."
        )?;
        found = true;
    }
    if found {
        return Ok(Exit::Clean);
    }
    writeln!(out, "no rule {rule:?} in this law")?;
    let asked = rule.to_lowercase();
    let last = asked.rsplit('/').next().unwrap_or(&asked);
    let near = books.iter().flat_map(|book| rules(book)).filter(|info| info.id.to_lowercase().contains(last));
    let mut near: Vec<&str> = near.map(|info| info.id.as_str()).collect();
    near.sort_unstable();
    near.dedup();
    near.iter().take(OFFERED_MAX).try_for_each(|id| writeln!(out, "  did you mean {id}"))?;
    Ok(Exit::Usage)
}

fn rules(book: &Book) -> impl Iterator<Item = &RuleInfo> {
    Action::ALL.into_iter().flat_map(|action| book.rules(action))
}

fn rule_text(book: &Book, info: &RuleInfo, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{} ({} {})", info.id, book.domain(), book.version())?;
    if !info.description.is_empty() {
        writeln!(out, "  {}", info.description)?;
    }
    if info.scope != "$" {
        writeln!(out, "  for each: {}", info.scope)?;
    }
    writeln!(out, "  holds:    {}", info.expression)?;
    if !info.skip_if.is_empty() {
        writeln!(out, "  unless:   {}", info.skip_if)?;
    }
    info.variables.iter().try_for_each(|(name, meaning)| writeln!(out, "  {name} = {meaning}"))
}

/// `RET10.select.schema.required`: the action and the keyword, when the domain is one of the books'.
fn schema_rule<'r>(books: &[&Book], rule: &'r str) -> Option<(Action, &'r str)> {
    let (domain, rest) = rule.split_once('.')?;
    let (action, keyword) = rest.split_once(".schema.")?;
    let known = books.iter().any(|book| book.domain().rsplit(':').next() == Some(domain));
    known.then_some(())?;
    Some((action.parse().ok()?, keyword))
}
