//! Whose catalogue depends on a partner.

use std::collections::BTreeSet;

use crate::catalogue::Partner;

/// Whether others may now publish what this partner did, or the other way round.
pub fn serves_otherwise(before: &Partner, now: &Partner) -> bool {
    before.active != now.active
        || before.territory() != now.territory()
        || before.radius_km != now.radius_km
        || before.service != now.service
        || before.gps != now.gps
        || before.area_code != now.area_code
}

/// The partner, and everybody who serves a postal code that it served or serves.
///
/// A partner's place is also where its own postal code is taken to be (publishing.rs), so whoever serves that one is in.
pub fn concerned<'a>(before: &'a Partner, now: &'a Partner, all: &'a [Partner]) -> BTreeSet<&'a str> {
    let mut codes: BTreeSet<&str> = before.codes().into_iter().chain(now.codes()).collect();
    codes.extend([before.area_code.as_str(), now.area_code.as_str()]);
    let shares = |partner: &&Partner| partner.codes().iter().any(|code| codes.contains(code));
    let others = all.iter().filter(shares).map(|partner| partner.id.as_str());
    others.chain([now.id.as_str()]).collect()
}
