//! Text with `*` for any rest, also an empty one.

/// Does the text fit the pattern?
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_any_rest() {
        for (pattern, text, expected) in [
            ("history/*", "history/QUOTE_KEPT", true),
            ("history/*", "flow/STEP_MISSING", false),
            ("*flow6*", "logs/flow6/ret10", true),
            ("/items/*/id", "/items/*/id", true),
            ("/items/*/id", "/items/*/tags/*/id", true),
            ("/items/*/id", "/items/*/name", false),
            ("exact", "exact", true),
            ("exact", "exactly", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
