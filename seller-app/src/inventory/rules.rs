//! What the brand decided about its stock. Settings, not state.

use serde::{Deserialize, Serialize};

use super::{Channel, SafetyRules};

/// The section `inventory` of the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockRules {
    /// Domains whose orders are B2B; every other one is for households.
    pub b2b_domains: Vec<String>,
    /// Days of life that a lot must have left when it is sold to a household …
    pub network_min_life_days: u32,
    /// … and to a business.
    pub b2b_min_life_days: u32,
    /// Other days for a category or an item; the first that fits counts.
    pub min_life: Vec<MinLife>,
    pub safety: SafetyRules,
    pub holds: HoldCaps,
    pub scarce: Scarce,
}

/// Days of life for some goods on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinLife {
    pub channel: Channel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    pub days: u32,
}

/// Most live holds of one buyer app; a hold is one item of one cart. 0 = no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldCaps {
    pub per_buyer_app: u32,
    /// At one partner.
    pub per_partner: u32,
    /// Of one item at one partner.
    pub per_item: u32,
}

/// When `select` already keeps the goods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scarce {
    /// When fewer than this would be left; 0 = never.
    pub below: u32,
    /// For so many seconds.
    pub hold_s: u32,
}

impl StockRules {
    /// What counts where no settings are read: nothing is limited, no number is doubted.
    pub const PLAIN: StockRules = StockRules {
        b2b_domains: Vec::new(),
        network_min_life_days: 0,
        b2b_min_life_days: 0,
        min_life: Vec::new(),
        safety: SafetyRules {
            fresh_hours: 0,
            percent_per_day: 0,
            percent_max: 0,
            units_per_rejection: 0,
            rejection_units_max: 0,
            forget_days: 0,
        },
        holds: HoldCaps { per_buyer_app: 0, per_partner: 0, per_item: 0 },
        scarce: Scarce { below: 0, hold_s: 0 },
    };

    /// For whom the goods of an order are: a business that buys by the brand's intake, or by a domain of businesses.
    pub fn channel(&self, bap_id: &str, domain: &str) -> Channel {
        let by_intake = crate::order::channel::Channel::of(bap_id) == crate::order::channel::Channel::B2b;
        if by_intake || self.b2b_domains.iter().any(|one| one == domain) { Channel::B2b } else { Channel::Network }
    }

    /// Whether the category of an item must be known to say how long it must last.
    pub fn names_categories(&self) -> bool {
        self.min_life.iter().any(|one| one.category.is_some())
    }

    /// Days of life that a lot of this item must have left.
    pub fn min_life_days(&self, channel: Channel, sku: &str, category: &str) -> u32 {
        let fits = |one: &&MinLife| {
            one.channel == channel
                && one.sku.as_ref().is_none_or(|wanted| wanted == sku)
                && one.category.as_ref().is_none_or(|wanted| wanted == category)
        };
        let usual = match channel {
            Channel::Network => self.network_min_life_days,
            Channel::B2b => self.b2b_min_life_days,
        };
        self.min_life.iter().find(fits).map_or(usual, |one| one.days)
    }
}
