//! Clean, findings, or not evaluated: and why.

use specs::Side;

use super::model::{FlowTotals, MessageReport, Verdict};

/// The verdict of a flow and its reason. Green needs that everything was looked at and nothing was refused.
pub(super) fn of_flow(messages: &[MessageReport], totals: &FlowTotals, role: Option<Side>) -> (Verdict, String) {
    if totals.own.error > 0 {
        let reason = format!("{} to mend", counted(totals.own.error, "error"));
        return (Verdict::Findings, reason);
    }
    let own: Vec<_> = messages.iter().filter(|m| role.is_none() || m.sender.is_none() || m.sender == role).collect();
    if let (Some(role), true) = (role, own.is_empty()) {
        return (Verdict::NotEvaluated, format!("the {} sent no message in this log", role_name(role)));
    }
    let blind: Vec<_> = own.iter().filter(|message| !message.evaluated).collect();
    if let Some(first) = blind.first() {
        let reason = match blind.len() == own.len() {
            true => "the law has no book for these messages".to_owned(),
            false => {
                format!("the law has no book for {} of {} messages, first {}", blind.len(), own.len(), first.name())
            }
        };
        return (Verdict::NotEvaluated, reason);
    }
    if let Some(refused) = own.iter().find(|message| message.was_refused()) {
        let answer = refused.answer.as_deref().unwrap_or_default();
        let reason = format!("{} was answered with {answer}, and no rule says why", refused.name());
        return (Verdict::NotEvaluated, reason);
    }
    (Verdict::Clean, format!("{} evaluated", counted(own.len(), "message")))
}

/// Findings before not evaluated before clean; nothing at all is not evaluated.
pub(super) fn of_all(flows: impl Iterator<Item = Verdict>) -> Verdict {
    let all: Vec<Verdict> = flows.collect();
    let has = |wanted| all.contains(&wanted);
    match (has(Verdict::Findings), has(Verdict::NotEvaluated) || all.is_empty()) {
        (true, _) => Verdict::Findings,
        (false, true) => Verdict::NotEvaluated,
        (false, false) => Verdict::Clean,
    }
}

impl MessageReport {
    /// Its number from 1, and its step or action.
    pub fn name(&self) -> String {
        format!("message {} ({})", self.index + 1, self.step.as_deref().unwrap_or(&self.action))
    }

    /// The synchronous answer was no ACK.
    pub fn was_refused(&self) -> bool {
        self.answer.as_deref().is_some_and(|answer| answer != "ACK")
    }
}

/// `buyer` or `seller`.
pub(crate) fn role_name(side: Side) -> &'static str {
    match side {
        Side::Buyer => "buyer",
        Side::Seller => "seller",
    }
}

/// `1 error`, `2 errors`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
