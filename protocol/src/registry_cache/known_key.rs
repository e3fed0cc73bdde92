//! A registered key, decoded once, with every record that carries it (one per domain and role).

use std::sync::Arc;

use jiff::Timestamp;

use super::KeyError;
use crate::ids::{SubscriberId, UniqueKeyId};
use crate::keys::{VerifyingKey, parse_signing_public};
use crate::participant::{Participant, Role, Status};

/// A key that was good when the registry was asked. Whether it is good now is judged at each use.
#[derive(Debug, Clone)]
pub struct KnownKey {
    records: Vec<Arc<Participant>>,
    verifying_key: VerifyingKey,
}

impl KnownKey {
    /// Keeps the SUBSCRIBED records of exactly this key, and decodes it: malformed and weak keys are refused here, once.
    ///
    /// # Errors
    /// Unknown, not usable now, no good key, or two live records that differ.
    pub fn from_records(
        subscriber_id: &SubscriberId,
        unique_key_id: &UniqueKeyId,
        records: Vec<Participant>,
        now: Timestamp,
    ) -> Result<KnownKey, KeyError> {
        let own = |one: &Participant| one.subscriber_id == *subscriber_id && one.unique_key_id == *unique_key_id;
        let (live, other): (Vec<_>, Vec<_>) =
            records.into_iter().filter(own).partition(|one| one.status == Status::Subscribed);
        let Some(first) = live.first() else {
            return Err(match other.first().map(|one| one.usable(now)) {
                Some(Err(why)) => KeyError::NotUsable(why),
                _ => KeyError::Unknown { subscriber_id: subscriber_id.clone(), unique_key_id: unique_key_id.clone() },
            });
        };
        if live.iter().any(|one| one.signing_public_key != first.signing_public_key) {
            return Err(KeyError::Conflicting);
        }
        let verifying_key = parse_signing_public(&first.signing_public_key)?;
        Ok(KnownKey { records: live.into_iter().map(Arc::new).collect(), verifying_key })
    }

    /// The decoded key.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying_key
    }

    /// Any record that may be used now.
    ///
    /// # Errors
    /// Why the first one may not.
    pub fn any(&self, now: Timestamp) -> Result<Arc<Participant>, KeyError> {
        self.pick(now, |_| true, || KeyError::Conflicting)
    }

    /// A record of this role that may be used now.
    ///
    /// # Errors
    /// [`KeyError::WrongRole`], or why it may not.
    pub fn with_role(&self, role: Role, now: Timestamp) -> Result<Arc<Participant>, KeyError> {
        self.pick(now, |one| one.role == role, || KeyError::WrongRole { wanted: role })
    }

    /// A record of this role in this domain that may be used now.
    ///
    /// # Errors
    /// [`KeyError::WrongRole`], [`KeyError::NotInDomain`], or why it may not.
    pub fn in_domain(&self, role: Role, domain: &str, now: Timestamp) -> Result<Arc<Participant>, KeyError> {
        self.with_role(role, now)?;
        let fits = |one: &Participant| one.role == role && one.serves_domain(domain);
        self.pick(now, fits, || KeyError::NotInDomain { domain: domain.to_owned() })
    }

    /// The first usable record that fits; else why the first fitting one is not usable; else `none`.
    fn pick(
        &self,
        now: Timestamp,
        fits: impl Fn(&Participant) -> bool,
        none: impl FnOnce() -> KeyError,
    ) -> Result<Arc<Participant>, KeyError> {
        let mut refusal = None;
        for one in self.records.iter().filter(|one| fits(one)) {
            match one.usable(now) {
                Ok(()) => return Ok(Arc::clone(one)),
                Err(why) => refusal = refusal.or(Some(why)),
            }
        }
        Err(refusal.map_or_else(none, KeyError::NotUsable))
    }
}
