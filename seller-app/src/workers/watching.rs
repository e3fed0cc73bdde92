//! Looks after what is due: an order that nobody accepted is cancelled when the policy says so, and a buyer whose order will
//! be late is told a later estimate before it asks.

use std::sync::Arc;
use std::time::Duration;

use crate::app::SellerApp;
use crate::fulfilment::policy::Unaccepted;
use crate::fulfilment::watch::WatchKind;
use crate::network::translate::OrderRef;
use crate::order::promising::SYSTEM;
use crate::order::{Command, RejectCause};
use crate::processing::{self, Origin, WorkError};
use crate::store::watches::{self, WatchRow};

/// Deadlines are minutes: a few seconds more do not matter.
const EVERY: Duration = Duration::from_secs(5);
/// Orders that are looked after before the worker looks at the clock again.
const BATCH: i64 = 200;

pub(super) fn start(app: &Arc<SellerApp>) {
    let (app, workers) = (app.clone(), app.node.workers.clone());
    workers.every("fulfilment-watch", EVERY, move || {
        let app = app.clone();
        async move {
            match watch(&app).await {
                Ok(0) => {}
                Ok(orders) => tracing::info!(orders, "orders that were late were looked after"),
                Err(error) => tracing::warn!(%error, "late orders could not be looked after; tried again"),
            }
        }
    });
}

/// Does what is due by now; returns the number of orders that it changed.
///
/// # Errors
/// When the database fails; what was done before that stays done.
pub async fn watch(app: &SellerApp) -> Result<usize, sqlx::Error> {
    let now_ms = app.now().as_millisecond();
    let mut changed = 0;
    if app.seller.fulfilment.unaccepted == Unaccepted::Cancel {
        let rows = watches::over(&app.node.db, WatchKind::NotAccepted.as_str(), now_ms, BATCH).await?;
        for row in &rows {
            changed += usize::from(do_one(app, row, unanswered).await?);
        }
    }
    for row in &watches::due(&app.node.db, WatchKind::Estimate.as_str(), now_ms, BATCH).await? {
        let revise =
            |_: &SellerApp, _: &WatchRow| Some(Command::Revise { who: SYSTEM.to_owned(), cause: String::new() });
        changed += usize::from(do_one(app, row, revise).await?);
    }
    Ok(changed)
}

/// The store does not answer: the reason of the order's own law.
fn unanswered(app: &SellerApp, row: &WatchRow) -> Option<Command> {
    let rules = app.rules(&row.domain, &row.core_version).ok()?;
    Some(Command::SellerCancel { reason: RejectCause::NoAnswer.reason(rules).to_owned() })
}

/// `true` when the order changed. What the core refuses is not asked again until the order changes.
async fn do_one(
    app: &SellerApp,
    row: &WatchRow,
    command: impl Fn(&SellerApp, &WatchRow) -> Option<Command>,
) -> Result<bool, sqlx::Error> {
    let Some(command) = command(app, row) else { return Ok(false) };
    let at = OrderRef::Order { bap_id: row.bap_id.clone(), order_id: row.order_id.clone() };
    match processing::work(app, &at, &command, Origin::Desk { actor: SYSTEM }).await {
        Ok(_) => Ok(true),
        Err(WorkError::Database(error)) => Err(error),
        Err(error) => {
            tracing::warn!(order = row.order_id, kind = row.kind, %error, "nothing could be done for a late order");
            let mut tx = app.node.db.begin().await?;
            watches::forget(&mut tx, &row.order(), &row.kind).await?;
            tx.commit().await?;
            Ok(false)
        }
    }
}
