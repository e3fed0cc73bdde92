//! What is said of the part of an expression that failed.

use super::Blame;
use super::found::named;
use super::walk::Walk;
use crate::pointer;
use crate::rules::expression::{Binary, Unary};
use crate::rules::operator;
use crate::rules::plan::{Check, Operand};

impl<'a> Walk<'_, 'a> {
    pub(super) fn blame(&self, check: &'a Check, expression: &str) -> Blame {
        match check {
            Check::Unary(operator, operand) => self.blame_unary(*operator, operand),
            Check::Binary(operator, left, right) => self.blame_binary(*operator, left, right),
            Check::Follow(left, patterns) => {
                let found = self.find(left);
                let (at, pattern) = operator::first_mismatch(found.list(left), patterns).unwrap_or_default();
                let pattern = patterns.get(pattern).map_or("", |pattern| pattern.text());
                found.blame(left, at, "does not have the right form", format!("text that matches {pattern}"))
            }
            Check::Not(inner) => {
                let first = first_operand(inner);
                let found = first.map_or_else(|| self.nothing(), |operand| self.find(operand));
                Blame {
                    path: found.pointers.first().cloned().unwrap_or(found.missing_at),
                    message: "is not allowed here".to_owned(),
                    expected: self.opposite(inner).unwrap_or_else(|| expression.to_owned()),
                    actual: found.nodes.first().map(|node| pointer::shortened(node.value)),
                    against: None,
                }
            }
            Check::Always(_) | Check::And(..) | Check::Or(..) => Blame {
                path: String::new(),
                message: "the rule can never hold".to_owned(),
                expected: expression.to_owned(),
                actual: None,
                against: None,
            },
        }
    }

    /// What is wanted where this must not hold; `None` when only the expression can say it.
    fn opposite(&self, check: &'a Check) -> Option<String> {
        match check {
            Check::Binary(operator, _, right) => {
                let words = match operator {
                    Binary::GreaterThan => "at most",
                    Binary::LessThan => "at least",
                    Binary::EqualTo => "something else than",
                    Binary::AllIn | Binary::AnyIn => "none of",
                    Binary::NoneIn => "at least one of",
                    Binary::FollowRegex => return None,
                };
                let right = self.find(right).list_of(right);
                (!right.is_empty()).then(|| format!("{words} {right}"))
            }
            Check::Unary(Unary::Present, _) => Some("nothing".to_owned()),
            Check::Always(_)
            | Check::And(..)
            | Check::Or(..)
            | Check::Not(_)
            | Check::Unary(..)
            | Check::Follow(..) => None,
        }
    }

    fn blame_unary(&self, operator: Unary, operand: &'a Operand) -> Blame {
        let found = self.find(operand);
        match operator {
            Unary::Present => {
                let at = operator::first_absent(found.list(operand)).unwrap_or_default();
                let expected = found.missing_entry.clone().unwrap_or_else(|| "a value".to_owned());
                Blame { actual: None, ..found.blame(operand, at, "is missing", expected) }
            }
            Unary::Unique => {
                let at = operator::first_repeated(found.list(operand)).unwrap_or_default();
                found.blame(operand, at, "stands there twice", "every value once".to_owned())
            }
        }
    }

    fn blame_binary(&self, operator: Binary, left: &'a Operand, right: &'a Operand) -> Blame {
        let (found, against) = (self.find(left), self.find(right));
        let (list, other) = (found.list(left), against.list(right));
        let outside = operator::first_outside(list, other).unwrap_or_default();
        let inside = list.iter().position(|item| other.contains(item)).unwrap_or_default();
        if let Operand::Literals(literals) = left {
            let lacking =
                literals.values().iter().zip(list.iter()).skip(outside).filter(|(_, item)| !other.contains(*item));
            let lacking: Vec<String> = lacking.map(|(value, _)| pointer::shortened(value)).collect();
            return against.lacks(Some(lacking.join(", ")).filter(|names| !names.is_empty()));
        }
        let named = named(other);
        match operator {
            Binary::AllIn => found.blame(left, outside, "is none of the allowed values", format!("one of {named}")),
            Binary::AnyIn => found.lacks_any(left, format!("at least one of {named}")),
            Binary::NoneIn => found.blame(left, inside, "is a forbidden value", format!("none of {named}")),
            Binary::EqualTo => found.blame(left, outside, "is not the wanted value", format!("exactly {named}")),
            Binary::GreaterThan => found.blame(left, 0, "is too small", format!("greater than {named}")),
            Binary::LessThan => found.blame(left, 0, "is too large", format!("less than {named}")),
            Binary::FollowRegex => found.blame(left, 0, "does not have the right form", named),
        }
    }
}

fn first_operand(check: &Check) -> Option<&Operand> {
    match check {
        Check::Always(_) => None,
        Check::And(left, right) | Check::Or(left, right) => first_operand(left).or_else(|| first_operand(right)),
        Check::Not(inner) => first_operand(inner),
        Check::Unary(_, operand) | Check::Binary(_, operand, _) | Check::Follow(operand, _) => Some(operand),
    }
}
