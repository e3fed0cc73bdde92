//! What the brand wants of its partners, by tier. Data: the brand changes it, every version stays.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::scorecard::{Ratio, Scorecard};

/// The targets that a new node begins with.
pub const DEFAULT: &str = include_str!("default_targets.json");

/// All tiers, and how judgement is passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Targets {
    /// Days over which a partner is judged.
    pub window_days: u32,
    /// With fewer orders nothing is proposed.
    pub orders_min: u32,
    /// Days on probation before the next judgement; then it comes back or leaves.
    pub probation_days: u32,
    /// Days for which a dismissed proposal is not made again.
    pub quiet_days: u32,
    /// By name; a partner whose tier is not here is judged as `standard`.
    pub tiers: BTreeMap<String, Target>,
}

/// Of one tier. Shares are parts of a thousand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Target {
    /// At least.
    pub fill: u32,
    /// Half of the orders at least as fast, in seconds.
    pub accept_s: u32,
    /// At least.
    pub packed_on_time: u32,
    /// At least.
    pub delivered_on_time: u32,
    /// At most.
    pub cancelled_max: u32,
    /// At most.
    pub returned_max: u32,
    /// At most.
    pub claims_max: u32,
}

/// Why targets are not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetsError {
    #[error("the targets cannot be read: {0}")]
    Malformed(String),
    #[error("there must be a tier `standard`: it judges partners of other tiers")]
    NoStandard,
    #[error("{tier}.{measure} is {value}: shares are parts of a thousand, at most 1000")]
    Share { tier: String, measure: &'static str, value: u32 },
    #[error("{0} must be at least 1")]
    Zero(&'static str),
}

/// A measure that misses its target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Miss {
    /// `fill`, `accept`, `packed_on_time`, `delivered_on_time`, `cancelled`, `returned`, `claims`
    pub measure: String,
    pub actual: String,
    pub target: String,
    /// Missed by more than a tenth of the whole.
    pub severe: bool,
}

/// By how many parts of a thousand a miss is severe.
const SEVERE: u32 = 100;

impl Targets {
    /// Reads and checks the JSON form.
    ///
    /// # Errors
    /// Names what is wrong.
    pub fn parse(text: &str) -> Result<Targets, TargetsError> {
        let targets: Targets =
            serde_json::from_str(text).map_err(|error| TargetsError::Malformed(error.to_string()))?;
        targets.check()?;
        Ok(targets)
    }

    /// # Errors
    /// Names what is wrong.
    pub fn check(&self) -> Result<(), TargetsError> {
        if !self.tiers.contains_key("standard") {
            return Err(TargetsError::NoStandard);
        }
        if self.window_days == 0 {
            return Err(TargetsError::Zero("window_days"));
        }
        for (tier, target) in &self.tiers {
            let shares = [
                ("fill", target.fill),
                ("packed_on_time", target.packed_on_time),
                ("delivered_on_time", target.delivered_on_time),
                ("cancelled_max", target.cancelled_max),
                ("returned_max", target.returned_max),
                ("claims_max", target.claims_max),
            ];
            if let Some((measure, value)) = shares.into_iter().find(|(_, value)| *value > 1_000) {
                return Err(TargetsError::Share { tier: tier.clone(), measure, value });
            }
        }
        Ok(())
    }

    /// The target of a tier; `standard` for one that is not here.
    pub fn of(&self, tier: &str) -> Option<&Target> {
        self.tiers.get(tier).or_else(|| self.tiers.get("standard"))
    }
}

impl Target {
    /// Every measure that has cases and misses.
    pub fn misses(&self, card: &Scorecard) -> Vec<Miss> {
        let all = &card.all;
        let mut misses = Vec::new();
        let at_least = [
            ("fill", all.fill, self.fill),
            ("packed_on_time", all.packed_on_time, self.packed_on_time),
            ("delivered_on_time", all.delivered_on_time, self.delivered_on_time),
        ];
        for (measure, ratio, wanted) in at_least {
            if let Some(share) = ratio.permille().filter(|share| *share < wanted) {
                misses.push(miss(measure, ratio, "at least", wanted, wanted - share > SEVERE));
            }
        }
        let at_most = [
            ("cancelled", all.cancelled, self.cancelled_max),
            ("returned", all.returned, self.returned_max),
            ("claims", card.claims, self.claims_max),
        ];
        for (measure, ratio, wanted) in at_most {
            if let Some(share) = ratio.permille().filter(|share| *share > wanted) {
                misses.push(miss(measure, ratio, "at most", wanted, share - wanted > SEVERE));
            }
        }
        if let Some(median) = all.accept_median_s.filter(|median| *median > i64::from(self.accept_s)) {
            let (actual, target) = (minutes(median), minutes(i64::from(self.accept_s)));
            let target = format!("at most {target}");
            misses.push(Miss { measure: "accept".to_owned(), actual, target, severe: false });
        }
        misses
    }
}

fn miss(measure: &str, ratio: Ratio, bound: &str, wanted: u32, severe: bool) -> Miss {
    Miss {
        measure: measure.to_owned(),
        actual: format!("{} ({} of {})", ratio.percent(), ratio.hits, ratio.of),
        target: format!("{bound} {}.{} %", wanted / 10, wanted % 10),
        severe,
    }
}

/// `12 min`, for people.
pub fn minutes(seconds: i64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..7_200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3_600),
    }
}
