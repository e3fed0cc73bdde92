//! The part of JSONPath that rule packs use: `.name`, `['name']`, `[*]`, `[0]`, `[?(@.code=='x' || @.kept)]`.
//!
//! No recursive descent, slices or functions: a pack that needs them is refused at load.

use std::fmt;

/// One step from a set of nodes to their children.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// The value of a property.
    Key(Box<str>),
    /// One element of an array.
    Index(usize),
    /// Every element of an array, every value of an object.
    All,
    /// Children that are objects and meet one of the conditions.
    Filter(Box<[Condition]>),
}

/// `@.field=='value'`, or `@.field` when `equals` is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Condition {
    pub(crate) field: Box<str>,
    pub(crate) equals: Option<Box<str>>,
}

/// The text is no JSONPath that we read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the JSONPath {path:?} at byte {at}: expected .name, ['name'], [*], [0] or [?(@.field=='value')]")]
pub struct PathError {
    path: String,
    at: usize,
}

/// Reads a path into its steps; `$` alone has none.
pub(crate) fn parse(path: &str) -> Result<Vec<Step>, PathError> {
    let error = |rest: &str| PathError { path: path.to_owned(), at: path.len() - rest.len() };
    let mut rest = path.strip_prefix('$').ok_or_else(|| error(path))?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, after) = next_step(rest).ok_or_else(|| error(rest))?;
        steps.push(step);
        rest = after;
    }
    Ok(steps)
}

fn next_step(rest: &str) -> Option<(Step, &str)> {
    if let Some(after) = rest.strip_prefix(".*").or_else(|| rest.strip_prefix("[*]")) {
        return Some((Step::All, after));
    }
    if let Some(after) = rest.strip_prefix("[?(") {
        let end = end_of_filter(after)?;
        return Some((Step::Filter(filter(&after[..end])?), &after[end + 2..]));
    }
    if let Some(after) = rest.strip_prefix('[') {
        let (inside, after) = bracket(after)?;
        return Some((inside, after));
    }
    let after = rest.strip_prefix('.')?;
    let (name, after) = split_name(after)?;
    Some((Step::Key(name.into()), after))
}

fn bracket(after: &str) -> Option<(Step, &str)> {
    for quote in ['\'', '"'] {
        if let Some(quoted) = after.strip_prefix(quote) {
            let (name, rest) = quoted.split_once(quote)?;
            return (!name.is_empty()).then_some((Step::Key(name.into()), rest.strip_prefix(']')?));
        }
    }
    let (digits, rest) = after.split_once(']')?;
    Some((Step::Index(digits.parse().ok()?), rest))
}

/// The position of the `)]` that closes a filter, outside quotes.
fn end_of_filter(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None if text[at..].starts_with(")]") => return Some(at),
            None => {}
        }
    }
    None
}

fn filter(text: &str) -> Option<Box<[Condition]>> {
    text.split("||").map(|part| condition(part.trim())).collect()
}

fn condition(text: &str) -> Option<Condition> {
    let (name, rest) = split_name(text.strip_prefix("@.")?)?;
    let rest = rest.trim();
    if rest.is_empty() {
        return Some(Condition { field: name.into(), equals: None });
    }
    let value = rest.strip_prefix("===").or_else(|| rest.strip_prefix("=="))?.trim();
    let quoted = ['\'', '"'].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))?;
    Some(Condition { field: name.into(), equals: Some(quoted.into()) })
}

fn split_name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Key(name) if split_name(name).is_some_and(|(_, rest)| rest.is_empty()) => write!(f, ".{name}"),
            Step::Key(name) => write!(f, "['{name}']"),
            Step::Index(index) => write!(f, "[{index}]"),
            Step::All => f.write_str("[*]"),
            Step::Filter(conditions) => {
                f.write_str("[?(")?;
                for (at, condition) in conditions.iter().enumerate() {
                    let or = if at == 0 { "" } else { " || " };
                    match &condition.equals {
                        Some(value) => write!(f, "{or}@.{}=='{value}'", condition.field)?,
                        None => write!(f, "{or}@.{}", condition.field)?,
                    }
                }
                f.write_str(")]")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("$")]
    #[case("$.message.order.items[*].id")]
    #[case("$.message.catalog['bpp/providers'][*].items[0]")]
    #[case("$.tags[?(@.code=='a' || @.type=='b c' || @.kept)].list[*].value")]
    #[case("$.payment['@ondc/org/settlement_details'][*]")]
    fn a_path_reads_and_prints_the_same(#[case] path: &str) {
        let steps = parse(path).unwrap();
        let printed: String = steps.iter().map(Step::to_string).collect();
        assert_eq!(format!("${printed}"), path);
    }

    #[rstest]
    #[case("$.a[?(@.code==\"x\")]", "$.a[?(@.code=='x')]")]
    #[case("$.a[\"b\"].*", "$.a.b[*]")]
    #[case("$.a[?(@.code === 'x)]')]", "$.a[?(@.code=='x)]')]")]
    fn other_spellings_mean_the_same(#[case] path: &str, #[case] canonical: &str) {
        assert_eq!(parse(path), parse(canonical));
    }

    #[rstest]
    #[case("message.order", 0)]
    #[case("$..id", 1)]
    #[case("$.a[1:2]", 3)]
    #[case("$.a[?(@.n>3)]", 3)]
    #[case("$.a[?(@.code=='x'", 3)]
    #[case("$.a['']", 3)]
    fn what_we_do_not_read_is_refused_with_its_place(#[case] path: &str, #[case] at: usize) {
        assert_eq!(parse(path).unwrap_err().at, at);
    }
}
