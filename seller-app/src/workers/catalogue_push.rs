//! Tells subscribed buyer apps what changed: one `on_search` each, with the transaction of their search and a new message id.

use std::sync::Arc;

use node::outbox::Outgoing;
use protocol::context::Context;

use crate::app::SellerApp;
use crate::catalogue::incremental;
use crate::network::reply;
use crate::publishing;
use crate::store::{changes, subscriptions};

/// Changes that go into one message.
const BATCH: i64 = 500;

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
    if !changes::any_unpushed(&app.node.db).await? {
        return Ok(0);
    }
    let subscribers = subscriptions::all(&app.node.db).await?;
    let mut tx = app.node.db.begin().await?;
    let noted = changes::take_unpushed(&mut tx, BATCH).await?;
    let mut sent = 0;
    if !subscribers.is_empty() {
        // Read after the changes were taken: what changes later is noted again.
        let snapshot = publishing::snapshot(app).await?;
        let told = snapshot.changes(&noted);
        if !told.is_empty() {
            let messages: Vec<Outgoing> =
                subscribers.iter().filter_map(|search| message(app, search, &told)).collect();
            sent = messages.len();
            app.node.outbox.enqueue_all(&mut tx, messages).await?;
        }
    }
    tx.commit().await?;
    Ok(sent)
}

/// `None` when the subscriber's domain or version is no longer spoken here.
fn message(app: &SellerApp, search: &Context, told: &[crate::catalogue::Change<'_>]) -> Option<Outgoing> {
    let rules = app.rules(&search.domain, &search.core_version).ok()?;
    Some(reply::push(app, search, &incremental(told, &rules.version.catalogue, app.now())))
}
