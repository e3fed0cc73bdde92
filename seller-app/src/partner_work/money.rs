//! Statements and claims.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::app::SellerApp;
use crate::money::Money;
use crate::partners::statement::{AcceptedClaim, Account, Statement, statement};
use crate::store::partner_claims::{self, NewClaim};
use crate::store::{orders, partner_ledger, partner_scores};

use super::{PartnerError, life};

/// A month of the brand's calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Month {
    /// `2026-11`
    pub name: String,
    pub from: Timestamp,
    /// Not included.
    pub to: Timestamp,
}

impl Month {
    /// # Errors
    /// When `name` is not `YYYY-MM`.
    pub fn parse(app: &SellerApp, name: &str) -> Result<Month, PartnerError> {
        let first: Date = format!("{name}-01").parse().map_err(|_| PartnerError::NoMonth(name.to_owned()))?;
        Month::of(app, first).ok_or_else(|| PartnerError::NoMonth(name.to_owned()))
    }

    /// The month that a moment lies in.
    pub fn at(app: &SellerApp, now: Timestamp) -> Option<Month> {
        Month::of(app, offset(app).to_datetime(now).date())
    }

    fn of(app: &SellerApp, day: Date) -> Option<Month> {
        let first = day.first_of_month();
        let next = first.last_of_month().tomorrow().ok()?;
        let start = |day: Date| offset(app).to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).ok();
        Some(Month { name: first.strftime("%Y-%m").to_string(), from: start(first)?, to: start(next)? })
    }
}

fn offset(app: &SellerApp) -> Offset {
    Offset::from_seconds(i32::from(app.config.desk_utc_offset_min) * 60).unwrap_or(Offset::UTC)
}

/// What a partner earned in a month.
///
/// # Errors
/// When there is no such partner, or the database fails.
pub async fn of_month(app: &SellerApp, partner_id: &str, month: &Month) -> Result<Statement, PartnerError> {
    let record = life::known(app, partner_id).await?;
    let orders = partner_scores::completed(&app.node.db, partner_id, (month.from, month.to)).await?;
    let claims = partner_claims::of_partner(&app.node.db, partner_id).await?;
    let accepted = claims.iter().filter(|claim| claim.state == "accepted").filter_map(|claim| {
        Some(AcceptedClaim {
            order_id: claim.order_id.clone(),
            amount: Money::parse(&claim.amount).ok()?,
            at: Timestamp::from_millisecond(claim.decided_at_ms?).ok()?,
        })
    });
    let account = Account {
        terms: &record.terms,
        delivers: record.partner.service.capabilities.delivers,
        from: month.from,
        to: month.to,
    };
    let ledger = partner_ledger::of_partner(&app.node.db, partner_id, (month.from, month.to)).await?;
    let shares = ledger.into_iter().filter_map(|row| {
        Some((Timestamp::from_millisecond(row.at_ms).ok()?, row.order_id, Money::parse(&row.amount).ok()?))
    });
    Ok(statement(&account, &orders, &accepted.collect::<Vec<_>>()).with_returns(shares))
}

/// Opens a claim; its id.
///
/// # Errors
/// When the amount is nothing, no cause or reason is given, or there is no such partner, or it has no such order.
pub async fn open_claim(app: &SellerApp, claim: &NewClaim<'_>) -> Result<String, PartnerError> {
    life::known(app, claim.partner_id).await?;
    if claim.reason.trim().is_empty() || claim.cause.trim().is_empty() {
        return Err(PartnerError::NoReason);
    }
    if claim.amount.is_zero() {
        return Err(PartnerError::BadTerms("amount", "must not be zero"));
    }
    if !claim.order_id.is_empty() {
        let found = orders::by_id(&app.node.db, claim.order_id).await?;
        if !found.iter().any(|stored| stored.order.partner_id == claim.partner_id) {
            return Err(PartnerError::NoOrder(claim.order_id.to_owned()));
        }
    }
    let mut tx = app.node.db.begin().await?;
    let id = partner_claims::open(&mut tx, claim, &app.stamp()).await?;
    tx.commit().await?;
    Ok(id)
}

/// Accepts or rejects a claim.
///
/// # Errors
/// When there is no open claim with this id, or no reason is given.
pub async fn decide_claim(
    app: &SellerApp,
    id: &str,
    accept: bool,
    (actor, reason): (&str, &str),
) -> Result<(), PartnerError> {
    if reason.trim().is_empty() {
        return Err(PartnerError::NoReason);
    }
    let state = if accept { "accepted" } else { "rejected" };
    let mut tx = app.node.db.begin().await?;
    if !partner_claims::decide(&mut tx, id, state, (actor, reason), &app.stamp()).await? {
        return Err(PartnerError::NoClaim(id.to_owned()));
    }
    tx.commit().await?;
    Ok(())
}
