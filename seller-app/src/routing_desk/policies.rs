//! The policy that decides, and how it changes: draft → replay on the last decisions → publish; back to an earlier one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{carts, standing};
use crate::app::SellerApp;
use crate::partner_work::PartnerError;
use crate::routing::{Plan, Policy, PolicyError, replay as decide_again};
use crate::store::changes::{self, EVERYTHING};
use crate::store::decisions::policies::{self, State, Version};
use crate::store::decisions::{self, Decision};
use crate::store::{body, partners};

/// Decisions that one replay looks at.
pub const REPLAY_MAX: i64 = 1_000;
/// Decisions that a report names.
const NAMED_MAX: usize = 20;

/// The policy that decides now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// 0 is the policy of the settings.
    pub version: i64,
    pub policy: Policy,
}

/// What the last decisions would have been under another policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    pub decisions: u32,
    /// Other partners, or other pieces from them.
    pub changed: u32,
    /// Decisions that the policy cannot make: too many pieces for its weights.
    pub failed: u32,
    /// Cost of the old and of the new choices, both counted by the new policy, in minor units; only where both send everything.
    pub cost_before: i64,
    pub cost_after: i64,
    /// Pieces that nobody sends.
    pub missing_before: i64,
    pub missing_after: i64,
    /// Parcels by partner.
    pub partners: BTreeMap<String, Moved>,
    /// Some of the decisions that change.
    pub examples: Vec<Changed>,
}

/// Parcels of a partner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Moved {
    pub before: u32,
    pub after: u32,
}

/// A decision that would be another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changed {
    pub decision: String,
    pub transaction_id: String,
    pub place: String,
    pub before: Vec<String>,
    pub after: Vec<String>,
}

/// Why a policy is not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error("there is no policy version {0}")]
    Unknown(i64),
    #[error("version {0} was never replayed: replay it on the last decisions first, then publish it")]
    NotReplayed(i64),
    #[error("version {0} decides already")]
    Published(i64),
    #[error("partners could not be measured: {0}")]
    Measure(#[from] PartnerError),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

/// The published version, or the policy of the settings.
///
/// # Errors
/// When the database fails.
pub async fn current(app: &SellerApp) -> Result<Current, sqlx::Error> {
    Ok(match policies::published(&app.node.db).await? {
        Some(Version { version, policy, .. }) => Current { version, policy },
        None => Current { version: 0, policy: app.routing_policy.clone() },
    })
}

/// Keeps a draft; its number.
///
/// # Errors
/// [`ChangeError::Policy`] names what is wrong in the text.
pub async fn draft(app: &SellerApp, text: &str, note: &str, actor: &str) -> Result<i64, ChangeError> {
    let policy = Policy::parse(text)?;
    let mut tx = app.node.db.begin().await?;
    let version = policies::add(&mut tx, &policy, note, actor, &app.stamp()).await?;
    tx.commit().await?;
    Ok(version)
}

/// Decides the last `last` decisions again with this version, keeps the report.
///
/// # Errors
/// [`ChangeError::Unknown`].
pub async fn replay(app: &SellerApp, version: i64, last: i64, actor: &str) -> Result<Report, ChangeError> {
    let asked = policies::one(&app.node.db, version).await?.ok_or(ChangeError::Unknown(version))?;
    let made = decisions::last(&app.node.db, last.clamp(1, REPLAY_MAX)).await?;
    let report = compare(&made, &carts::in_force(app, &asked.policy));
    let detail = format!("{} of the last {} decisions change", report.changed, report.decisions);
    let mut tx = app.node.db.begin().await?;
    policies::set_replay(&mut tx, version, &body::write(&report)?, actor, &detail, &app.stamp()).await?;
    tx.commit().await?;
    Ok(report)
}

/// The effect of a policy on decisions that were made.
pub fn compare(made: &[Decision], policy: &Policy) -> Report {
    let mut report = Report::default();
    for decision in made {
        report.decisions += 1;
        let before = &decision.outcome.plan;
        let Ok(after) = decide_again(&decision.problem, policy).map(|outcome| outcome.plan) else {
            report.failed += 1;
            continue;
        };
        before.parcels.iter().for_each(|one| report.partners.entry(one.partner_id.clone()).or_default().before += 1);
        after.parcels.iter().for_each(|one| report.partners.entry(one.partner_id.clone()).or_default().after += 1);
        report.missing_before += before.objective.missing;
        report.missing_after += after.objective.missing;
        if before.objective.missing == 0 && after.objective.missing == 0 {
            report.cost_before += crate::routing::worth(&decision.problem, policy, before);
            report.cost_after += after.objective.cost;
        }
        if differs(before, &after) {
            report.changed += 1;
            if report.examples.len() < NAMED_MAX {
                let owned = |plan: &Plan| plan.partners().into_iter().map(str::to_owned).collect();
                report.examples.push(Changed {
                    decision: decision.id.clone(),
                    transaction_id: decision.transaction_id.clone(),
                    place: decision.problem.place.clone(),
                    before: owned(before),
                    after: owned(&after),
                });
            }
        }
    }
    report
}

fn differs(one: &Plan, other: &Plan) -> bool {
    let takes = |plan: &Plan| {
        let all = plan.parcels.iter().map(|parcel| (parcel.partner_id.clone(), parcel.takes.clone()));
        all.collect::<Vec<_>>()
    };
    takes(one) != takes(other)
}

/// Makes a replayed version the one that decides; an earlier one is rolled back to. The whole catalogue is told again,
/// because any winner may be another one.
///
/// # Errors
/// [`ChangeError::NotReplayed`] for a draft whose effect nobody looked at.
pub async fn publish(app: &SellerApp, version: i64, actor: &str) -> Result<(), ChangeError> {
    let asked = policies::one(&app.node.db, version).await?.ok_or(ChangeError::Unknown(version))?;
    let kind = match asked.state {
        State::Published => return Err(ChangeError::Published(version)),
        State::Draft if asked.replay.is_empty() => return Err(ChangeError::NotReplayed(version)),
        State::Draft => "published",
        State::Retired => "rolled-back",
    };
    if standing::counts(&asked.policy) {
        standing::measure(app).await?;
    }
    let all = partners::all(&app.node.db).await?;
    let stamp = app.stamp();
    let mut tx = app.node.db.begin().await?;
    policies::publish(&mut tx, version, kind, actor, &stamp).await?;
    for record in all.iter().filter(|record| record.partner.active) {
        changes::note(&mut tx, &record.partner.id, EVERYTHING, &stamp).await?;
    }
    tx.commit().await?;
    Ok(())
}
