//! How far a stock number is believed: the older it is and the more often it was wrong, the more is kept back.

use serde::{Deserialize, Serialize};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How fast trust in a number fades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafetyRules {
    /// So many hours a number is as good as new.
    pub fresh_hours: u32,
    /// After that, for each whole day, so many percent of what is on the shelf …
    pub percent_per_day: u32,
    /// … but never more than this.
    pub percent_max: u32,
    /// Units for each rejection that is still remembered …
    pub units_per_rejection: u32,
    /// … never more than this.
    pub rejection_units_max: u32,
    /// One rejection is forgotten after so many days without another one.
    pub forget_days: u32,
}

/// What is known about a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// When it was counted or told, Unix milliseconds.
    pub counted_ms: i64,
    /// How often it was wrong, as remembered at the last time …
    pub rejections: i64,
    /// … which was then, Unix milliseconds.
    pub rejected_ms: i64,
}

impl SafetyRules {
    /// Rejections of a number that are still remembered.
    pub fn remembered(&self, trust: &Trust, now_ms: i64) -> i64 {
        let days = now_ms.saturating_sub(trust.rejected_ms).max(0) / DAY_MS;
        let forgotten = days.checked_div(i64::from(self.forget_days)).unwrap_or(0);
        (trust.rejections - forgotten).max(0)
    }

    /// Units kept back beyond the configured safety stock. Never falls with age or with another rejection; never more than what
    /// is on the shelf.
    pub fn distrust(&self, on_hand: i64, trust: &Trust, now_ms: i64) -> i64 {
        let old_ms = now_ms.saturating_sub(trust.counted_ms) - i64::from(self.fresh_hours) * HOUR_MS;
        let days = if old_ms < 0 { 0 } else { old_ms / DAY_MS };
        let percent = days.saturating_mul(i64::from(self.percent_per_day)).min(i64::from(self.percent_max));
        let aged = on_hand.max(0).saturating_mul(percent) / 100;
        let wrong = self.remembered(trust, now_ms).saturating_mul(i64::from(self.units_per_rejection));
        (aged + wrong.min(i64::from(self.rejection_units_max))).min(on_hand.max(0))
    }
}
