//! How partners do, measured from their scorecards for a policy that counts it.

use std::collections::BTreeMap;

use crate::app::SellerApp;
use crate::partner_work::{PartnerError, scores};
use crate::partners::Stage;
use crate::partners::targets::Targets;
use crate::routing::{Policy, Priority};
use crate::store::changes::{self, EVERYTHING};
use crate::store::decisions::standing::{self, Measured};
use crate::store::partners::{self, PartnerRecord};

/// Whether a policy looks at scores, tiers, rejections or shares at all.
pub fn counts(policy: &Policy) -> bool {
    let (rules, costs) = (&policy.constraints, &policy.costs);
    rules.min_score_permille > 0
        || rules.max_tier > 0
        || policy.priorities.contains(&Priority::Tier)
        || costs.rejection > 0
        || costs.over_share_percent > 0
}

/// Measures all partners and keeps what changed; the catalogue is told about them again. Returns how many changed.
///
/// # Errors
/// When the database fails, or targets are broken.
pub async fn measure(app: &SellerApp) -> Result<usize, PartnerError> {
    let (_, targets) = scores::targets(app).await?;
    let records: Vec<PartnerRecord> =
        partners::all(&app.node.db).await?.into_iter().filter(|record| record.partner.active).collect();
    let mut tallies = Vec::with_capacity(records.len());
    for record in &records {
        tallies.push(scores::score(app, &record.partner.id, &targets).await?.card.all);
    }
    let all_orders: u64 = tallies.iter().map(|tally| tally.orders).sum();
    let before: BTreeMap<String, Measured> =
        standing::all(&app.node.db).await?.into_iter().map(|one| (one.partner_id.clone(), one)).collect();
    let mut changed = Vec::new();
    for (record, tally) in records.iter().zip(&tallies) {
        let share = percent(tally.orders, all_orders) - percent(1, records.len() as u64);
        let enough = tally.orders >= u64::from(targets.orders_min);
        let measured = Measured {
            partner_id: record.partner.id.clone(),
            tier: tier(record, &targets),
            // Of a partner with few orders nothing bad is known.
            score_permille: tally.perfect.permille().filter(|_| enough).map_or(1_000, i64::from),
            rejection_permille: tally.cancelled.permille().filter(|_| enough).map_or(0, i64::from),
            over_share_percent: share.max(0),
        };
        if before.get(&measured.partner_id) != Some(&measured) {
            changed.push(measured);
        }
    }
    let stamp = app.stamp();
    let mut tx = app.node.db.begin().await?;
    for measured in &changed {
        standing::save(&mut tx, measured, &stamp).await?;
        changes::note(&mut tx, &measured.partner_id, EVERYTHING, &stamp).await?;
    }
    tx.commit().await?;
    Ok(changed.len())
}

fn percent(part: u64, whole: u64) -> i64 {
    i64::try_from((part * 100).checked_div(whole).unwrap_or(0)).unwrap_or(0)
}

/// The tier with the hardest targets is the first; on probation a partner counts one tier lower.
fn tier(record: &PartnerRecord, targets: &Targets) -> i64 {
    let hardness = |name: &str| targets.tiers.get(name).or_else(|| targets.tiers.get("standard")).map(|one| one.fill);
    let own = hardness(&record.tier);
    let harder = targets.tiers.values().filter(|one| Some(one.fill) > own).count();
    let probation = i64::from(record.stage == Stage::Probation);
    1 + i64::try_from(harder).unwrap_or(0) + probation
}
