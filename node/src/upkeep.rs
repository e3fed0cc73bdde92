//! Housekeeping of a node: retention, gauges.

use std::sync::Arc;
use std::time::Duration;

use crate::node::Node;

const RETENTION_EVERY: Duration = Duration::from_secs(600);
const GAUGES_EVERY: Duration = Duration::from_secs(5);

pub(crate) fn start(node: &Arc<Node>) {
    let counted = node.clone();
    node.workers.every("gauges", GAUGES_EVERY, move || gauges(counted.clone()));
    let kept = node.clone();
    node.workers.every("retention", RETENTION_EVERY, move || retain(kept.clone()));
}

async fn gauges(node: Arc<Node>) {
    if let Ok(inbox) = node.inbox.counts().await {
        node.metrics.queue("inbox", "waiting", inbox.waiting);
        node.metrics.queue("inbox", "dead", inbox.dead);
    }
    if let Ok(outbox) = node.outbox.pending().await {
        node.metrics.queue("outbox", "pending", outbox.pending);
        node.metrics.queue("outbox", "refused", outbox.refused);
        node.metrics.queue("outbox", "dead", outbox.dead);
    }
}

async fn retain(node: Arc<Node>) {
    let config = &node.config;
    let done = async {
        node.inbox.prune(config.inbox_keep_hours).await?;
        node.outbox.prune(config.outbox_keep_hours).await?;
        if config.ledger_keep_days > 0 {
            node.ledger.prune(config.ledger_keep_days).await?;
        }
        Ok::<_, sqlx::Error>(())
    };
    if let Err(error) = done.await {
        tracing::warn!(%error, "old messages could not be deleted; it is tried again");
    }
}
