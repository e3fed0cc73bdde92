//! Draws findings to be judged by hand: errors that the official validator does not have, one for each rule.

use blake2::{Blake2b512, Digest};
use serde_json::Value;

/// How many are judged.
const DRAWN: usize = 20;

/// An error with its flow.
pub type Beyond<'r> = (String, &'r Value);

/// By a seed, in an order that anybody gets again: the digest of the seed and of what the finding names. Of the rules that `known`
/// does not name.
pub fn draw<'r>(seed: &str, extras: &[Beyond<'r>], known: &str) -> Vec<Beyond<'r>> {
    let key = |(flow, finding): &Beyond<'_>| {
        let name = format!("{seed}\n{flow}\n{}\n{}\n{}", finding["rule"], finding["message"], finding["pointer"]);
        Blake2b512::digest(name.as_bytes())
    };
    let is_new = |finding: &Value| !known.contains(&format!("`{}`", finding["rule"].as_str().unwrap()));
    let errors = extras.iter().filter(|(_, finding)| finding["severity"] == "error" && is_new(finding));
    let mut errors: Vec<Beyond<'r>> = errors.cloned().collect();
    errors.sort_by_cached_key(key);
    let mut rules: Vec<&str> = Vec::new();
    errors.retain(|(_, finding)| {
        let rule = finding["rule"].as_str().unwrap();
        let is_first = !rules.contains(&rule) && rules.len() < DRAWN;
        rules.extend(is_first.then_some(rule));
        is_first
    });
    errors
}

/// For the one who judges: where to look.
pub fn print(drawn: &[Beyond<'_>]) {
    for (at, (flow, finding)) in drawn.iter().enumerate() {
        let text = |member: &str| finding[member].as_str().unwrap_or("-").chars().take(160).collect::<String>();
        println!("{:>2}. {flow} [{}] {}", at + 1, text("rule"), text("text"));
        println!("    message {} {}", finding["message"], text("pointer"));
        println!("    expected {}; found {}; against {}", text("expected"), text("actual"), finding["contradicts"]);
    }
}
