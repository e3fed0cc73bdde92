//! Each message as one line: when, who → whom, action, verdict, milliseconds.

use std::time::Instant;

use node::ledger::{Direction, LedgerEntry, Verdict};
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

    /// The line of one entry; none for entries of the receiving side.
    pub fn line(&self, member: Member, entry: &LedgerEntry) -> Option<String> {
        if entry.direction != Direction::Out {
            return None;
        }
        let (mark, verdict) = match entry.verdict {
            Verdict::Ack => ("✓", "ACK".to_owned()),
            Verdict::Nack => ("✗", format!("NACK {} {}", text(&entry.code), text(&entry.detail))),
            Verdict::Failed => ("…", format!("not delivered: {}", text(&entry.detail))),
        };
        Some(format!(
            "{:>8.3}s  {:>8} → {:<8}  {:<10} {mark} {verdict}  {:.1} ms",
            self.started.elapsed().as_secs_f64(),
            member.name(),
            self.whom(entry.peer.as_str()),
            entry.action.as_str(),
            entry.took_us as f64 / 1000.0,
        ))
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
pub async fn print(timeline: std::sync::Arc<Timeline>, member: Member, mut entries: Receiver<LedgerEntry>) {
    loop {
        match entries.recv().await {
            Ok(entry) => {
                if let Some(line) = timeline.line(member, &entry) {
                    println!("{line}");
                }
            }
            Err(RecvError::Lagged(missed)) => {
                println!("          … {missed} messages of the {} not shown", member.name())
            }
            Err(RecvError::Closed) => return,
        }
    }
}
