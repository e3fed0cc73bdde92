//! What a return costs, and who bears it. Exact: the shares add up to the loss.

use serde::{Deserialize, Serialize};

use super::bearer::Bearer;
use super::case::ReturnCase;
use super::policy::Pickup;
use crate::catalogue::PartnerId;
use crate::fulfilment::{Fulfilment, TrailEntry};
use crate::money::Money;
use crate::order::LineKind;
use crate::partners::terms::StockOwner;

/// A part of the loss.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostShare {
    pub bearer: Bearer,
    /// `reason` as the policy splits the return's reason, `lost` for pieces that never came back.
    pub cause: String,
    pub amount: Money,
}

/// What a return was refunded: the trail, as a positive amount.
pub fn refund(case: &Fulfilment) -> Money {
    -case.quote_trail.iter().map(|entry| entry.value).sum::<Money>()
}

/// What of the refund is goods with their tax and discounts.
fn goods(case: &Fulfilment) -> Money {
    let is_goods = |entry: &&TrailEntry| match entry.kind {
        LineKind::Item | LineKind::Tax | LineKind::Discount | LineKind::Offer => true,
        LineKind::Delivery | LineKind::Packing | LineKind::Misc => false,
    };
    -case.quote_trail.iter().filter(is_goods).map(|entry| entry.value).sum::<Money>()
}

/// The refund cut into three: goods that are on a shelf again, what the reason's split bears, what was lost on the way back.
pub fn parts(fulfilment: &Fulfilment, case: &ReturnCase) -> [Money; 3] {
    let goods = goods(fulfilment);
    let charges = refund(fulfilment) - goods;
    let Some(receipt) = &case.receipt else { return [Money::ZERO, goods + charges, Money::ZERO] };
    let back = case.restocked();
    let lost = receipt.missing() + receipt.wrong;
    let spoilt = receipt.received.saturating_sub(back);
    let cut = goods.apportion(&[i64::from(back), i64::from(spoilt), i64::from(lost)]);
    let of = |at: usize| cut.get(at).copied().unwrap_or_default();
    [of(0), of(1) + charges, of(2)]
}

/// Who bears the loss. What came back and is sold again is none.
pub fn shares(fulfilment: &Fulfilment, case: &ReturnCase) -> Vec<CostShare> {
    let [_, by_reason, lost] = parts(fulfilment, case);
    let mut shares: Vec<CostShare> = Vec::new();
    for (bearer, amount) in case.split.share(by_reason) {
        shares.push(CostShare { bearer, cause: "reason".to_owned(), amount });
    }
    // Whoever fetched it had it last; what a buyer brings to a partner nobody fetched.
    let bearer = match case.pickup {
        Pickup::Seller => Bearer::Carrier,
        Pickup::DropOff => Bearer::Brand,
    };
    shares.push(CostShare { bearer, cause: "lost".to_owned(), amount: lost });
    shares.retain(|share| !share.amount.is_zero());
    shares
}

/// Whose account a posting is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    Partner(PartnerId),
    Carrier,
    Brand,
    Buyer,
}

/// A row of the ledger. Positive: the account gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    pub account: Account,
    /// `relief`, `borne`, `goods-moved`
    pub entry: &'static str,
    pub amount: Money,
    /// It counts only when the claim that is opened for it is accepted.
    pub claimed: bool,
}

/// Whose goods they were, and where they are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hands {
    pub seller: PartnerId,
    pub seller_owns: bool,
    pub receiver: PartnerId,
    pub receiver_owns: bool,
    /// The seller's own riders carried the goods: what a carrier would bear is the seller's.
    pub own_riders: bool,
}

impl Hands {
    pub fn owns(owner: StockOwner) -> bool {
        owner == StockOwner::Partner
    }
}

/// The ledger rows of a settled return.
///
/// A partner that owns its goods has paid the whole refund already (its statement says so): it gets back what others bear.
/// A partner that sells the brand's goods has paid nothing: what it bears is claimed from it. A carrier is always claimed from.
pub fn postings(fulfilment: &Fulfilment, case: &ReturnCase, hands: &Hands) -> Vec<Posting> {
    let seller = || Account::Partner(hands.seller.clone());
    let mut rows = Vec::new();
    for share in &case.shares {
        let bearer = match share.bearer {
            Bearer::Carrier if hands.own_riders => Bearer::Partner,
            other => other,
        };
        let (account, claimed) = match bearer {
            Bearer::Partner if hands.seller_owns => continue,
            Bearer::Partner => (seller(), true),
            Bearer::Carrier => (Account::Carrier, true),
            Bearer::Brand => (Account::Brand, false),
            Bearer::Buyer => (Account::Buyer, false),
        };
        rows.push(Posting { account, entry: "borne", amount: -share.amount, claimed });
        if hands.seller_owns {
            rows.push(Posting { account: seller(), entry: "relief", amount: share.amount, claimed: false });
        }
    }
    let [back, ..] = parts(fulfilment, case);
    if hands.receiver != hands.seller && !back.is_zero() {
        // The goods change books with the pieces.
        let mut moved = |partner: &PartnerId, amount| {
            let account = Account::Partner(partner.clone());
            rows.push(Posting { account, entry: "goods-moved", amount, claimed: false });
        };
        if hands.seller_owns {
            moved(&hands.seller, back);
        }
        if hands.receiver_owns {
            moved(&hands.receiver, -back);
        }
    }
    rows
}
