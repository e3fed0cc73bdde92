//! Each message as one line: when, who → whom, action, verdict, milliseconds.

use std::sync::Arc;
use std::time::Instant;

use node::Node;
use node::ledger::{Direction, LedgerEntry, Verdict};
use serde_json::Value;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::members::{Addresses, Member};

/// Turns ledger entries into lines. Messages are told by their sender, so that each appears once, with its answer.
#[derive(Debug)]
pub struct Timeline {
    started: Instant,
    at: Addresses,
}

impl Timeline {
    pub fn new(started: Instant, at: Addresses) -> Self {
        Self { started, at }
    }

    /// The line of one entry of the sending side. `state` is what an order's message tells.
    pub fn line(&self, member: Member, entry: &LedgerEntry, state: &str) -> String {
        let (mark, verdict) = match entry.verdict {
            Verdict::Ack => ("✓", "ACK".to_owned()),
            Verdict::Nack => ("✗", format!("NACK {} {}", text(&entry.code), text(&entry.detail))),
            Verdict::Failed => ("…", format!("not delivered: {}", text(&entry.detail))),
        };
        format!(
            "{:>8.3}s  {:>8} → {:<8}  {:<10} {:<18} {mark} {verdict}  {:.1} ms",
            self.started.elapsed().as_secs_f64(),
            member.name(),
            self.whom(entry.peer.as_str()),
            entry.action.as_str(),
            state,
            entry.took_us as f64 / 1000.0,
        )
    }

    /// A heading between the parts of the story.
    pub fn heading(&self, text: &str) -> String {
        format!("{:>8.3}s  ── {text}", self.started.elapsed().as_secs_f64())
    }

    fn whom(&self, id: &str) -> String {
        let known = Member::ALL.into_iter().find(|member| self.at.id(*member) == id);
        known.map_or_else(|| id.to_owned(), |member| member.name().to_owned())
    }
}

fn text(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or_default()
}

/// Prints the messages of one member until it stops.
pub async fn print(timeline: Arc<Timeline>, member: Member, node: Arc<Node>, mut entries: Receiver<LedgerEntry>) {
    loop {
        match entries.recv().await {
            Ok(entry) if entry.direction == Direction::In => {}
            Ok(entry) => {
                let state = state(&node, &entry).await.unwrap_or_default();
                println!("{}", timeline.line(member, &entry, &state));
            }
            Err(RecvError::Lagged(missed)) => {
                println!("          … {missed} messages of the {} not shown", member.name());
            }
            Err(RecvError::Closed) => return,
        }
    }
}

/// The state of the newest fulfilment, for the messages that tell one.
async fn state(node: &Node, entry: &LedgerEntry) -> Option<String> {
    if !matches!(entry.action.as_str(), "on_status" | "on_update" | "on_cancel") {
        return None;
    }
    let record = node.ledger.entry(&entry.id).await.ok()??;
    let payload: Value = serde_json::from_slice(&record.bytes).ok()?;
    let newest = payload["message"]["order"]["fulfillments"].as_array()?.last()?;
    newest["state"]["descriptor"]["code"].as_str().map(str::to_owned)
}
