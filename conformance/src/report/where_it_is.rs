//! Places in words, the same in every output for people.

use crate::finding::{Elsewhere, Finding, Place};
use crate::judge::{FlowReport, MessageReport};

/// `/message/order/items/*/id (12 places)`.
pub(super) fn place(finding: &Finding) -> String {
    match (finding.place.is_empty(), finding.count) {
        (true, _) if finding.message.is_none() => "(the whole flow)".to_owned(),
        (true, _) => "(the whole message)".to_owned(),
        (false, 0 | 1) => finding.pointer.clone(),
        (false, count) => format!("{} ({count} places)", finding.place),
    }
}

/// `logs/03_select.json:12:5`; the file alone when the line is not known.
pub(super) fn file(finding: &Finding, flow: &FlowReport) -> Option<String> {
    let message = message(finding, flow)?;
    Some(match finding.position {
        Some(at) => format!("{}:{}:{}", message.path, at.line, at.column),
        None => message.path.clone(),
    })
}

/// The message that a finding is about.
pub(super) fn message<'r>(finding: &Finding, flow: &'r FlowReport) -> Option<&'r MessageReport> {
    flow.messages.get(finding.message?)
}

/// `message 2 (on_select), /message/quote: 12.00`.
pub(super) fn other(place: &Place, flow: &FlowReport) -> String {
    let name = flow.messages.get(place.message).map(MessageReport::name).unwrap_or_default();
    match place.value.is_empty() {
        true => format!("{name}, {}", place.pointer),
        false => format!("{name}, {}: {}", place.pointer, place.value),
    }
}

/// `ONDC:RET10 1.2.0`, and which flow.
pub(super) fn contract(flow: &FlowReport) -> String {
    let mut words: Vec<String> = [&flow.domain, &flow.version].into_iter().flatten().cloned().collect();
    if words.is_empty() {
        words.push("unknown domain".to_owned());
    }
    let mut text = words.join(" ");
    if let Some(kind) = &flow.flow {
        let guessed = if kind.claimed { "" } else { ", as it looks" };
        text.push_str(&format!(", flow {}{guessed}", kind.id));
    }
    text
}

/// The other places that have values of their own, and how those differ: `/items/1/price: expected 450, found 100`.
pub(super) fn elsewhere(finding: &Finding) -> impl Iterator<Item = String> + '_ {
    let own = finding.also.iter().filter(|one| one.expected.is_some() || one.actual.is_some());
    own.map(|Elsewhere { pointer, expected, actual }| {
        let expected = expected.as_ref().map(|value| format!("expected {value}, ")).unwrap_or_default();
        format!("{pointer}: {expected}found {}", actual.as_deref().unwrap_or("nothing"))
    })
}
