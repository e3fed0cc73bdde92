//! Scorecards, what they suggest, and what a person decides about it.

use jiff::{SignedDuration, Timestamp};

use crate::app::SellerApp;
use crate::partners::facts::OrderFacts;
use crate::partners::proposal::{ProposalKind, Standing, propose};
use crate::partners::scorecard::{Scorecard, scorecard};
use crate::partners::targets::{self, Targets};
use crate::store::partners::{self, Mover, PartnerRecord};
use crate::store::{partner_claims, partner_history, partner_proposals, partner_scores};

use super::{PartnerError, life};

/// The targets in force and their version; version 0 is what a new node begins with.
///
/// # Errors
/// When the database fails, or the built-in targets are broken (a test holds them).
pub async fn targets(app: &SellerApp) -> Result<(i64, Targets), PartnerError> {
    match partner_proposals::targets(&app.node.db).await? {
        Some(set) => Ok(set),
        None => Ok((0, Targets::parse(targets::DEFAULT)?)),
    }
}

/// Sets new targets, as the version after `version`.
///
/// # Errors
/// When they are not good, no reason is given, or somebody else set some meanwhile.
pub async fn set_targets(app: &SellerApp, version: i64, next: &Targets, mover: Mover<'_>) -> Result<i64, PartnerError> {
    next.check()?;
    if mover.reason.trim().is_empty() {
        return Err(PartnerError::NoReason);
    }
    if self::targets(app).await?.0 != version {
        return Err(PartnerError::Changed);
    }
    let mut tx = app.node.db.begin().await?;
    let reason = (mover.actor, mover.reason);
    if !partner_proposals::set_targets(&mut tx, version + 1, next, reason, &app.stamp()).await? {
        return Err(PartnerError::Changed);
    }
    tx.commit().await?;
    Ok(version + 1)
}

fn days_before(now: Timestamp, days: u32) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN)
}

/// A partner's numbers.
#[derive(Clone, Debug)]
pub struct Score {
    pub card: Scorecard,
    /// One week after the other, the oldest first; for the plot.
    pub weeks: Vec<Scorecard>,
}

/// Weeks of the plot.
const WEEKS: u32 = 8;

/// The scorecard over the window of the targets, and the weeks before today.
///
/// # Errors
/// When the database fails.
pub async fn score(app: &SellerApp, partner_id: &str, targets: &Targets) -> Result<Score, PartnerError> {
    let now = app.now();
    let from = days_before(now, targets.window_days);
    let oldest = from.min(days_before(now, 7 * WEEKS));
    let to = now.checked_add(SignedDuration::from_millis(1)).unwrap_or(now);
    let facts = partner_scores::facts(&app.node.db, partner_id, (oldest, to)).await?;
    let claims = partner_claims::of_partner(&app.node.db, partner_id).await?;
    let card = |from: Timestamp, to: Timestamp| card(&facts, &claims, (from, to), now);
    let weeks = (0..WEEKS).rev().map(|week| {
        let end = if week == 0 { to } else { days_before(now, 7 * week) };
        card(days_before(now, 7 * (week + 1)), end)
    });
    Ok(Score { weeks: weeks.collect(), card: card(from, to) })
}

fn card(
    facts: &[OrderFacts],
    claims: &[partner_claims::ClaimRow],
    (from, to): (Timestamp, Timestamp),
    now: Timestamp,
) -> Scorecard {
    let inside = |claim: &&partner_claims::ClaimRow| {
        claim.state != "rejected" && (from.as_millisecond()..to.as_millisecond()).contains(&claim.opened_at_ms)
    };
    let count = u64::try_from(claims.iter().filter(inside).count()).unwrap_or(u64::MAX);
    scorecard(facts, count, (from, to), now)
}

/// Looks at every partner that sells and notes what its scorecard suggests. Returns how many new proposals there are.
///
/// # Errors
/// When the database fails; partners before that are done.
pub async fn judge_all(app: &SellerApp) -> Result<usize, PartnerError> {
    let (_, targets) = targets(app).await?;
    let mut made = 0;
    for record in partners::all(&app.node.db).await?.into_iter().filter(|record| record.stage.sells()) {
        made += usize::from(judge(app, &record, &targets).await?);
    }
    Ok(made)
}

async fn judge(app: &SellerApp, record: &PartnerRecord, targets: &Targets) -> Result<bool, PartnerError> {
    let id = &record.partner.id;
    let now = app.now();
    let history = partner_history::of_partner(&app.node.db, id).await?;
    let at = |ms: i64| Timestamp::from_millisecond(ms).unwrap_or(now);
    let since = history.iter().find(|row| row.from_stage != row.to_stage || row.step == "created");
    let warned_at = history.iter().find(|row| row.step == "warn").map(|row| at(row.at_ms));
    let standing = Standing {
        stage: record.stage,
        tier: &record.tier,
        since: since.map_or(Timestamp::MIN, |row| at(row.at_ms)),
        warned_at,
        now,
    };
    let score = score(app, id, targets).await?;
    let proposal = propose(&score.card, targets, &standing);
    let known = partner_proposals::of_partner(&app.node.db, id).await?;
    let mut tx = app.node.db.begin().await?;
    let stamp = app.stamp();
    let mut made = false;
    // What no longer holds is not left for a person to find.
    for old in known.iter().filter(|old| old.state == "open") {
        match &proposal {
            Some(next) if next.kind.as_str() == old.kind => partner_proposals::renew(&mut tx, &old.id, next).await?,
            Some(_) | None => {
                let why = ("system", "the numbers no longer say so");
                partner_proposals::decide(&mut tx, &old.id, "dismissed", why, &stamp).await?;
            }
        }
    }
    if let Some(next) = &proposal {
        let quiet = days_before(now, targets.quiet_days).as_millisecond();
        let same = |old: &&partner_proposals::ProposalRecord| old.kind == next.kind.as_str();
        let told = known.iter().filter(same).any(|old| {
            let by_person = old.actor != "system" && old.decided_at_ms.is_some_and(|at_ms| at_ms > quiet);
            old.state == "open" || (old.state == "dismissed" && by_person)
        });
        if !told {
            partner_proposals::add(&mut tx, id, next, &stamp).await?;
            made = true;
        }
    }
    tx.commit().await?;
    Ok(made)
}

/// A person confirms a proposal: a warning goes into the history, the others take their step.
///
/// # Errors
/// When it is decided already, no reason is given, or the table does not allow the step any more.
pub async fn confirm(app: &SellerApp, id: &str, mover: Mover<'_>) -> Result<(), PartnerError> {
    let (proposal, kind) = waiting(app, id, mover).await?;
    let record = life::known(app, &proposal.partner_id).await?;
    let mut tx = app.node.db.begin().await?;
    let stamp = app.stamp();
    if !partner_proposals::decide(&mut tx, id, "confirmed", (mover.actor, mover.reason), &stamp).await? {
        return Err(PartnerError::Changed);
    }
    let partner_id = &proposal.partner_id;
    match kind.step() {
        None => partner_history::remark(&mut tx, partner_id, record.stage, "warn", mover, &stamp).await?,
        Some(step) => {
            let moved = partners::take_step(&mut tx, partner_id, step, mover, &stamp).await?;
            moved.ok_or_else(|| PartnerError::Unknown(partner_id.clone()))?.map_err(|misfit| PartnerError::NotNow {
                stage: record.stage,
                step,
                misfit,
            })?;
        }
    }
    if kind == ProposalKind::Offboard {
        partners::set_leaving(&mut tx, partner_id, &stamp).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// A person dismisses a proposal; it is not made again for the quiet days of the targets.
///
/// # Errors
/// When it is decided already or no reason is given.
pub async fn dismiss(app: &SellerApp, id: &str, mover: Mover<'_>) -> Result<(), PartnerError> {
    waiting(app, id, mover).await?;
    let mut tx = app.node.db.begin().await?;
    let why = (mover.actor, mover.reason);
    if !partner_proposals::decide(&mut tx, id, "dismissed", why, &app.stamp()).await? {
        return Err(PartnerError::Changed);
    }
    tx.commit().await?;
    Ok(())
}

async fn waiting(
    app: &SellerApp,
    id: &str,
    mover: Mover<'_>,
) -> Result<(partner_proposals::ProposalRecord, ProposalKind), PartnerError> {
    if mover.reason.trim().is_empty() {
        return Err(PartnerError::NoReason);
    }
    let none = || PartnerError::NoProposal(id.to_owned());
    let proposal = partner_proposals::one(&app.node.db, id).await?.ok_or_else(none)?;
    let kind = ProposalKind::parse(&proposal.kind).ok_or_else(none)?;
    if proposal.state == "open" { Ok((proposal, kind)) } else { Err(PartnerError::Changed) }
}
