//! Tells subscribed buyer apps what changed: one `on_search` each, with the transaction of their search and a new message id.

use std::sync::Arc;

use node::outbox::Outgoing;
use protocol::context::Context;

use crate::app::SellerApp;
use crate::catalogue;
use crate::network::reply;
use crate::publishing::{self, Snapshot};
use crate::routing_desk::policies;
use crate::store::{changes, subscriptions};

/// Changes that are told at once.
const BATCH: i64 = 500;
/// Items in one message: some 2 kB each, and not every node takes large bodies.
const ITEMS_MAX: usize = 100;

pub(super) fn start(app: &Arc<SellerApp>) {
    let (app, workers) = (app.clone(), app.node.workers.clone());
    workers.every("catalogue-push", app.config.push_every(), move || {
        let app = app.clone();
        async move {
            if let Err(error) = push(&app).await {
                tracing::warn!(%error, "catalogue changes could not be pushed; they are tried again");
            }
        }
    });
}

/// Pushes what nobody was told yet; returns the number of messages.
///
/// # Errors
/// When the database fails; nothing is marked as told then.
pub async fn push(app: &SellerApp) -> Result<usize, sqlx::Error> {
    let waiting = changes::waiting(&app.node.db, BATCH).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let noted = changes::distinct(&waiting);
    let subscribers = subscriptions::all(&app.node.db).await?;
    // Nobody is told, and nothing has to be remembered.
    let is_idle = subscribers.is_empty() && policies::current(app).await?.policy.hysteresis == 0;
    // The shelves are read after the changes: what changes later is noted again.
    let snapshot = if is_idle { None } else { Some(publishing::snapshot_of(app, &noted).await?) };
    let messages = snapshot.as_ref().map(|snapshot| messages(app, snapshot, &noted, &subscribers)).unwrap_or_default();
    let sent = messages.len();
    let mut tx = app.node.db.begin().await?;
    if !changes::mark_pushed(&mut tx, &waiting).await? {
        tx.rollback().await?;
        return Ok(0);
    }
    if let Some(snapshot) = &snapshot {
        snapshot.remember(&mut tx, &app.stamp()).await?;
    }
    app.node.outbox.enqueue_all(&mut tx, messages).await?;
    tx.commit().await?;
    Ok(sent)
}

fn messages(app: &SellerApp, snapshot: &Snapshot, noted: &[changes::Change], subscribers: &[Context]) -> Vec<Outgoing> {
    if subscribers.is_empty() {
        return Vec::new();
    }
    let parts = catalogue::parts(snapshot.changes(noted), ITEMS_MAX);
    subscribers.iter().flat_map(|search| parts.iter().filter_map(|told| message(app, search, told))).collect()
}

/// `None` when the subscriber's domain or version is no longer spoken here.
fn message(app: &SellerApp, search: &Context, told: &[catalogue::Change<'_>]) -> Option<Outgoing> {
    let rules = app.rules(&search.domain, &search.core_version).ok()?;
    Some(reply::push(app, search, &catalogue::incremental(&app.seller, told, rules, app.now())))
}
