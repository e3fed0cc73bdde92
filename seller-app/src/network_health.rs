//! How the network answers us and how we answer it, by counterparty: counted from the ledger. Pure.

use std::collections::BTreeMap;

use node::ledger::{Direction, LedgerEntry, Verdict};

/// One direction of the traffic with a counterparty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    pub acks: u64,
    pub nacks: u64,
    /// No answer that can be read.
    pub failed: u64,
    /// How long the answer took, in microseconds, sorted.
    took_us: Vec<i64>,
}

impl Flow {
    fn count(&mut self, entry: &LedgerEntry) {
        match entry.verdict {
            Verdict::Ack => self.acks += 1,
            Verdict::Nack => self.nacks += 1,
            Verdict::Failed => self.failed += 1,
        }
        self.took_us.push(entry.took_us);
    }

    pub fn total(&self) -> u64 {
        self.acks + self.nacks + self.failed
    }

    /// The time within which so many of a hundred answers came, in microseconds; nothing without messages.
    pub fn within_us(&self, percent: usize) -> Option<i64> {
        let last = self.took_us.len().checked_sub(1)?;
        self.took_us.get(last * percent.min(100) / 100).copied()
    }
}

/// A counterparty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    pub sent: Flow,
    pub received: Flow,
    /// Code of a refusal, or what was said instead → how often, both directions.
    pub errors: BTreeMap<String, u64>,
    /// Unix milliseconds.
    pub last_ms: i64,
}

/// Counts messages by their counterparty.
pub fn by_peer(entries: &[LedgerEntry]) -> BTreeMap<String, Peer> {
    let mut peers: BTreeMap<String, Peer> = BTreeMap::new();
    for entry in entries {
        let peer = peers.entry(entry.peer.clone()).or_default();
        peer.last_ms = peer.last_ms.max(entry.at_ms);
        match entry.direction {
            Direction::Out => peer.sent.count(entry),
            Direction::In => peer.received.count(entry),
        }
        if entry.verdict != Verdict::Ack {
            let silent =
                || if entry.http_status == 0 { "no answer".to_owned() } else { format!("HTTP {}", entry.http_status) };
            *peer.errors.entry(entry.code.clone().unwrap_or_else(silent)).or_default() += 1;
        }
    }
    for peer in peers.values_mut() {
        peer.sent.took_us.sort_unstable();
        peer.received.took_us.sort_unstable();
    }
    peers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(peer: &str, verdict: Verdict, took_us: i64, code: Option<&str>) -> LedgerEntry {
        LedgerEntry {
            id: String::new(),
            at_ms: took_us,
            direction: Direction::Out,
            peer: peer.to_owned(),
            action: "on_select".to_owned(),
            transaction_id: String::new(),
            message_id: String::new(),
            verdict,
            code: code.map(str::to_owned),
            detail: None,
            http_status: if verdict == Verdict::Failed { 0 } else { 200 },
            took_us,
            bytes_len: 0,
            attempt: 1,
            repeats: 0,
            url: None,
            outbox_id: None,
        }
    }

    #[test]
    fn refusals_and_silence_are_told_apart_and_delays_ranked() {
        let entries = [
            entry("a", Verdict::Ack, 900, None),
            entry("a", Verdict::Ack, 100, None),
            entry("a", Verdict::Nack, 300, Some("30016")),
            entry("b", Verdict::Failed, 5, None),
        ];
        let peers = by_peer(&entries);
        let a = &peers["a"];
        assert_eq!((a.sent.acks, a.sent.nacks, a.sent.total(), a.received.total(), a.last_ms), (2, 1, 3, 0, 900));
        assert_eq!(
            (a.sent.within_us(50), a.sent.within_us(100), a.received.within_us(50)),
            (Some(300), Some(900), None)
        );
        assert_eq!((a.errors["30016"], peers["b"].errors["no answer"]), (1, 1));
    }
}
