//! What the brand decided about returns, by category of the item and by reason. Data, in the settings under `[returns]`.

use serde::{Deserialize, Serialize};

use super::ReturnRequest;
use super::bearer::Split;
use crate::catalogue::Period;
use crate::money::Money;

/// The settings under `[returns]`; `defaults.toml` documents each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReturnPolicy {
    /// The rule that names most counts; of several, the first. What it leaves out comes from the others that fit.
    pub rules: Vec<Rule>,
}

/// Applies when category and reason fit; an empty one fits everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    pub category: String,
    pub reason: String,
    /// Shorter than the item's own window; never longer.
    pub window: Option<Period>,
    /// Photos that the request must have.
    pub photos: Option<u32>,
    pub pickup: Option<Pickup>,
    /// Approved at once up to this value of goods; 0 = a person decides.
    pub approve_up_to: Option<Money>,
    /// Refunded at once, and the buyer keeps it, up to this value; 0 = never. Counts before `approve_up_to`.
    pub keep_up_to: Option<Money>,
    pub charges: Option<Charges>,
    pub bearer: Option<Split>,
}

/// Who brings the goods back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pickup {
    #[default]
    Seller,
    /// The buyer brings it to any partner of the brand.
    DropOff,
}

/// Whether delivery and packing are refunded too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charges {
    #[default]
    Keep,
    /// The part that the value of the returned goods has in the value of all goods that are left.
    Share,
}

/// What the policy says to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruling<'a> {
    pub category: &'a str,
    pub reason: &'a str,
    pub window: Option<&'a Period>,
    pub photos: u32,
    pub pickup: Pickup,
    pub approve_up_to: Money,
    pub keep_up_to: Money,
    pub charges: Charges,
    pub split: Split,
}

/// What is done at once, without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtOnce {
    Nothing,
    Approve,
    Keep,
}

impl ReturnPolicy {
    /// The ruling for an item of a category that comes back for a reason.
    pub fn ruling<'a>(&'a self, category: &'a str, reason: &'a str) -> Ruling<'a> {
        let fits = |rule: &&Rule| {
            (rule.category.is_empty() || rule.category == category) && (rule.reason.is_empty() || rule.reason == reason)
        };
        let mut rules: Vec<&Rule> = self.rules.iter().filter(fits).collect();
        // A category says more than a reason. The sort keeps the order of the settings among equals.
        rules.sort_by_key(|rule| {
            std::cmp::Reverse(2 * u8::from(!rule.category.is_empty()) + u8::from(!rule.reason.is_empty()))
        });
        let first = |money: fn(&Rule) -> Option<Money>| rules.iter().find_map(|rule| money(rule)).unwrap_or_default();
        Ruling {
            category,
            reason,
            window: rules.iter().find_map(|rule| rule.window.as_ref()),
            photos: rules.iter().find_map(|rule| rule.photos).unwrap_or(0),
            pickup: rules.iter().find_map(|rule| rule.pickup).unwrap_or_default(),
            approve_up_to: first(|rule| rule.approve_up_to),
            keep_up_to: first(|rule| rule.keep_up_to),
            charges: rules.iter().find_map(|rule| rule.charges).unwrap_or_default(),
            split: rules
                .iter()
                .find_map(|rule| rule.bearer.filter(|split| !split.is_empty()))
                .unwrap_or_else(|| usual(reason)),
        }
    }
}

/// Who bears a reason when the settings do not say. Not wanted, cheaper elsewhere: the brand, it offered the window.
/// Damaged: whoever carried it. Wrong size, count or product: the partner that packed it.
fn usual(reason: &str) -> Split {
    match reason {
        "003" => Split::CARRIER,
        "004" | "005" => Split::PARTNER,
        _ => Split::BRAND,
    }
}

impl Ruling<'_> {
    /// For people: what was looked at.
    pub fn words(&self) -> String {
        let window =
            self.window.map_or_else(|| "the item's own window".to_owned(), |window| format!("within {window}"));
        let photos = match self.photos {
            0 => "no photo needed".to_owned(),
            photos => format!("{photos} photo(s) needed"),
        };
        let pickup = match self.pickup {
            Pickup::Seller => "collected from the buyer",
            Pickup::DropOff => "the buyer brings it to a partner",
        };
        let category = if self.category.is_empty() { "any goods" } else { self.category };
        format!("{category}, reason {}: {window}, {photos}, {pickup}", self.reason)
    }

    /// Why the request has too few photos, if so.
    pub fn photos_missing(&self, request: &ReturnRequest) -> Option<String> {
        let there = request.photos().count();
        let too_few = u32::try_from(there).is_ok_and(|there| there < self.photos);
        too_few.then(|| {
            format!("a return for reason {} needs {} photo(s) of the goods, {there} came", self.reason, self.photos)
        })
    }

    /// What is done without a person for goods of this value.
    pub fn at_once(&self, value: Money) -> AtOnce {
        if !self.keep_up_to.is_zero() && value <= self.keep_up_to {
            return AtOnce::Keep;
        }
        if !self.approve_up_to.is_zero() && value <= self.approve_up_to { AtOnce::Approve } else { AtOnce::Nothing }
    }
}
