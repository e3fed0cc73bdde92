//! `POST /subscribe` (ONDC onboarding): read → known? → site page → challenge → stored → ACK. The caller waits for all of it.
//!
//! What was decided before the proofs is decided again inside the transaction that stores: two applications for one name, or one
//! signing key under two names, cannot both win.

use std::time::Duration;

use jiff::Timestamp;
use node::Node;
use protocol::auth_header::AuthHeaderError;
use protocol::ids::SubscriberId;
use protocol::participant::Status;
use protocol::signature::TimeLimits;
use protocol::trust::{TrustError, verify_bytes};

use crate::address::Addresses;
use crate::admission::{self, Kind};
use crate::application::{Application, Rules};
use crate::proof;
use crate::refusal::Refusal;
use crate::registry::Registry;
use crate::store::history::{self, Actor};
use crate::store::membership;

/// What an application led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    pub kind: Kind,
    /// Of its entries, in their order.
    pub statuses: Vec<Status>,
}

/// Decides an application; `authorization` is the request's `Authorization` header, needed to add a key.
///
/// # Errors
/// The NACK to give. It is written to the history when the applicant's name could be read.
pub async fn subscribe(registry: &Registry, body: &[u8], authorization: Option<&str>) -> Result<Granted, Refusal> {
    let now = registry.node.clock.now();
    let application = Application::read(body, now, &rules(registry))?;
    let outcome = decide(registry, &application, body, authorization).await;
    match &outcome {
        Ok(granted) => tracing::info!(subscriber_id = %application.subscriber_id, kind = ?granted.kind, "subscribed"),
        Err(refusal) => {
            tracing::info!(subscriber_id = %application.subscriber_id, %refusal, "subscription refused");
            remember_refusal(registry, &application.subscriber_id, refusal).await;
        }
    }
    outcome
}

async fn decide(
    registry: &Registry,
    application: &Application,
    body: &[u8],
    authorization: Option<&str>,
) -> Result<Granted, Refusal> {
    let now = registry.node.clock.now();
    let signed_by = signer(registry, body, authorization, now).await?;
    let kind = preview(registry, application, signed_by.as_ref(), now).await?;
    if kind == Kind::Repeat {
        return Ok(Granted { kind, statuses: Vec::new() });
    }
    let Ok(_place) = registry.proofs.try_acquire() else { return Err(Refusal::Busy) };
    let timeout = Duration::from_secs(registry.config.proof_timeout_s);
    proof::prove(&registry.node, application, addresses(registry), timeout).await?;
    let granted = store(registry, application, signed_by.as_ref()).await;
    registry.changed();
    granted
}

/// Who signed the request, when somebody did. A signature that is there must be good.
async fn signer(
    registry: &Registry,
    body: &[u8],
    authorization: Option<&str>,
    now: Timestamp,
) -> Result<Option<SubscriberId>, Refusal> {
    let limits = TimeLimits { skew_s: registry.config.node.clock_skew_s, ..TimeLimits::default() };
    match verify_bytes(body, authorization, &*registry.directory, now, &limits).await {
        Ok(signed) => Ok(Some(signed.authorization.subscriber_id)),
        Err(TrustError::Header { error: AuthHeaderError::Missing, .. }) => Ok(None),
        Err(error) => Err(Refusal::Unsigned(format!("; the signature does not count: {error}"))),
    }
}

/// The decision with what is known now, so that nobody is called for nothing.
async fn preview(
    registry: &Registry,
    application: &Application,
    signed_by: Option<&SubscriberId>,
    now: Timestamp,
) -> Result<Kind, Refusal> {
    let read = async {
        let mut tx = registry.node.db.begin().await?;
        let known = membership::known(&mut tx, application).await?;
        tx.rollback().await?;
        Ok(known)
    };
    let known = read.await.map_err(|error| stored(&registry.node, &error))?;
    admission::admit(application, &known, signed_by, registry.policy(), now)
}

async fn store(
    registry: &Registry,
    application: &Application,
    signed_by: Option<&SubscriberId>,
) -> Result<Granted, Refusal> {
    let failed = |error: sqlx::Error| stored(&registry.node, &error);
    let now = registry.node.clock.now();
    let mut tx = registry.node.db.begin().await.map_err(failed)?;
    membership::lock(&mut tx, application).await.map_err(failed)?;
    let known = membership::known(&mut tx, application).await.map_err(failed)?;
    let kind = admission::admit(application, &known, signed_by, registry.policy(), now)?;
    if kind == Kind::Repeat {
        return Ok(Granted { kind, statuses: Vec::new() });
    }
    let statuses = admission::statuses(application, &known, kind, registry.policy())?;
    if kind == Kind::Recovery {
        // The new key counts for every entry of its owner, also for those that are not in this application.
        for entry in &known.entries {
            let after = admission::lapsed(entry.status);
            let id = application.subscriber_id.as_str();
            membership::set_status(&mut tx, id, &entry.domain, entry.role, after, now).await.map_err(failed)?;
        }
    }
    membership::grant(&mut tx, application, &statuses, now).await.map_err(failed)?;
    let told: Vec<String> = application
        .entries
        .iter()
        .zip(&statuses)
        .map(|(entry, status)| format!("{} {} {}", entry.domain, entry.role.wire(), status.as_str()))
        .collect();
    let detail = format!("{kind:?}, key {}: {}", application.key.unique_key_id, told.join(", "));
    let id = application.subscriber_id.as_str();
    history::add(&mut tx, registry.sealer(), now, id, "subscribe", Actor::Participant, &detail)
        .await
        .map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(Granted { kind, statuses })
}

async fn remember_refusal(registry: &Registry, id: &SubscriberId, refusal: &Refusal) {
    let now = registry.node.clock.now();
    let detail = refusal.to_string();
    let write = async {
        let mut tx = registry.node.db.begin().await?;
        history::add_refusal(&mut tx, now, id.as_str(), &detail, registry.config.refusals_kept).await?;
        tx.commit().await
    };
    if let Err(error) = write.await {
        tracing::warn!(%error, "a refused subscription is missing in the history");
    }
}

fn stored(node: &Node, error: &sqlx::Error) -> Refusal {
    tracing::error!(registry = %node.identity.subscriber_id, %error, "the registry's database failed");
    Refusal::Store
}

fn rules(registry: &Registry) -> Rules {
    Rules {
        addresses: addresses(registry),
        timestamp_window_s: registry.config.timestamp_window_s,
        key_validity_days_max: registry.config.key_validity_days_max,
    }
}

fn addresses(registry: &Registry) -> Addresses {
    let config = &registry.config.node;
    Addresses { scheme: config.scheme(), ports: config.danger_allow_private_addresses }
}
