//! Whether a run was good: every message that a member sent was acknowledged and is clean by our own law.

use node::Node;
use node::ledger::{Direction, Verdict};
use specs::Action;

use crate::members::Member;

/// What was found in the ledgers of a finished run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Messages that were looked at.
    pub messages: usize,
    /// One sentence for each fault.
    pub faults: Vec<String>,
}

/// Reads the ledger of one member for one transaction and judges each message it sent.
pub async fn judge(findings: &mut Findings, member: Member, node: &Node, transaction_id: &str) -> anyhow::Result<()> {
    for entry in node.ledger.transaction(transaction_id).await? {
        if entry.direction != Direction::Out {
            continue;
        }
        findings.messages += 1;
        let what = format!("{} {} → {}", member.name(), entry.action, entry.peer);
        if entry.verdict != Verdict::Ack {
            let code = entry.code.as_deref().unwrap_or("no code");
            let detail = entry.detail.as_deref().unwrap_or_default();
            findings.faults.push(format!("{what}: {:?} {code} {detail}", entry.verdict));
        }
        let Some(message) = node.ledger.entry(&entry.id).await? else { continue };
        for violation in violations(node, &message.bytes) {
            findings.faults.push(format!("{what}: {violation}"));
        }
    }
    Ok(())
}

fn violations(node: &Node, bytes: &[u8]) -> Vec<String> {
    let payload: serde_json::Value = match serde_json::from_slice(bytes) {
        Ok(payload) => payload,
        Err(error) => return vec![format!("not JSON: {error}")],
    };
    let text = |field: &str| payload["context"][field].as_str().unwrap_or_default();
    let Ok(action) = text("action").parse::<Action>() else {
        return vec![format!("unknown action {:?}", text("action"))];
    };
    let Some(book) = node.specs.book(text("domain"), text("core_version")) else {
        return vec![format!("no book for {} {}", text("domain"), text("core_version"))];
    };
    let found = book.check(action, &payload);
    found
        .into_iter()
        .map(|violation| format!("{} at {}: {}", violation.rule, violation.path, violation.message))
        .collect()
}
