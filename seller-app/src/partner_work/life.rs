//! Steps in the life of a partner.

use node::{Database, read};

use crate::app::SellerApp;
use crate::partners::{Stage, Step};
use crate::store::partners::{self, Mover, PartnerRecord};

use super::{PartnerError, onboarding};

/// Suspended partners of which no order is open and nothing waits.
const TO_DRAIN: &str = "select id from partners where stage = 'suspended' and not exists (select 1 from orders \
     where orders.partner_id = partners.id and (orders.state not in ('Completed', 'Cancelled') or orders.attention <> '')) \
     order by id";
/// Partners that leave and have nothing open any more.
const TO_LEAVE: &str = "select id from partners where stage = 'drained' and leaving = true order by id";

/// The partner, or an error that names it.
///
/// # Errors
/// When there is none, or the database fails.
pub async fn known(app: &SellerApp, id: &str) -> Result<PartnerRecord, PartnerError> {
    partners::one(&app.node.db, id).await?.ok_or_else(|| PartnerError::Unknown(id.to_owned()))
}

/// A person moves a partner. Going live needs a complete checklist.
///
/// # Errors
/// Says what is missing, or why the table does not allow the step.
pub async fn step(app: &SellerApp, id: &str, step: Step, mover: Mover<'_>) -> Result<Stage, PartnerError> {
    if !step.by_hand() {
        return Err(PartnerError::NotByHand(step));
    }
    if mover.reason.trim().is_empty() {
        return Err(PartnerError::NoReason);
    }
    let record = known(app, id).await?;
    if step == Step::GoLive && record.stage == Stage::Verifying {
        let missing = onboarding::checklist(app, &record).await?.missing();
        if !missing.is_empty() {
            return Err(PartnerError::NotReady(missing));
        }
    }
    let mut tx = app.node.db.begin().await?;
    let moved = partners::take_step(&mut tx, id, step, mover, &app.stamp()).await?;
    let stage = moved.ok_or_else(|| PartnerError::Unknown(id.to_owned()))?.map_err(|misfit| PartnerError::NotNow {
        stage: record.stage,
        step,
        misfit,
    })?;
    tx.commit().await?;
    Ok(stage)
}

/// On the network or off it, in the one word of the older call: the step that fits the stage.
///
/// # Errors
/// As [`step`]: a partner that was never live goes live only with its checklist.
pub async fn set_active(app: &SellerApp, id: &str, active: bool, actor: &str) -> Result<(), PartnerError> {
    let record = known(app, id).await?;
    if record.stage.sells() == active {
        return Ok(());
    }
    let wanted = match record.stage {
        Stage::Invited | Stage::Verifying => Step::GoLive,
        Stage::Active | Stage::Probation => Step::Suspend,
        Stage::Suspended | Stage::Offboarded => Step::Reinstate,
        Stage::Drained => Step::Probation,
    };
    let reason = if active { "put on the network" } else { "taken off the network" };
    step(app, id, wanted, Mover { actor, reason }).await.map(|_| ())
}

/// Marks suspended partners without open orders as drained, and lets those go that leave for good. Returns how many moved.
///
/// # Errors
/// When the database fails; partners before that are done.
pub async fn drain(app: &SellerApp) -> Result<usize, sqlx::Error> {
    let drained = by_node(app, TO_DRAIN, Step::Drain, "no open order is left").await?;
    Ok(drained + by_node(app, TO_LEAVE, Step::Offboard, "it leaves, and no open order is left").await?)
}

async fn by_node(app: &SellerApp, sql: &'static str, step: Step, reason: &str) -> Result<usize, sqlx::Error> {
    let ids = ids(&app.node.db, sql).await?;
    let mut moved = 0;
    for id in ids {
        let mut tx = app.node.db.begin().await?;
        let mover = Mover { actor: "system", reason };
        if let Some(Ok(_)) = partners::take_step(&mut tx, &id, step, mover, &app.stamp()).await? {
            moved += 1;
        }
        tx.commit().await?;
    }
    Ok(moved)
}

async fn ids(db: &Database, sql: &'static str) -> Result<Vec<String>, sqlx::Error> {
    read!(db, |c| sqlx::query_scalar::<_, String>(sql).fetch_all(c).await)
}
