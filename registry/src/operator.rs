//! What an operator, or the clock, does to participants. Every change is one transaction with its line in the history.

use protocol::ids::SubscriberId;
use protocol::participant::{Role, Status};

use crate::participant_state::{self, Event, NotNow};
use crate::registry::Registry;
use crate::store::history::{self, Actor};
use crate::store::{membership, overview};

/// Which entry is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub subscriber_id: SubscriberId,
    pub domain: String,
    pub role: Role,
}

/// Why a decision was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    #[error(transparent)]
    State(#[from] NotNow),
    /// Proofs and the end of keys are facts, not decisions.
    #[error("{} is not for operators to decide", .0.as_str())]
    NotADecision(Event),
    #[error("it has no key in use: it must subscribe first")]
    NoKey,
    #[error("it has no key of this name in use")]
    UnknownKey,
    #[error("the registry's database failed: {0}")]
    Database(#[from] sqlx::Error),
}

/// Carries out a decision about one entry; `note` is kept in the history.
///
/// # Errors
/// Why it cannot be done now.
pub async fn decide(registry: &Registry, entry: &Entry, event: Event, note: &str) -> Result<Status, DecisionError> {
    match event {
        Event::Prove | Event::Expire => return Err(DecisionError::NotADecision(event)),
        Event::Whitelist | Event::Review | Event::Approve | Event::Suspend | Event::Distrust => {}
    }
    let (now, id) = (registry.node.clock.now(), entry.subscriber_id.as_str());
    let mut tx = registry.node.db.begin().await?;
    let before = membership::status(&mut tx, id, &entry.domain, entry.role).await?;
    let after = participant_state::next(before, event)?;
    if after == Status::Subscribed {
        // An entry can be put out before it ever proved itself; letting it in again would skip the proof.
        let keys = membership::keys(&mut tx, id).await?;
        if !keys.iter().any(|key| !key.retired && now <= key.valid_until) {
            return Err(DecisionError::NoKey);
        }
    }
    membership::set_status(&mut tx, id, &entry.domain, entry.role, after, now).await?;
    let detail = format!(
        "{} {}: {} to {}",
        entry.domain,
        entry.role.wire(),
        before.map_or("none", Status::as_str),
        after.as_str()
    );
    history::add(&mut tx, registry.sealer(), now, id, event.as_str(), Actor::Operator, &noted(&detail, note)).await?;
    tx.commit().await?;
    registry.changed();
    Ok(after)
}

/// Takes a key out of use for ever.
///
/// # Errors
/// There is no such key in use.
pub async fn retire_key(
    registry: &Registry,
    id: &SubscriberId,
    unique_key_id: &str,
    note: &str,
) -> Result<(), DecisionError> {
    let now = registry.node.clock.now();
    let mut tx = registry.node.db.begin().await?;
    if !membership::retire_key(&mut tx, id.as_str(), unique_key_id, now).await? {
        return Err(DecisionError::UnknownKey);
    }
    let detail = noted(&format!("key {unique_key_id}"), note);
    history::add(&mut tx, registry.sealer(), now, id.as_str(), "retire_key", Actor::Operator, &detail).await?;
    tx.commit().await?;
    registry.changed();
    Ok(())
}

/// Writes down that participants have lost their last key. Lookups have not told those keys since the moment they ended.
///
/// # Errors
/// The database's.
pub async fn expire(registry: &Registry) -> Result<usize, sqlx::Error> {
    let now = registry.node.clock.now();
    let mut tx = registry.node.db.begin().await?;
    let mut expired = 0;
    for (id, domain, role, status) in membership::without_key(&mut tx, now).await? {
        let Ok(after) = participant_state::next(Some(status), Event::Expire) else { continue };
        membership::set_status(&mut tx, &id, &domain, role, after, now).await?;
        let detail = format!("{domain} {}: {} to {}", role.wire(), status.as_str(), after.as_str());
        history::add(&mut tx, registry.sealer(), now, &id, Event::Expire.as_str(), Actor::Registry, &detail).await?;
        expired += 1;
    }
    tx.commit().await?;
    if expired > 0 {
        registry.changed();
    }
    Ok(expired)
}

/// Sets the gauges of keys that end soon: time to remind their owners.
///
/// # Errors
/// The database's.
pub async fn count_ending_keys(registry: &Registry) -> Result<(), sqlx::Error> {
    for days in [1, 7, 30] {
        let keys = overview::keys_ending(&registry.node.db, registry.node.clock.now(), days).await?;
        registry.counters.keys_ending(days, keys);
    }
    Ok(())
}

fn noted(detail: &str, note: &str) -> String {
    let note: String = note.trim().chars().take(500).collect();
    if note.is_empty() { detail.to_owned() } else { format!("{detail} ({note})") }
}
