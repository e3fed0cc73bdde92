//! Values with their places, and what is said of them.

use super::Blame;
use crate::pointer;
use crate::rules::jsonpath::Step;
use crate::rules::list::{Identity, List};
use crate::rules::plan::Operand;
use crate::rules::view::Node;

/// Values named in `expected`; a longer list helps nobody.
pub(super) const NAMED_MAX: usize = 12;

/// Values with their places.
pub(super) struct Found<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) pointers: Vec<String>,
    /// Where the walk ended when nothing was found.
    pub(super) missing_at: String,
    /// What the walk looked for there, when it is an entry of a list.
    pub(super) missing_entry: Option<String>,
    /// The innermost list that holds all of them.
    pub(super) around: Option<String>,
    pub(super) identity: Identity,
}

impl<'a> Found<'a> {
    pub(super) fn nothing(identity: Identity) -> Found<'a> {
        Found {
            nodes: Vec::new(),
            pointers: Vec::new(),
            missing_at: String::new(),
            missing_entry: None,
            around: None,
            identity,
        }
    }

    /// Nothing further was found: the missing thing should be at the first node reached, down the named keys.
    pub(super) fn ended(self, missing: &[&Step]) -> Found<'a> {
        let mut place = self.pointers.into_iter().next().unwrap_or_default();
        let mut entry = None;
        for step in missing {
            match step {
                Step::Key(key) => place = pointer::join(&place, key),
                Step::Index(index) => place = format!("{place}/{index}"),
                Step::All => break,
                Step::Filter(conditions) => {
                    entry = conditions.first().map(|c| match &c.equals {
                        Some(value) => format!("an entry with {} {value:?}", c.field),
                        None => format!("an entry with {}", c.field),
                    });
                    break;
                }
            }
        }
        Found { missing_at: place, missing_entry: entry, ..Found::nothing(self.identity) }
    }

    /// The list around what this step finds: the one that it goes through, unless it goes through several.
    pub(super) fn around_of(&self, step: &Step) -> Option<String> {
        match (step, self.pointers.as_slice()) {
            (Step::All | Step::Filter(_), [list]) => Some(list.clone()),
            (Step::All | Step::Filter(_) | Step::Key(_) | Step::Index(_), _) => self.around.clone(),
        }
    }

    /// Where what is missing should stand: in the list beside those that are there. A single value may be the wrong one itself,
    /// unless it is the name of an entry.
    pub(super) fn place_of_all(&self) -> String {
        let among_others = match self.pointers.as_slice() {
            [] => false,
            [one] => one.ends_with("/code"),
            [_, _, ..] => true,
        };
        self.around.clone().filter(|_| among_others).unwrap_or_else(|| self.place())
    }

    /// The only place; what all have around them, when there are several; where the walk ended, when there is none.
    pub(super) fn place(&self) -> String {
        match self.pointers.as_slice() {
            [] => self.missing_at.clone(),
            [first, rest @ ..] => rest.iter().fold(first.as_str(), |around, place| common(around, place)).to_owned(),
        }
    }

    pub(super) fn list<'f>(&'f self, operand: &'f Operand) -> List<'f> {
        match operand {
            Operand::Literals(literals) => List::Literals(literals),
            Operand::Root(_) | Operand::Scoped { .. } => {
                let nulls_are_text = self.nodes.iter().all(|node| node.value.is_string() || node.value.is_null());
                List::Nodes { nodes: &self.nodes, nulls_are_text, identity: self.identity }
            }
        }
    }

    /// The values, for a sentence; empty when there are none.
    pub(super) fn list_of(&self, operand: &Operand) -> String {
        let list = self.list(operand);
        if list.is_empty() { String::new() } else { named(list) }
    }

    pub(super) fn blame(&self, operand: &Operand, at: usize, what: &str, expected: String) -> Blame {
        let path = self.pointers.get(at).unwrap_or(&self.missing_at).clone();
        let actual = match operand {
            Operand::Literals(literals) => literals.values().get(at),
            Operand::Root(_) | Operand::Scoped { .. } => self.nodes.get(at).map(|node| node.value),
        };
        let what = if actual.is_none() { "is missing" } else { what };
        Blame {
            message: format!("{} {what}", pointer::last(&path)),
            path,
            expected,
            actual: actual.map(pointer::shortened),
            against: None,
        }
    }
}

impl Found<'_> {
    /// None of the values is a wanted one. A single value is wrong itself; several are all fit to be where they are, so what is
    /// missing is one beside them.
    pub(super) fn lacks_any(&self, operand: &Operand, expected: String) -> Blame {
        let blame = self.blame(operand, 0, "has none of the wanted values", expected);
        if self.pointers.len() < 2 {
            return blame;
        }
        let path = self.place_of_all();
        Blame {
            message: format!("{} has none of the wanted values", pointer::last(&path)),
            path,
            actual: Some(self.list_of(operand)),
            ..blame
        }
    }

    /// The pack names the values and the message has to have them: the place is where they should stand.
    pub(super) fn lacks(&self, wanted: Option<String>) -> Blame {
        let path = self.place_of_all();
        let wanted = wanted.unwrap_or_else(|| "a value".to_owned());
        let message = format!("{} lacks {wanted}", pointer::last(&path));
        Blame { path, message, expected: wanted, actual: None, against: None }
    }
}

/// What two pointers have in common from the beginning.
fn common<'p>(one: &'p str, other: &str) -> &'p str {
    let same = one.split('/').zip(other.split('/')).take_while(|(one, other)| one == other);
    let length: usize = same.map(|(part, _)| part.len() + 1).sum();
    &one[..length.saturating_sub(1)]
}

pub(super) fn named(list: List<'_>) -> String {
    let mut text: Vec<String> = list.iter().take(NAMED_MAX).map(|item| item.to_text().into_owned()).collect();
    if list.len() > NAMED_MAX {
        text.push(format!("… ({} in all)", list.len()));
    }
    if text.is_empty() { "(an empty list)".to_owned() } else { text.join(", ") }
}
