//! Where a participant's entry (one domain, one role) stands, and what may happen to it. The table is total: no `_`.
//!
//! ```text
//!  (none) ──whitelist──▶ WHITELISTED ──prove──▶ INITIATED ──[review ▶ UNDER_SUBSCRIPTION]──approve──▶ SUBSCRIBED
//!                                                   ▲  prove again                                     │ keys run out ▶ EXPIRED
//!                                                   └───────────── INVALID_SSL ◀── distrust ───────────┤
//!                                                        UNSUBSCRIBED ──approve──▶ SUBSCRIBED ◀─suspend┘
//! ```
//! The whole table is the snapshot `snapshots/…participant_state….snap`.

use protocol::participant::Status;
use serde::{Deserialize, Serialize};

/// What happens to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// An operator allows it to subscribe.
    Whitelist,
    /// It has proved its domain and its keys.
    Prove,
    /// An operator looks at the application.
    Review,
    /// An operator, or the setting `approve`, lets it in.
    Approve,
    /// An operator puts it out.
    Suspend,
    /// An operator found its certificate to be bad.
    Distrust,
    /// The last of its keys ran out.
    Expire,
}

impl Event {
    /// Every event.
    pub const ALL: [Event; 7] =
        [Event::Whitelist, Event::Prove, Event::Review, Event::Approve, Event::Suspend, Event::Distrust, Event::Expire];

    /// The word in the history and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Event::Whitelist => "whitelist",
            Event::Prove => "prove",
            Event::Review => "review",
            Event::Approve => "approve",
            Event::Suspend => "suspend",
            Event::Distrust => "distrust",
            Event::Expire => "expire",
        }
    }
}

/// Why an event does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// Nobody has asked for this domain and role.
    #[error("there is no such entry: whitelist it, or let the participant subscribe")]
    Unknown,
    /// Nothing is proved yet.
    #[error("it has not proved its domain and its keys yet: it must subscribe first")]
    Unproved,
    /// An operator put it out.
    #[error("it is unsubscribed: an operator must approve it again")]
    Unsubscribed,
    /// It is on the network already.
    #[error("it has subscribed already")]
    Already,
    /// Only an entry on the network can have that.
    #[error("it is not subscribed")]
    NotSubscribed,
}

/// The next status.
///
/// # Errors
/// Why the event does not fit.
pub fn next(status: Option<Status>, event: Event) -> Result<Status, NotNow> {
    use {Event as E, Status as S};
    match status {
        None => match event {
            E::Whitelist => Ok(S::Whitelisted),
            E::Prove => Ok(S::Initiated),
            E::Review | E::Approve | E::Suspend | E::Distrust | E::Expire => Err(NotNow::Unknown),
        },
        Some(S::Whitelisted) => match event {
            E::Whitelist => Ok(S::Whitelisted),
            E::Prove => Ok(S::Initiated),
            E::Suspend => Ok(S::Unsubscribed),
            E::Review | E::Approve => Err(NotNow::Unproved),
            E::Distrust | E::Expire => Err(NotNow::NotSubscribed),
        },
        Some(S::Initiated) => match event {
            E::Prove => Ok(S::Initiated),
            E::Review => Ok(S::UnderSubscription),
            E::Approve => Ok(S::Subscribed),
            E::Suspend => Ok(S::Unsubscribed),
            E::Expire => Ok(S::Expired),
            E::Whitelist => Err(NotNow::Already),
            E::Distrust => Err(NotNow::NotSubscribed),
        },
        Some(S::UnderSubscription) => match event {
            E::Prove | E::Review => Ok(S::UnderSubscription),
            E::Approve => Ok(S::Subscribed),
            E::Suspend => Ok(S::Unsubscribed),
            E::Expire => Ok(S::Expired),
            E::Whitelist => Err(NotNow::Already),
            E::Distrust => Err(NotNow::NotSubscribed),
        },
        Some(S::Subscribed) => match event {
            E::Prove | E::Approve => Ok(S::Subscribed),
            E::Suspend => Ok(S::Unsubscribed),
            E::Distrust => Ok(S::InvalidSsl),
            E::Expire => Ok(S::Expired),
            E::Whitelist | E::Review => Err(NotNow::Already),
        },
        Some(S::Expired) => match event {
            E::Prove => Ok(S::Initiated),
            E::Suspend => Ok(S::Unsubscribed),
            E::Expire => Ok(S::Expired),
            E::Whitelist => Ok(S::Whitelisted),
            E::Review | E::Approve => Err(NotNow::Unproved),
            E::Distrust => Err(NotNow::NotSubscribed),
        },
        Some(S::Unsubscribed) => match event {
            E::Approve => Ok(S::Subscribed),
            E::Suspend => Ok(S::Unsubscribed),
            E::Whitelist | E::Prove | E::Review => Err(NotNow::Unsubscribed),
            E::Distrust | E::Expire => Err(NotNow::NotSubscribed),
        },
        Some(S::InvalidSsl) => match event {
            E::Prove => Ok(S::Initiated),
            E::Suspend => Ok(S::Unsubscribed),
            E::Distrust => Ok(S::InvalidSsl),
            E::Expire => Ok(S::Expired),
            E::Whitelist | E::Review | E::Approve => Err(NotNow::Unproved),
        },
    }
}

/// The status after a proof, where approval is automatic: a newcomer and a member get in. Who waits for an operator goes on waiting:
/// else a second proof would undo the operator's decision, or the caution after all keys were lost.
///
/// # Errors
/// As [`next`].
pub fn proved_and_approved(status: Option<Status>) -> Result<Status, NotNow> {
    let proved = next(status, Event::Prove)?;
    match status {
        None | Some(Status::Whitelisted | Status::Subscribed) => next(Some(proved), Event::Approve),
        Some(
            Status::Initiated | Status::UnderSubscription | Status::Expired | Status::Unsubscribed | Status::InvalidSsl,
        ) => Ok(proved),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(status: Option<Status>) -> &'static str {
        status.map_or("(none)", Status::as_str)
    }

    #[test]
    fn the_whole_table() {
        let statuses = || std::iter::once(None).chain(Status::ALL.into_iter().map(Some));
        let mut table = String::new();
        for status in statuses() {
            for event in Event::ALL {
                let outcome =
                    next(status, event).map_or_else(|why| format!("refused: {why}"), |to| to.as_str().to_owned());
                table.push_str(&format!("{:<19} {:<10} {outcome}\n", word(status), event.as_str()));
            }
        }
        table.push_str("\nproved, approval is automatic:\n");
        for status in statuses() {
            let outcome =
                proved_and_approved(status).map_or_else(|why| format!("refused: {why}"), |to| to.as_str().to_owned());
            table.push_str(&format!("{:<19} {outcome}\n", word(status)));
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn nobody_gets_in_unproved() {
        let unproved = [None, Some(Status::Whitelisted), Some(Status::Expired), Some(Status::InvalidSsl)];
        for status in unproved {
            assert!(next(status, Event::Approve).is_err(), "{}", word(status));
        }
    }
}
