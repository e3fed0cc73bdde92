//! What can be told. A place names the kinds that it wants: `order.confirm`, `return.*`, `*`.

/// Kinds with what they mean, for the documentation and for the page. Steps of orders and returns are those of the order's story.
pub const KINDS: [(&str, &str); 6] = [
    ("order.*", "a step of an order: confirm, accept, pack, deliver, cancel, reject, revise, rto, refund…"),
    ("return.*", "a step of a return: ask, approve, reject, pick, deliver, receive, grade, liquidate…"),
    ("ticket.*", "goods are lost or damaged (open), or it is settled (close)"),
    ("stock.change", "what buyer apps are told of a shelf has changed: its price, or whether it can be had"),
    ("partner.change", "a partner went on or off the network, or serves other places"),
    ("test", "the test button; goes to one place only"),
];

/// Prefixes that a wanted kind may have.
const FAMILIES: [&str; 4] = ["order", "return", "ticket", "stock"];
const WORDS_MAX: usize = 40;

/// The kind of a step in an order's story.
pub fn of_step(word: &str) -> String {
    match word.strip_prefix("return-") {
        Some(step) => format!("return.{step}"),
        None if word == "return" => "return.ask".to_owned(),
        None => format!("order.{word}"),
    }
}

/// Does a place that wants these want this kind? A test goes where it is sent to.
pub fn wants(wanted: &str, kind: &str) -> bool {
    wanted.split_whitespace().any(|one| match one.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => one == kind,
    })
}

/// Is this something that a place can want? Words of steps are not checked: new ones may come.
pub fn is_known(wanted: &str) -> bool {
    let known_family = |family: &str| FAMILIES.contains(&family) || family == "partner";
    match wanted.split_once('.') {
        None => wanted == "*",
        Some((family, step)) => {
            let word = step.strip_suffix('*').unwrap_or(step);
            known_family(family)
                && step.len() <= WORDS_MAX
                && !step.is_empty()
                && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_what_it_wants_and_nothing_else() {
        for (wanted, kind, told) in [
            ("*", "order.confirm", true),
            ("order.*", "order.confirm", true),
            ("order.*", "return.approve", false),
            ("order.confirm stock.change", "stock.change", true),
            ("order.con", "order.confirm", false),
            ("", "order.confirm", false),
        ] {
            assert_eq!(wants(wanted, kind), told, "{wanted} {kind}");
        }
    }

    #[test]
    fn steps_of_a_return_have_a_family_of_their_own() {
        let kinds = ["confirm", "return", "return-pick-failed", "rto"].map(of_step);
        assert_eq!(kinds, ["order.confirm", "return.ask", "return.pick-failed", "order.rto"]);
    }

    #[test]
    fn every_kind_of_the_list_can_be_wanted_and_a_misspelt_one_cannot() {
        assert!(KINDS.iter().filter(|(kind, _)| *kind != "test").all(|(kind, _)| is_known(kind)));
        for bad in ["orders.*", "order", "order.", "order.Con firm", "test", "*.*", ""] {
            assert!(!is_known(bad), "{bad}");
        }
    }
}
