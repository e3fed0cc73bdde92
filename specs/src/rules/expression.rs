//! Expressions of the rule language: `attr are present && !(code any in allowed)`.
//!
//! ```text
//! expr := and ('||' and)*     and := not ('&&' not)*     not := '!' '(' expr ')' | prim
//! prim := '(' expr ')' | name UNARY | name BINARY name
//! ```

use std::fmt;

/// Operators on one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unary {
    /// Not empty, and no null in it.
    Present,
    /// No value twice.
    Unique,
}

/// Operators on two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the keyword says it: see `as_str`
pub enum Binary {
    AllIn,
    AnyIn,
    NoneIn,
    EqualTo,
    FollowRegex,
    GreaterThan,
    LessThan,
}

/// A parsed expression; leaves name variables.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Expr {
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Unary(Unary, String),
    Binary(Binary, String, String),
}

const UNARY: [(Unary, &str); 2] = [(Unary::Present, "are present"), (Unary::Unique, "are unique")];
const BINARY: [(Binary, &str); 7] = [
    (Binary::AllIn, "all in"),
    (Binary::AnyIn, "any in"),
    (Binary::NoneIn, "none in"),
    (Binary::EqualTo, "equal to"),
    (Binary::FollowRegex, "follow regex"),
    (Binary::GreaterThan, "greater than"),
    (Binary::LessThan, "less than"),
];
/// Brackets within brackets; more is a mistake, not a rule.
const DEPTH_MAX: usize = 64;

/// The text is no expression of the rule language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the expression {text:?} at byte {at}: expected {expected}")]
pub struct ExpressionError {
    text: String,
    at: usize,
    expected: &'static str,
}

/// Reads one expression.
///
/// # Errors
/// Names the byte at which reading stopped and what was expected there.
pub fn parse(text: &str) -> Result<Expr, ExpressionError> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    let expr = parser.or()?;
    parser.skip_space();
    if parser.at == text.len() { Ok(expr) } else { Err(parser.expected("&&, || or the end")) }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn or(&mut self) -> Result<Expr, ExpressionError> {
        let mut left = self.and()?;
        while self.take("||") {
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr, ExpressionError> {
        let mut left = self.not()?;
        while self.take("&&") {
            left = Expr::And(Box::new(left), Box::new(self.not()?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Expr, ExpressionError> {
        if self.take("!") {
            return if self.take("(") {
                Ok(Expr::Not(Box::new(self.group()?)))
            } else {
                Err(self.expected("( after !"))
            };
        }
        if self.take("(") { self.group() } else { self.comparison() }
    }

    /// The rest of a bracket that is open already.
    fn group(&mut self) -> Result<Expr, ExpressionError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.expected("fewer brackets"));
        }
        let inside = self.or()?;
        self.depth -= 1;
        if self.take(")") { Ok(inside) } else { Err(self.expected(")")) }
    }

    fn comparison(&mut self) -> Result<Expr, ExpressionError> {
        let left = self.name()?;
        self.skip_space();
        if let Some(unary) = self.keyword(&UNARY) {
            return Ok(Expr::Unary(unary, left));
        }
        match self.keyword(&BINARY) {
            Some(binary) => Ok(Expr::Binary(binary, left, self.name()?)),
            None => Err(self.expected("an operator such as `are present` or `all in`")),
        }
    }

    fn name(&mut self) -> Result<String, ExpressionError> {
        self.skip_space();
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if end == 0 || rest.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(self.expected("the name of a variable"));
        }
        self.at += end;
        Ok(rest[..end].to_owned())
    }

    /// Reads a keyword of two words, in any case and with any space between the words.
    fn keyword<T: Copy>(&mut self, table: &[(T, &str)]) -> Option<T> {
        table.iter().find_map(|&(operator, words)| {
            let start = self.at;
            let read = words.split(' ').all(|word| self.word(word));
            if !read {
                self.at = start;
            }
            read.then_some(operator)
        })
    }

    fn word(&mut self, word: &str) -> bool {
        self.skip_space();
        let rest = &self.text[self.at..];
        let found = rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
            && !rest[word.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if found {
            self.at += word.len();
        }
        found
    }

    fn take(&mut self, symbol: &str) -> bool {
        self.skip_space();
        let found = self.text[self.at..].starts_with(symbol);
        if found {
            self.at += symbol.len();
        }
        found
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn expected(&self, expected: &'static str) -> ExpressionError {
        ExpressionError { text: self.text.to_owned(), at: self.at, expected }
    }
}

impl Unary {
    /// The keyword.
    pub fn as_str(self) -> &'static str {
        match self {
            Unary::Present => "are present",
            Unary::Unique => "are unique",
        }
    }
}

impl Binary {
    /// The keyword.
    pub fn as_str(self) -> &'static str {
        match self {
            Binary::AllIn => "all in",
            Binary::AnyIn => "any in",
            Binary::NoneIn => "none in",
            Binary::EqualTo => "equal to",
            Binary::FollowRegex => "follow regex",
            Binary::GreaterThan => "greater than",
            Binary::LessThan => "less than",
        }
    }
}

impl Expr {
    /// Hands every name of the expression to `found`, from left to right.
    pub(crate) fn each_name(&self, found: &mut impl FnMut(&str)) {
        match self {
            Expr::And(left, right) | Expr::Or(left, right) => {
                left.each_name(found);
                right.each_name(found);
            }
            Expr::Not(inner) => inner.each_name(found),
            Expr::Unary(_, name) => found(name),
            Expr::Binary(_, left, right) => {
                found(left);
                found(right);
            }
        }
    }
}

/// Prints with brackets around every `&&` and `||` that stands within another, so that it reads back the same.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grouped = |e: &Expr, f: &mut fmt::Formatter<'_>| match e {
            Expr::And(..) | Expr::Or(..) => write!(f, "({e})"),
            Expr::Not(_) | Expr::Unary(..) | Expr::Binary(..) => write!(f, "{e}"),
        };
        match self {
            Expr::And(left, right) | Expr::Or(left, right) => {
                grouped(left, f)?;
                f.write_str(if matches!(self, Expr::And(..)) { " && " } else { " || " })?;
                grouped(right, f)
            }
            Expr::Not(inner) => write!(f, "!({inner})"),
            Expr::Unary(operator, name) => write!(f, "{name} {}", operator.as_str()),
            Expr::Binary(operator, left, right) => write!(f, "{left} {} {right}", operator.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a are present", "a are present")]
    #[case("A ARE  Present", "A are present")]
    #[case("a all in b && c are unique || d follow regex e", "(a all in b && c are unique) || d follow regex e")]
    #[case("a are present && (b are present || c are present)", "a are present && (b are present || c are present)")]
    #[case("!(a equal to b)&&!((c none in d))", "!(a equal to b) && !(c none in d)")]
    #[case("x greater than y || x less than y || x any in y", "(x greater than y || x less than y) || x any in y")]
    fn reads(#[case] text: &str, #[case] printed: &str) {
        assert_eq!(parse(text).unwrap().to_string(), printed);
    }

    #[rstest]
    #[case("", 0, "the name of a variable")]
    #[case("a", 1, "an operator such as `are present` or `all in`")]
    #[case("a all in", 8, "the name of a variable")]
    #[case("!a are present", 1, "( after !")]
    #[case("(a are present", 14, ")")]
    #[case("a are present b", 14, "&&, || or the end")]
    #[case("a are presently", 2, "an operator such as `are present` or `all in`")]
    #[case("9a are present", 0, "the name of a variable")]
    fn says_where_it_stopped(#[case] text: &str, #[case] at: usize, #[case] expected: &str) {
        let error = parse(text).unwrap_err();
        assert_eq!((error.at, error.expected), (at, expected));
    }

    #[test]
    fn endless_brackets_are_refused_not_followed() {
        assert!(parse(&"(".repeat(100_000)).is_err());
    }

    fn any_expr() -> impl Strategy<Value = Expr> {
        let name = "[a-z_][a-z0-9_]{0,6}";
        let unary = prop::sample::select(UNARY.map(|(op, _)| op).to_vec());
        let binary = prop::sample::select(BINARY.map(|(op, _)| op).to_vec());
        let leaf = prop_oneof![
            (unary, name).prop_map(|(op, a)| Expr::Unary(op, a)),
            (binary, name, name).prop_map(|(op, a, b)| Expr::Binary(op, a, b)),
        ];
        leaf.prop_recursive(5, 32, 2, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(a, b)| Expr::And(Box::new(a), Box::new(b))),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| Expr::Or(Box::new(a), Box::new(b))),
                inner.prop_map(|a| Expr::Not(Box::new(a))),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(expr in any_expr()) {
            prop_assert_eq!(parse(&expr.to_string()).unwrap(), expr);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[ a-z()!&|_0-9]{0,60}|\\PC{0,40}") {
            if let Ok(expr) = parse(&text) {
                prop_assert_eq!(parse(&expr.to_string()).unwrap(), expr);
            }
        }
    }
}
