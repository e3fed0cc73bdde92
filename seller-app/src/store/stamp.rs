//! When something is written and how its row is named. One value per unit of work, so that all its rows agree.

use std::sync::atomic::{AtomicU16, Ordering};

use jiff::Timestamp;
use protocol::randomness::Randomness;

use crate::inventory::StockRules;

/// The time of a unit of work, the source of its row ids, and the rules of the stock room that count for it.
#[derive(Debug)]
pub struct Stamp<'a> {
    pub now: Timestamp,
    randomness: &'a dyn Randomness,
    made: AtomicU16,
    rules: Option<&'a StockRules>,
}

static PLAIN: StockRules = StockRules::PLAIN;

impl<'a> Stamp<'a> {
    pub fn new(now: Timestamp, randomness: &'a dyn Randomness) -> Self {
        Self { now, randomness, made: AtomicU16::new(0), rules: None }
    }

    /// With these rules of the stock room; without them [`StockRules::PLAIN`] count.
    #[must_use]
    pub fn by(self, rules: &'a StockRules) -> Self {
        Self { rules: Some(rules), ..self }
    }

    pub fn rules(&self) -> &StockRules {
        self.rules.unwrap_or(&PLAIN)
    }

    /// Unix milliseconds.
    pub fn ms(&self) -> i64 {
        self.now.as_millisecond()
    }

    /// A new row id (UUID version 7). Ids sort by time, and within this unit of work by the order in which they were made.
    pub fn id(&self) -> String {
        let mut bytes = [0; 10];
        self.randomness.fill(&mut bytes);
        let place = self.made.fetch_add(1, Ordering::Relaxed);
        bytes[..2].copy_from_slice(&place.to_be_bytes());
        let ms = u64::try_from(self.ms()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(ms, &bytes).into_uuid().to_string()
    }
}
