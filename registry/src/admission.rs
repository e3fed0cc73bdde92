//! Whether an application may join, measured against what the registry knows. Pure: same inputs, same answer.
//!
//! A signature does not cover keyId, so a signing key belongs to one row for ever; a new key of a known participant comes signed by
//! a current one, so that who takes over a domain does not take over its name here.

use jiff::Timestamp;
use protocol::ids::{SubscriberId, UniqueKeyId};
use protocol::participant::{Role, Status};

use crate::application::Application;
use crate::config::Approve;
use crate::participant_state::{self, Event};
use crate::refusal::Refusal;

/// What the registry knows about one subscriber, and who holds the offered signing key.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// `None` for a subscriber that never proved itself.
    pub country: Option<String>,
    pub entries: Vec<KnownEntry>,
    pub keys: Vec<StoredKey>,
    /// Whose row has the offered signing key.
    pub holder: Option<(String, String)>,
    /// Digest of the granted request with the same request_id.
    pub granted: Option<String>,
}

/// One domain and role of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownEntry {
    pub domain: String,
    pub role: Role,
    pub status: Status,
}

/// One of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    pub unique_key_id: UniqueKeyId,
    pub signing_public_key: String,
    pub encr_public_key: String,
    pub valid_from: Timestamp,
    pub valid_until: Timestamp,
    pub retired: bool,
}

impl StoredKey {
    /// Valid now and not retired.
    pub fn current(&self, now: Timestamp) -> bool {
        !self.retired && self.valid_from <= now && now <= self.valid_until
    }
}

/// What an application is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The same bytes were granted before: the same answer, no work.
    Repeat,
    /// Nobody of this name has proved itself.
    Newcomer,
    /// A current key again: new entries, cities, URL or validity.
    Renewal,
    /// A further key, vouched for by a current one.
    FurtherKey,
    /// A known name whose keys have all run out: an operator must look.
    Recovery,
}

/// The operator's settings.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    pub approve: Approve,
    pub require_whitelist: bool,
}

/// Decides what an application is. `signed_by` is the subscriber whose current key signed the request.
///
/// # Errors
/// Why it may not join.
pub fn admit(
    application: &Application,
    known: &Known,
    signed_by: Option<&SubscriberId>,
    policy: Policy,
    now: Timestamp,
) -> Result<Kind, Refusal> {
    match known.granted.as_deref() {
        Some(digest) if digest == application.digest => return Ok(Kind::Repeat),
        Some(_) => return Err(Refusal::RequestReused),
        None => {}
    }
    if policy.require_whitelist {
        whitelisted(application, known)?;
    }
    let kind = match known.country.as_deref() {
        None => newcomer(application, known)?,
        Some(country) if country != application.country => return Err(Refusal::Country(country.to_owned())),
        Some(_) => member(application, known, signed_by, now)?,
    };
    statuses(application, known, kind, policy)?;
    Ok(kind)
}

fn whitelisted(application: &Application, known: &Known) -> Result<(), Refusal> {
    for entry in &application.entries {
        if status(known, &entry.domain, entry.role).is_none() {
            return Err(Refusal::NotWhitelisted { domain: entry.domain.clone(), role: entry.role.long() });
        }
    }
    Ok(())
}

fn newcomer(application: &Application, known: &Known) -> Result<Kind, Refusal> {
    if known.holder.is_some() {
        return Err(Refusal::KeyTaken);
    }
    debug_assert!(known.keys.is_empty(), "{} has keys but no row", application.subscriber_id);
    Ok(Kind::Newcomer)
}

fn member(
    application: &Application,
    known: &Known,
    signed_by: Option<&SubscriberId>,
    now: Timestamp,
) -> Result<Kind, Refusal> {
    let offered = &application.key;
    let has_current = known.keys.iter().any(|key| key.current(now));
    let Some(same_name) = known.keys.iter().find(|key| key.unique_key_id == offered.unique_key_id) else {
        if known.holder.is_some() {
            return Err(Refusal::KeyTaken);
        }
        return match signed_by {
            Some(signer) if *signer == application.subscriber_id => Ok(Kind::FurtherKey),
            Some(signer) => Err(Refusal::Unsigned(format!("; this one is signed by {signer}"))),
            None if has_current => Err(Refusal::Unsigned(String::new())),
            None => Ok(Kind::Recovery),
        };
    };
    if same_name.signing_public_key != offered.signing_text || same_name.encr_public_key != offered.encryption_text {
        return Err(Refusal::KeyIdTaken(offered.unique_key_id.to_string()));
    }
    if same_name.retired {
        return Err(Refusal::KeyRetired(offered.unique_key_id.to_string()));
    }
    // A key that is not valid yet was vouched for when it came.
    let lapsed = now > same_name.valid_until;
    if lapsed && !has_current { Ok(Kind::Recovery) } else { Ok(Kind::Renewal) }
}

/// The status of each offered entry, in their order, once the proofs are there.
///
/// A key counts for all entries of its owner. So automatic approval is for newcomers, and for who is on the network already; and where
/// all keys were lost, every entry waits for an operator ([`lapsed`]).
///
/// # Errors
/// An entry that may not be proved now: an operator put it out.
pub fn statuses(application: &Application, known: &Known, kind: Kind, policy: Policy) -> Result<Vec<Status>, Refusal> {
    let subscribed = known.entries.iter().any(|entry| entry.status == Status::Subscribed);
    let automatic = match (policy.approve, kind) {
        (Approve::Automatic, Kind::Newcomer) => true,
        (Approve::Automatic, Kind::Renewal | Kind::FurtherKey | Kind::Repeat) => subscribed,
        (Approve::Automatic, Kind::Recovery) | (Approve::Manual, _) => false,
    };
    let one = |entry: &crate::application::OfferedEntry| {
        let before = status(known, &entry.domain, entry.role);
        let before = if kind == Kind::Recovery { before.map(lapsed) } else { before };
        let after = if automatic {
            participant_state::proved_and_approved(before)
        } else {
            participant_state::next(before, Event::Prove)
        };
        after.map_err(|why| Refusal::State { domain: entry.domain.clone(), why })
    };
    application.entries.iter().map(one).collect()
}

/// The status of an entry whose owner has lost its last key, even before the worker has written it down.
pub fn lapsed(status: Status) -> Status {
    participant_state::next(Some(status), Event::Expire).unwrap_or(status)
}

fn status(known: &Known, domain: &str, role: Role) -> Option<Status> {
    known.entries.iter().find(|entry| entry.domain == domain && entry.role == role).map(|entry| entry.status)
}

#[cfg(test)]
mod tests;
