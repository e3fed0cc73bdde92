//! A policy in plain words, for the person who answers for it.

use super::constraint::Constraint;
use super::policy::{Policy, Priority};
use crate::money::Money;

/// What the policy says, one sentence each, in the order in which it counts.
pub fn sentences(policy: &Policy) -> Vec<String> {
    let mut said = Vec::new();
    said.push(format!("Nobody is asked who is: {}.", kept_out(policy)));
    said.push("As many pieces as possible are sent; that comes before everything.".to_owned());
    for priority in &policy.priorities {
        said.push(format!("Then {}, whatever it costs.", first(*priority)));
    }
    let costs = costs(policy);
    said.push(if costs.is_empty() {
        "Nothing costs anything: the first partner by id is taken.".to_owned()
    } else {
        format!("Then the least cost: {}.", costs.join("; "))
    });
    said.push(match (policy.max_parcels, policy.split_lines) {
        (1, _) => "One partner sends the whole order.".to_owned(),
        (most, false) => format!("At most {most} partners send one order; each item comes from one of them."),
        (most, true) => format!("At most {most} partners send one order; pieces of one item may come from several."),
    });
    if policy.hysteresis > 0 {
        let margin = money(policy.hysteresis);
        said.push(format!("In the catalogue a partner stays until another is cheaper by more than {margin}."));
    }
    said
}

fn kept_out(policy: &Policy) -> String {
    let rules = &policy.constraints;
    let on = [
        (rules.active, Constraint::Active.words().to_owned()),
        (rules.serves_place, "not delivering to the place".to_owned()),
        (rules.territory, Constraint::Territory.words().to_owned()),
        (rules.consent, "not willing to sell its stock online".to_owned()),
        (rules.capacity, "full for today".to_owned()),
        (rules.cut_off, Constraint::CutOff.words().to_owned()),
        (rules.min_score_permille > 0, format!("below a score of {} of 1000", rules.min_score_permille)),
        (rules.max_tier > 0, format!("below tier {}", rules.max_tier)),
        (rules.capability, "not equipped for the goods".to_owned()),
        (rules.min_life_days > 0, format!("holding goods with less than {} days left", rules.min_life_days)),
        (rules.quota, "out of quota for this channel".to_owned()),
    ];
    let on: Vec<String> = on.into_iter().filter(|(is_on, _)| *is_on).map(|(_, words)| words).collect();
    if on.is_empty() { "out of stock".to_owned() } else { format!("{}; out of stock", on.join("; ")) }
}

fn first(priority: Priority) -> &'static str {
    match priority {
        Priority::Parcels => "as few parcels as possible",
        Priority::Tier => "the best tiers",
        Priority::Distance => "the shortest way",
    }
}

fn costs(policy: &Policy) -> Vec<String> {
    let costs = &policy.costs;
    let share = |permille: u32, what: &str| match permille {
        1000 => format!("all of the {what}"),
        _ => format!("{} % of the {what}", permille / 10),
    };
    let parts = [
        (costs.per_km > 0, format!("{} for each kilometre", money(costs.per_km))),
        (costs.handling_permille > 0, share(costs.handling_permille, "partner's fee")),
        (costs.delivery_fee_permille > 0, share(costs.delivery_fee_permille, "delivery fee")),
        (
            policy.max_parcels > 1 && costs.extra_parcel > 0,
            format!("{} for each further parcel", money(costs.extra_parcel)),
        ),
        (
            costs.rejection > 0,
            format!("{} for a rejection, times how often the partner rejects", money(costs.rejection)),
        ),
        (
            costs.over_share_percent > 0,
            format!("{} for each percent of orders above the partner's share", money(costs.over_share_percent)),
        ),
        (
            costs.stale_unit_hour > 0,
            format!(
                "{} a piece for each hour that its stock number is older than {} hours",
                money(costs.stale_unit_hour),
                costs.fresh_hours
            ),
        ),
        (
            costs.scarce_unit > 0,
            format!("{} a piece from a shelf with fewer than {} pieces", money(costs.scarce_unit), costs.scarce_below),
        ),
    ];
    parts.into_iter().filter(|(counts, _)| *counts).map(|(_, words)| words).collect()
}

fn money(minor: u32) -> String {
    Money::from_minor(minor.into()).wire()
}
