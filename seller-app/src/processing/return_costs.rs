//! A settled return in the books: ledger rows, claims with their evidence.

use node::Tx;

use crate::app::SellerApp;
use crate::carriers::OWN_RIDERS;
use crate::fulfilment::Fulfilment;
use crate::order::Order;
use crate::returns::ReturnCase;
use crate::returns::settle::{Account, Hands, Posting, postings};
use crate::store::orders::OrderKey;
use crate::store::partner_claims::{self, NewClaim};
use crate::store::partner_ledger::{self, NewRow};
use crate::store::returns;
use crate::store::stamp::Stamp;

/// Who opens claims by itself.
const ACTOR: &str = "returns";

/// Posts who bears what. Runs once for a return: the core settles it once. Nothing is owed for a test order.
pub(super) async fn settle(
    app: &SellerApp,
    tx: &mut Tx,
    order: &Order,
    return_id: &str,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    let Some(fulfilment) = order.fulfilment(return_id).filter(|_| !order.is_test()) else { return Ok(()) };
    let Some(case) = &fulfilment.case else { return Ok(()) };
    let key = OrderKey::of(order);
    for (kind, content) in evidence(fulfilment, case) {
        returns::show(tx, (&key, return_id), ("", kind, &content), stamp).await?;
    }
    let seller = order.partner_id.clone();
    let receiver = case.receipt.as_ref().map_or_else(|| seller.clone(), |receipt| receipt.partner_id.clone());
    let seller_owns = Hands::owns(partner_ledger::terms(tx, &seller).await?.stock_owner);
    let receiver_owns = Hands::owns(partner_ledger::terms(tx, &receiver).await?.stock_owner);
    let own_riders = app.carrier.name() == OWN_RIDERS;
    let hands = Hands { seller, seller_owns, receiver, receiver_owns, own_riders };
    for posting in postings(fulfilment, case, &hands) {
        let claim_id = if posting.claimed {
            claim(app, tx, (&key, return_id), &posting, case, stamp).await?
        } else {
            String::new()
        };
        if !claim_id.is_empty() {
            for (kind, content) in evidence(fulfilment, case) {
                returns::show(tx, (&key, return_id), (&claim_id, kind, &content), stamp).await?;
            }
        }
        let (account, partner_id) = match &posting.account {
            Account::Partner(id) => ("partner", id.as_str()),
            Account::Carrier => ("carrier", ""),
            Account::Brand => ("brand", ""),
            Account::Buyer => ("buyer", ""),
        };
        let row = NewRow { account, partner_id, entry: posting.entry, amount: posting.amount, claim_id: &claim_id };
        partner_ledger::add(tx, (&key, return_id), row, stamp).await?;
    }
    Ok(())
}

/// The id of the claim that collects it.
async fn claim(
    app: &SellerApp,
    tx: &mut Tx,
    (key, return_id): (&OrderKey, &str),
    posting: &Posting,
    case: &ReturnCase,
    stamp: &Stamp<'_>,
) -> Result<String, sqlx::Error> {
    let reason = format!("return {return_id} ({})", case.rule);
    match &posting.account {
        Account::Partner(partner_id) => {
            let claim = NewClaim {
                partner_id,
                order_id: &key.id,
                cause: "return",
                amount: -posting.amount,
                reason: &reason,
                actor: ACTOR,
            };
            partner_claims::open(tx, &claim, stamp).await
        }
        Account::Carrier => {
            let wanted = (app.carrier.name(), -posting.amount, reason.as_str());
            partner_ledger::claim_carrier(tx, (key, return_id), wanted, stamp).await
        }
        Account::Brand | Account::Buyer => Ok(String::new()),
    }
}

/// What shows that it was so: the buyer's words and photos, the count, the grade.
fn evidence(fulfilment: &Fulfilment, case: &ReturnCase) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    if let Some(request) = &fulfilment.return_request {
        let words = request.reason_desc.as_deref().unwrap_or_default();
        all.push((
            "request",
            format!("{} × {}, reason {}. {words}", request.quantity, request.item_id, request.reason_id),
        ));
        all.extend(request.photos().map(|url| ("photo", url.to_owned())));
    }
    if let Some(receipt) = &case.receipt {
        let (received, wrong, damaged) = (receipt.received, receipt.wrong, receipt.damaged);
        let missing = receipt.missing();
        all.push((
            "count",
            format!(
                "at {} by {}: {} expected, {received} arrived, {missing} missing, {wrong} wrong, {damaged} damaged. {}",
                receipt.partner_id, receipt.by, receipt.expected, receipt.note
            ),
        ));
        all.extend(Some(("photo", receipt.photo.clone())).filter(|(_, photo)| !photo.is_empty()));
    }
    if let Some(grading) = &case.grading {
        let (grade, disposition) = (grading.grade.title(), grading.disposition.title());
        all.push(("grade", format!("{grade}; {disposition}, by {}. {}", grading.by, grading.note)));
        all.extend(Some(("photo", grading.photo.clone())).filter(|(_, photo)| !photo.is_empty()));
    }
    all
}
