//! Regular expressions of a rule pack, which are written for JavaScript.
//!
//! Packs mix `\\d` and `\d`: a doubled backslash means a single one. Look-ahead and back-references occur.

use fancy_regex::Regex;

/// A compiled pattern. Matching is a search: anchors are up to the pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    text: String,
    regex: Regex,
}

/// The pattern does not compile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the regular expression {pattern:?}: {reason}")]
pub struct PatternError {
    pattern: String,
    reason: String,
}

/// Steps back that one match may take, so that a hostile text cannot hold a receiver up.
const BACKTRACK_MAX: usize = 100_000;

impl Pattern {
    pub(crate) fn new(source: &str) -> Result<Pattern, PatternError> {
        let text = source.replace(r"\\", r"\");
        let compiled = fancy_regex::RegexBuilder::new(&ascii_classes(&text)).backtrack_limit(BACKTRACK_MAX).build();
        match compiled {
            Ok(regex) => Ok(Pattern { text, regex }),
            Err(error) => Err(PatternError { pattern: source.to_owned(), reason: error.to_string() }),
        }
    }

    /// The pattern as a reader should see it, with single backslashes.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Is there a match anywhere? A match that runs into the limit counts as none.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text).unwrap_or(false)
    }
}

/// In JavaScript `\d` and `\w` mean ASCII only; in Rust they mean all of Unicode. Spelled out, they are also small and quick.
fn ascii_classes(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() * 2);
    let (mut chars, mut in_class) = (pattern.chars(), false);
    while let Some(c) = chars.next() {
        match c {
            '\\' => match (chars.next(), in_class) {
                (Some('d'), true) => out.push_str("0-9"),
                (Some('d'), false) => out.push_str("[0-9]"),
                (Some('w'), true) => out.push_str("A-Za-z0-9_"),
                (Some('w'), false) => out.push_str("[A-Za-z0-9_]"),
                (Some(escaped), _) => out.extend(['\\', escaped]),
                (None, _) => out.push('\\'),
            },
            '[' if in_class => out.push_str(r"\["),
            other => {
                in_class = (in_class || other == '[') && other != ']';
                out.push(other);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::single(r"^\d{6}$", "560001", "56000a")]
    #[case::doubled(r"^\\d{6}$", "560001", "5600")]
    #[case::ascii_digits_only(r"^\d$", "7", "७")]
    #[case::class(r"^[\w.-]+$", "a_1.b-c", "a b")]
    #[case::slashes(r"^https?\:\/\/", "https://x", "ftp://x")]
    #[case::search_unless_anchored("b", "abc", "acd")]
    #[case::look_ahead(r"^P(?=\d|T)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$", "PT30S", "P")]
    #[case::no_day_twice(r"^(?!.*\b([1-7]),.*\b\1\b)([1-7](,[1-7])*)$", "1,2,7", "1,2,1")]
    #[case::dollar_is_the_very_end("^a$", "a", "a\n")]
    #[case::bracket_in_class(r"^[[\]]$", "[", "x")]
    fn matches_as_javascript_does(#[case] pattern: &str, #[case] good: &str, #[case] bad: &str) {
        let pattern = Pattern::new(pattern).unwrap();
        assert!(pattern.is_match(good), "{good:?} should match {}", pattern.text());
        assert!(!pattern.is_match(bad), "{bad:?} should not match {}", pattern.text());
    }

    #[test]
    fn a_broken_pattern_names_itself() {
        assert!(Pattern::new("a(").unwrap_err().to_string().contains("\"a(\""));
    }
}
