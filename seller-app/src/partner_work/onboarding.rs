//! The checklist of a partner, from what the database holds.

use jiff::{SignedDuration, Timestamp};

use crate::app::SellerApp;
use crate::money::Money;
use crate::partners::Terms;
use crate::partners::checklist::{Checklist, Evidence, checklist as judge};
use crate::store::partners::{self, PartnerRecord, Profile};
use crate::store::{offers, stock};

use super::{PartnerError, life, test_order};

/// What is done and what is missing before the partner goes live.
///
/// # Errors
/// When the database fails.
pub async fn checklist(app: &SellerApp, record: &PartnerRecord) -> Result<Checklist, sqlx::Error> {
    let db = &app.node.db;
    let now = app.now();
    let id = &record.partner.id;
    let since = stock_since(app, now);
    let shelves = stock::of_partner(db, id, now.as_millisecond()).await?;
    let counted = shelves.iter().filter(|shelf| shelf.counted_at_ms >= since.as_millisecond()).count();
    let newest_ms = shelves.iter().map(|shelf| shelf.counted_at_ms).max();
    Ok(judge(&Evidence {
        partner: &record.partner,
        terms: &record.terms,
        offers: offers::of_partner(db, id).await?.iter().filter(|offer| offer.active).count(),
        counted,
        newest_count: newest_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
        stock_since: since,
        test_order: test_order::newest(db, id).await?,
        now,
    }))
}

/// A count that is older than this is stale.
pub fn stock_since(app: &SellerApp, now: Timestamp) -> Timestamp {
    let hours = i64::from(app.config.stock_fresh_hours);
    now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN)
}

/// What a person enters about money, tier and kind.
#[derive(Clone, Debug, Default)]
pub struct Agreement {
    pub tier: Option<String>,
    pub terms: Option<Terms>,
    /// True: a person agreed to the fees now.
    pub agree: bool,
}

/// Changes tier and terms. New numbers need a new agreement.
///
/// # Errors
/// When a fee is below zero or a percentage is none, or there is no such partner.
pub async fn agree(app: &SellerApp, id: &str, agreement: Agreement) -> Result<PartnerRecord, PartnerError> {
    let record = life::known(app, id).await?;
    let mut terms = agreement.terms.unwrap_or_else(|| record.terms.clone());
    check(&terms)?;
    let before = Terms { agreed_at_ms: None, ..record.terms.clone() };
    let same = Terms { agreed_at_ms: None, ..terms.clone() } == before;
    let kept = record.terms.agreed_at_ms.filter(|_| same);
    terms.agreed_at_ms = if agreement.agree { kept.or(Some(app.now().as_millisecond())) } else { kept };
    let tier = agreement.tier.unwrap_or_else(|| record.tier.clone());
    let profile = Profile { kind: record.kind, tier: &tier, terms: &terms };
    let mut tx = app.node.db.begin().await?;
    partners::save_profile(&mut tx, &record.partner, profile, &app.stamp()).await?;
    tx.commit().await?;
    life::known(app, id).await
}

fn check(terms: &Terms) -> Result<(), PartnerError> {
    let amounts = [
        ("fee_per_order", terms.fee_per_order),
        ("delivery_cost", terms.delivery_cost),
        ("return_cost", terms.return_cost),
    ];
    if let Some((name, _)) = amounts.into_iter().find(|(_, amount)| *amount < Money::ZERO) {
        return Err(PartnerError::BadTerms(name, "must not be below zero"));
    }
    let hundred = rust_decimal::Decimal::ONE_HUNDRED;
    let percents = [("fee_percent", terms.fee_percent), ("commission_percent", terms.commission_percent)];
    match percents
        .into_iter()
        .find(|(_, one)| one.is_sign_negative() && !one.is_zero() || *one > hundred || one.scale() > 2)
    {
        Some((name, _)) => Err(PartnerError::BadTerms(name, "is a percentage from 0 to 100 with at most two decimals")),
        None => Ok(()),
    }
}
