//! `payment` of a message.

use serde_json::{Value, json};

use crate::catalogue::Seller;
use crate::order::{Payment, PaymentMethod};

/// For `on_init`: where the money goes, or on which terms the seller collects it.
pub fn terms(payment: &Payment, seller: &Seller) -> Value {
    let mut wire = json!({
        "@ondc/org/buyer_app_finder_fee_type": payment.finder_fee.kind,
        "@ondc/org/buyer_app_finder_fee_amount": payment.finder_fee.amount,
    });
    match payment.method {
        // `collected_by` is not sent here: the buyer app says it in `confirm`.
        PaymentMethod::Prepaid => wire["@ondc/org/settlement_details"] = json!([settlement(seller)]),
        PaymentMethod::CashOnDelivery => {
            wire["type"] = json!(payment.method.kind());
            wire["collected_by"] = json!(payment.method.collected_by());
            wire["status"] = json!("NOT-PAID");
            wire["@ondc/org/settlement_basis"] = json!(seller.terms.settlement_basis);
            wire["@ondc/org/settlement_window"] = json!(seller.terms.settlement_window);
            wire["@ondc/org/withholding_amount"] = json!(seller.terms.withholding_amount);
        }
    }
    wire
}

/// After `confirm`: the same object again, and refunds behind the settlement details.
pub fn confirmed(payment: &Payment) -> Value {
    const DETAILS: &str = "@ondc/org/settlement_details";
    let mut wire = payment.confirmed.clone();
    if let Some(members) = wire.as_object_mut()
        && !payment.refunds.is_empty()
    {
        let mut details = members.get(DETAILS).and_then(Value::as_array).cloned().unwrap_or_default();
        details.extend(payment.refunds.iter().cloned());
        members.insert(DETAILS.to_owned(), Value::Array(details));
    }
    wire
}

fn settlement(seller: &Seller) -> Value {
    let account = &seller.settlement;
    let mut wire = json!({
        "settlement_counterparty": "seller-app",
        "settlement_phase": "sale-amount",
        "settlement_type": account.settlement_type,
        "beneficiary_name": account.beneficiary_name,
        "settlement_bank_account_no": account.account_no,
        "settlement_ifsc_code": account.ifsc_code,
        "bank_name": account.bank_name,
        "branch_name": account.branch_name,
    });
    if let Some(upi) = &account.upi_address {
        wire["upi_address"] = json!(upi);
    }
    wire
}
