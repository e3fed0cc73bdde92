//! What people decide about places: add, change, pause, a new secret, a test, replays. What is wrong is said before anything is
//! written.

use protocol::address_guard::{AddressGuard, AddressRefused};
use serde_json::json;
use zeroize::Zeroizing;

use super::{kinds, signature};
use crate::app::{SellerApp, later_ms};
use crate::store::webhook_events::{self, Happening, Span};
use crate::store::webhooks::{self, Chosen};

const URL_MAX: usize = 2000;
const DESCRIPTION_MAX: usize = 200;
/// Each place is another row for each event.
const PLACES_MAX: usize = 20;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    #[error("url: at most {URL_MAX} characters")]
    Long,
    #[error("url: {0}")]
    Address(#[from] AddressRefused),
    #[error(
        "kinds: `{0}` is no kind; write for example order.*, order.confirm, return.*, ticket.*, stock.change, partner.change or *"
    )]
    Kind(String),
    #[error("kinds: name at least one, for example order.*")]
    NoKind,
    #[error("description: at most {DESCRIPTION_MAX} characters, in one line")]
    Description,
    #[error("there are {PLACES_MAX} webhooks already; remove one first")]
    TooMany,
    #[error("there is no webhook `{0}`")]
    Unknown(String),
    #[error("there is no delivery `{0}` of this webhook")]
    UnknownDelivery(String),
    #[error("from_ms is after to_ms")]
    Span,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// What a person asks for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub url: &'a str,
    /// Divided by spaces or commas.
    pub kinds: &'a str,
    pub description: &'a str,
}

/// A place that was made.
#[derive(Debug)]
pub struct Made {
    pub id: String,
    /// Shown once.
    pub secret: Zeroizing<String>,
}

/// Adds a place; `by` is the actor in records.
///
/// # Errors
/// Says which input is wrong; nothing was written then.
pub async fn add(app: &SellerApp, wanted: Wanted<'_>, by: &str) -> Result<Made, WebhookError> {
    let kinds = check(app, wanted)?;
    if webhooks::all(&app.node.db).await?.len() >= PLACES_MAX {
        return Err(WebhookError::TooMany);
    }
    let secret = signature::new_secret(&*app.node.randomness);
    let mut tx = app.node.db.begin().await?;
    let id = webhooks::add(&mut tx, chosen(wanted, &kinds), &secret, by, &app.stamp()).await?;
    tx.commit().await?;
    Ok(Made { id, secret })
}

/// Another address, other kinds, other words.
///
/// # Errors
/// As [`add`], and when there is no such place.
pub async fn change(app: &SellerApp, id: &str, wanted: Wanted<'_>) -> Result<(), WebhookError> {
    let kinds = check(app, wanted)?;
    let mut tx = app.node.db.begin().await?;
    known(webhooks::change(&mut tx, id, chosen(wanted, &kinds)).await?, id)?;
    Ok(tx.commit().await?)
}

/// Starts it again, or pauses it: what happens meanwhile waits.
///
/// # Errors
/// When there is no such place.
pub async fn switch(app: &SellerApp, id: &str, on: bool) -> Result<(), WebhookError> {
    let mut tx = app.node.db.begin().await?;
    known(webhooks::switch(&mut tx, id, on, "").await?, id)?;
    Ok(tx.commit().await?)
}

/// A new secret; the one before it signs too for a day.
///
/// # Errors
/// When there is no such place.
pub async fn rotate(app: &SellerApp, id: &str) -> Result<Zeroizing<String>, WebhookError> {
    let secret = signature::new_secret(&*app.node.randomness);
    let former_until = later_ms(app.now(), signature::FORMER_MS).as_millisecond();
    let mut tx = app.node.db.begin().await?;
    known(webhooks::rotate(&mut tx, id, &secret, former_until).await?, id)?;
    tx.commit().await?;
    Ok(secret)
}

/// Forgets the place and what it was told.
///
/// # Errors
/// When there is no such place.
pub async fn remove(app: &SellerApp, id: &str) -> Result<(), WebhookError> {
    let mut tx = app.node.db.begin().await?;
    known(webhooks::remove(&mut tx, id).await?, id)?;
    Ok(tx.commit().await?)
}

/// Sends a `test` event to this place alone.
///
/// # Errors
/// When there is no such place.
pub async fn test(app: &SellerApp, id: &str) -> Result<(), WebhookError> {
    known(webhooks::one(&app.node.db, id).await?.is_some(), id)?;
    let data = json!({ "text": "This is a test. Nothing has happened." });
    let happening = Happening { kind: "test".to_owned(), subject: "test".to_owned(), data };
    let mut tx = app.node.db.begin().await?;
    webhook_events::tell_one(&mut tx, id, &happening, &app.stamp()).await?;
    Ok(tx.commit().await?)
}

/// Sends one event again, with the same `webhook-id`.
///
/// # Errors
/// When there is no such delivery.
pub async fn replay(app: &SellerApp, id: &str, delivery: &str) -> Result<(), WebhookError> {
    let mut tx = app.node.db.begin().await?;
    if !webhook_events::replay(&mut tx, id, delivery, &app.stamp()).await? {
        return Err(WebhookError::UnknownDelivery(delivery.to_owned()));
    }
    Ok(tx.commit().await?)
}

/// Sends the events of a span again, at most [`webhook_events::REPLAY_MAX`]; says how many.
///
/// # Errors
/// When there is no such place, or the span is none.
pub async fn replay_span(app: &SellerApp, id: &str, span: Span) -> Result<usize, WebhookError> {
    known(webhooks::one(&app.node.db, id).await?.is_some(), id)?;
    if span.from_ms > span.to_ms {
        return Err(WebhookError::Span);
    }
    let mut tx = app.node.db.begin().await?;
    let count = webhook_events::replay_span(&mut tx, id, span, &app.stamp()).await?;
    tx.commit().await?;
    Ok(count)
}

fn known(found: bool, id: &str) -> Result<(), WebhookError> {
    if found { Ok(()) } else { Err(WebhookError::Unknown(id.to_owned())) }
}

fn chosen<'a>(wanted: Wanted<'a>, kinds: &'a str) -> Chosen<'a> {
    Chosen { url: wanted.url.trim(), kinds, description: wanted.description.trim() }
}

/// The kinds, each once.
fn check(app: &SellerApp, wanted: Wanted<'_>) -> Result<String, WebhookError> {
    let guard = AddressGuard { allow_private: app.node.config.danger_allow_private_addresses };
    if wanted.url.len() > URL_MAX {
        return Err(WebhookError::Long);
    }
    guard.check_text(wanted.url.trim())?;
    let description = wanted.description.trim();
    if description.chars().count() > DESCRIPTION_MAX || description.chars().any(char::is_control) {
        return Err(WebhookError::Description);
    }
    let mut words: Vec<&str> =
        wanted.kinds.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    words.dedup();
    match words.iter().find(|word| !kinds::is_known(word)) {
        Some(bad) => Err(WebhookError::Kind((*bad).to_owned())),
        None if words.is_empty() => Err(WebhookError::NoKind),
        None => Ok(words.join(" ")),
    }
}
