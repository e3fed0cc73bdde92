//! The operators of the rule language on lists. Exact semantics, empty lists included.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::list::{Item, List};
use super::pattern::Pattern;

/// Not empty, and neither null nor the text `undefined` in it. Empty text is present.
pub(crate) fn present(list: List<'_>) -> bool {
    !list.is_empty() && first_absent(list).is_none()
}

/// The first value that counts as absent.
pub(crate) fn first_absent(list: List<'_>) -> Option<usize> {
    list.iter().position(|item| matches!(item, Item::Text("null" | "undefined")))
}

/// No value twice.
pub(crate) fn unique(list: List<'_>) -> bool {
    first_repeated(list).is_none()
}

/// The first value that stood in the list before.
pub(crate) fn first_repeated(list: List<'_>) -> Option<usize> {
    let (mut texts, mut others) = (HashSet::new(), HashSet::new());
    list.iter().position(|item| match item {
        Item::Text(text) => !texts.insert(text),
        Item::Other(value) | Item::Content(value) => !others.insert(value.to_string()),
    })
}

/// Every value of `left` is in `right`; false when only `left` is empty, so it implies presence.
pub(crate) fn all_in(left: List<'_>, right: List<'_>) -> bool {
    (right.is_empty() || !left.is_empty()) && first_outside(left, right).is_none()
}

/// The first value of `left` that is not in `right`.
pub(crate) fn first_outside(left: List<'_>, right: List<'_>) -> Option<usize> {
    // Two long lists from the payload (items and their fulfilments): a set keeps it linear.
    if let List::Nodes { nodes, .. } = right
        && nodes.len() > 16
        && left.len() > 16
    {
        let texts: HashSet<Cow<'_, str>> =
            right.iter().filter(|i| matches!(i, Item::Text(_))).map(Item::to_text).collect();
        return left.iter().position(|item| match item {
            Item::Text(text) => !texts.contains(text),
            Item::Other(_) | Item::Content(_) => !right.contains(item),
        });
    }
    left.iter().position(|item| !right.contains(item))
}

/// Some value of `left` is in `right`.
pub(crate) fn any_in(left: List<'_>, right: List<'_>) -> bool {
    left.iter().any(|item| right.contains(item))
}

/// No value of `left` is in `right`.
pub(crate) fn none_in(left: List<'_>, right: List<'_>) -> bool {
    !any_in(left, right)
}

/// Same length, and equal value by value.
pub(crate) fn equal_to(left: List<'_>, right: List<'_>) -> bool {
    left.len() == right.len() && left.iter().zip(right.iter()).all(|(a, b)| a.strictly_equals(b))
}

/// Every value matches every pattern; false when there are patterns but no value.
pub(crate) fn follow(left: List<'_>, patterns: &[Arc<Pattern>]) -> bool {
    (patterns.is_empty() || !left.is_empty()) && first_mismatch(left, patterns).is_none()
}

/// The first value that misses a pattern, and the pattern.
pub(crate) fn first_mismatch(left: List<'_>, patterns: &[Arc<Pattern>]) -> Option<(usize, usize)> {
    left.iter().enumerate().find_map(|(at, item)| {
        let text = item.to_text();
        patterns.iter().position(|pattern| !pattern.is_match(&text)).map(|pattern| (at, pattern))
    })
}

/// Timestamps or numbers, compared position by position; positions beyond `right` pass; mixed kinds fail.
pub(crate) fn ordered(left: List<'_>, right: List<'_>, holds: fn(f64, f64) -> bool) -> bool {
    let sides = both(left, right, timestamp_ms).or_else(|| both(left, right, |item| item.to_number()));
    sides.is_some_and(|(left, right)| left.iter().zip(&right).all(|(&a, &b)| holds(a, b)))
}

/// Both lists as numbers, when every value reads as one.
fn both(left: List<'_>, right: List<'_>, read: fn(Item<'_>) -> Option<f64>) -> Option<(Vec<f64>, Vec<f64>)> {
    let numbers = |list: List<'_>| list.iter().map(read).collect::<Option<Vec<f64>>>();
    Some((numbers(left)?, numbers(right)?))
}

/// A full timestamp with seconds and an offset, in milliseconds since the epoch.
fn timestamp_ms(item: Item<'_>) -> Option<f64> {
    let Item::Text(text) = item else { return None };
    let timestamp: Timestamp = text.parse().ok()?;
    Some(timestamp.as_millisecond() as f64)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::super::jsonpath;
    use super::super::list::{Identity, Literals};
    use super::super::view::{Node, Normalisation, View};
    use super::*;

    /// Runs an operator on what `$.l[*]` and `$.r[*]` find.
    fn on(left: Value, right: Value, operator: impl Fn(List<'_>, List<'_>) -> bool) -> bool {
        let payload = json!({"l": left, "r": right});
        let (l, r) = (jsonpath::parse("$.l[*]").unwrap(), jsonpath::parse("$.r[*]").unwrap());
        let view = View::new(&payload, Normalisation::Off);
        operator(found(&nodes(&view, &l)), found(&nodes(&view, &r)))
    }

    fn nodes<'a>(view: &View<'a>, steps: &'a [jsonpath::Step]) -> Vec<Node<'a>> {
        steps.iter().fold(vec![view.root()], |nodes, step| {
            let mut next = Vec::new();
            nodes.into_iter().for_each(|node| view.step(node, step, |child, _| next.push(child)));
            next
        })
    }

    fn found<'a>(nodes: &'a [Node<'a>]) -> List<'a> {
        found_by(nodes, Identity::Place)
    }

    fn found_by<'a>(nodes: &'a [Node<'a>], identity: Identity) -> List<'a> {
        let nulls_are_text = nodes.iter().all(|n| n.value.is_string() || n.value.is_null());
        List::Nodes { nodes, nulls_are_text, identity }
    }

    #[test]
    fn across_messages_the_content_of_objects_counts() {
        let payload = json!({"l": [{"a": [1, "x"]}], "r": [{"a": [1, "x"]}], "other": [{"a": [1, "y"]}]});
        let view = View::new(&payload, Normalisation::Off);
        let [l, r, other] = ["l", "r", "other"].map(|name| jsonpath::parse(&format!("$.{name}[*]")).unwrap());
        let [l, r, other] = [nodes(&view, &l), nodes(&view, &r), nodes(&view, &other)];
        assert!(equal_to(found_by(&l, Identity::Content), found_by(&r, Identity::Content)));
        assert!(!equal_to(found_by(&l, Identity::Content), found_by(&other, Identity::Content)));
        assert!(!equal_to(found(&l), found(&r)));
    }

    #[rstest]
    #[case(json!(["a"]), true)]
    #[case(json!([""]), true)]
    #[case(json!([]), false)]
    #[case(json!(["a", null]), false)]
    #[case(json!(["undefined"]), false)]
    #[case(json!([1, null]), true)] // nulls become text only among texts
    #[case(json!([{}]), true)]
    fn are_present(#[case] list: Value, #[case] holds: bool) {
        assert_eq!(on(list, json!([]), |l, _| present(l)), holds);
    }

    #[rstest]
    #[case(json!(["a", "b"]), true)]
    #[case(json!([]), true)]
    #[case(json!(["a", "a"]), false)]
    #[case(json!([1, "1"]), true)]
    #[case(json!([{"a": 1}, {"a": 1}]), false)]
    fn are_unique(#[case] list: Value, #[case] holds: bool) {
        assert_eq!(on(list, json!([]), |l, _| unique(l)), holds);
    }

    #[rstest]
    //        left              right          all    any    none   equal
    #[case(json!([]),         json!([]),      true,  false, true,  true)]
    #[case(json!([]),         json!(["a"]),   false, false, true,  false)]
    #[case(json!(["a"]),      json!([]),      false, false, true,  false)]
    #[case(json!(["a"]),      json!(["a"]),   true,  true,  false, true)]
    #[case(json!(["a", "b"]), json!(["a"]),   false, true,  false, false)]
    #[case(json!(["a", "a"]), json!(["a"]),   true,  true,  false, false)]
    #[case(json!([1]),        json!(["1"]),   false, false, true,  false)]
    #[case(json!([1]),        json!([1.0]),   true,  true,  false, true)]
    #[case(json!([true]),     json!([1]),     false, false, true,  false)]
    #[case(json!([null]),     json!(["null"]), true, true,  false, true)]
    #[case(json!([{}]),       json!([{}]),    false, false, true,  false)]
    fn membership(
        #[case] l: Value,
        #[case] r: Value,
        #[case] all: bool,
        #[case] any: bool,
        #[case] none: bool,
        #[case] equal: bool,
    ) {
        assert_eq!(on(l.clone(), r.clone(), all_in), all, "all in");
        assert_eq!(on(l.clone(), r.clone(), any_in), any, "any in");
        assert_eq!(on(l.clone(), r.clone(), none_in), none, "none in");
        assert_eq!(on(l, r, equal_to), equal, "equal to");
    }

    #[test]
    fn long_lists_answer_as_short_ones() {
        let long: Vec<Value> = (0..40).map(|n| json!(n.to_string())).collect();
        assert!(on(json!(long), json!(long), all_in));
        let mut wrong = long.clone();
        wrong[39] = json!("elsewhere");
        assert!(!on(json!(wrong), json!(long), all_in));
        let literals = Literals::new(long);
        assert!(List::Literals(&literals).contains(Item::Text("39")));
        assert!(!List::Literals(&literals).contains(Item::Text("40")));
    }

    #[rstest]
    #[case(json!([]), &[], true)]
    #[case(json!([]), &["^a"], false)]
    #[case(json!(["ab", "ac"]), &["^a"], true)]
    #[case(json!(["ab", "b"]), &["^a"], false)]
    #[case(json!(["ab"]), &["^a", "c$"], false)]
    #[case(json!([12, 12.0]), &["^12$"], true)]
    #[case(json!([true]), &["^true$"], true)]
    #[case(json!([null]), &["^null$"], true)]
    fn follow_regex(#[case] list: Value, #[case] patterns: &[&str], #[case] holds: bool) {
        let patterns: Vec<Arc<Pattern>> = patterns.iter().map(|p| Arc::new(Pattern::new(p).unwrap())).collect();
        assert_eq!(on(list, json!([]), |l, _| follow(l, &patterns)), holds);
    }

    #[rstest]
    #[case(json!(["2"]), json!(["10"]), false)]
    #[case(json!([11]), json!(["10"]), true)]
    #[case(json!(["2024-01-01T00:00:01Z"]), json!(["2024-01-01T05:30:00+05:30"]), true)]
    #[case(json!(["2024-01-01T00:00:00Z"]), json!(["2024-01-01T00:00:00.000Z"]), false)]
    #[case(json!(["2024-01-01T00:00:01Z"]), json!(["10"]), false)]
    #[case(json!(["12", "1"]), json!(["10"]), true)] // beyond the right side: passes
    #[case(json!(["text"]), json!(["10"]), false)]
    fn greater_than(#[case] l: Value, #[case] r: Value, #[case] holds: bool) {
        assert_eq!(on(l, r, |l, r| ordered(l, r, |a, b| a > b)), holds);
    }
}
