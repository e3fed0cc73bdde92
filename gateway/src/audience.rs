//! Whom a search is carried to. Pure: same inputs, same answer.
//!
//! A search names a domain and a city, and sometimes one seller. A seller that serves `*` serves every city; a search for `*` asks
//! everyone; a named seller is asked whatever its cities are. Where a seller is comes from the registry only.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use jiff::Timestamp;
use protocol::context::Context;
use protocol::ids::SubscriberId;
use protocol::participant::{Participant, Role};
use serde::{Deserialize, Serialize};

/// Why a seller is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It does not serve the city.
    City,
    /// It is not in the country.
    Country,
    /// The registry has it, but not as a seller of this domain that may talk now.
    NotSubscribed,
    /// The registry has no address for it.
    NoAddress,
    /// More sellers than `audience_max`.
    Limit,
    /// The search names it, and the registry does not have it.
    Unknown,
}

impl Reason {
    /// For metrics and pages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Reason::City => "city",
            Reason::Country => "country",
            Reason::NotSubscribed => "not_subscribed",
            Reason::NoAddress => "no_address",
            Reason::Limit => "limit",
            Reason::Unknown => "unknown",
        }
    }
}

/// A seller that is not asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    pub seller: SubscriberId,
    pub why: Reason,
}

/// Who is asked, and who is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// Each once. The first one differs from search to search, so that nobody is always the last.
    pub asked: Vec<SubscriberId>,
    pub left_out: Vec<LeftOut>,
}

/// Chooses from the registry's records of the domain; one seller may have many records (one for each key).
pub fn choose(context: &Context, records: &[Arc<Participant>], now: Timestamp, audience_max: usize) -> Audience {
    let mut verdicts: BTreeMap<&SubscriberId, Result<(), Reason>> = BTreeMap::new();
    for record in records.iter().filter(|one| one.role == Role::Seller && one.serves_domain(&context.domain)) {
        if context.bpp_id.as_ref().is_some_and(|target| *target != record.subscriber_id) {
            continue;
        }
        let verdict = judge(context, record, now);
        let known = verdicts.entry(&record.subscriber_id).or_insert(verdict);
        if verdict.is_ok() {
            *known = verdict; // one good record is enough
        }
    }
    let mut audience = Audience::default();
    for (seller, verdict) in verdicts {
        match verdict {
            Ok(()) => audience.asked.push(seller.clone()),
            Err(why) => audience.left_out.push(LeftOut { seller: seller.clone(), why }),
        }
    }
    if let Some(target) = context.bpp_id.as_ref().filter(|_| audience.asked.is_empty() && audience.left_out.is_empty())
    {
        audience.left_out.push(LeftOut { seller: target.clone(), why: Reason::Unknown });
    }
    begin_anywhere(&mut audience.asked, context);
    if audience.asked.len() > audience_max {
        let over = audience.asked.split_off(audience_max);
        audience.left_out.extend(over.into_iter().map(|seller| LeftOut { seller, why: Reason::Limit }));
    }
    audience
}

fn judge(context: &Context, record: &Participant, now: Timestamp) -> Result<(), Reason> {
    let targeted = context.bpp_id.is_some();
    if record.usable(now).is_err() {
        Err(Reason::NotSubscribed)
    } else if record.url().is_none() {
        Err(Reason::NoAddress)
    } else if !record.country.is_empty() && record.country != context.country {
        Err(Reason::Country)
    } else if !targeted && !record.serves_city(&context.city) {
        Err(Reason::City)
    } else {
        Ok(())
    }
}

/// The message id decides who is first: fair over many searches, the same when a search is worked on again.
fn begin_anywhere(asked: &mut [SubscriberId], context: &Context) {
    if !asked.is_empty() {
        let mut hasher = DefaultHasher::new();
        context.message_id.hash(&mut hasher);
        let first = usize::try_from(hasher.finish() % asked.len() as u64).unwrap_or(0);
        asked.rotate_left(first);
    }
}

#[cfg(test)]
mod tests;
