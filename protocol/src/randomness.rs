//! The only place that draws random bytes. Keys, nonces and ids come from here, so that a run can be repeated.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use uuid::Uuid;

/// A source of random bytes.
pub trait Randomness: Send + Sync + Debug {
    /// Fills the whole slice.
    fn fill(&self, bytes: &mut [u8]);

    /// A random UUID, for ids on the wire.
    fn uuid_v4(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// A UUID that sorts by time, for rows of our own.
    fn uuid_v7(&self, now: Timestamp) -> Uuid {
        let mut bytes = [0; 10];
        self.fill(&mut bytes);
        let ms = u64::try_from(now.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(ms, &bytes).into_uuid()
    }
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandomness;

impl Randomness for OsRandomness {
    /// # Panics
    /// When the operating system has no generator: no key may be made then.
    #[allow(clippy::expect_used)]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// Repeatable bytes (SplitMix64) for tests and sandbox ids. Never for keys that leave the machine.
#[derive(Debug)]
pub struct SeededRandomness {
    state: AtomicU64,
}

impl SeededRandomness {
    /// The same seed gives the same bytes in the same order of calls.
    pub fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed) }
    }
}

impl Randomness for SeededRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.state.fetch_add(GAMMA, Ordering::Relaxed).wrapping_add(GAMMA);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let word = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_the_system_does_not() {
        let (a, b) = (SeededRandomness::new(7), SeededRandomness::new(7));
        assert_eq!(a.uuid_v4(), b.uuid_v4());
        assert_ne!(a.uuid_v4(), a.uuid_v4());
        assert_ne!(OsRandomness.uuid_v4(), OsRandomness.uuid_v4());
    }

    #[test]
    fn uuid_v7_sorts_by_time() {
        let r = SeededRandomness::new(1);
        let early = r.uuid_v7(Timestamp::from_millisecond(1_760_000_000_000).unwrap());
        let late = r.uuid_v7(Timestamp::from_millisecond(1_760_000_000_001).unwrap());
        assert!(early < late);
        assert_eq!((early.get_version_num(), r.uuid_v4().get_version_num()), (7, 4));
    }
}
