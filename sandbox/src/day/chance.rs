//! Seeded chance: the same seed gives the same day.

use protocol::randomness::{Randomness, SeededRandomness};

/// The dice of the simulation. The node has dice of its own, so that one more id there changes nothing here.
#[derive(Debug)]
pub struct Chance {
    source: SeededRandomness,
}

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self { source: SeededRandomness::new(seed) }
    }

    fn next(&self) -> u64 {
        let mut bytes = [0; 8];
        self.source.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).unwrap_or(0) + 1;
        low + i64::try_from(self.next() % span).unwrap_or(0)
    }

    /// A place in a list of this length.
    pub fn index(&self, length: usize) -> usize {
        usize::try_from(self.next() % length.max(1) as u64).unwrap_or(0)
    }

    /// True so many times in a thousand.
    pub fn permille(&self, share: u32) -> bool {
        self.next() % 1_000 < u64::from(share)
    }

    /// An index by cumulated weights (the last one is the sum of all).
    pub fn weighted(&self, cumulated: &[u64]) -> usize {
        let sum = cumulated.last().copied().unwrap_or(1).max(1);
        let drawn = self.next() % sum;
        cumulated.partition_point(|edge| *edge <= drawn)
    }

    pub fn uuid(&self) -> String {
        self.source.uuid_v4().to_string()
    }
}
