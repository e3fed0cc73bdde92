//! The seller as a participant: how it shows itself, on what terms it trades, where it is paid.

use serde::{Deserialize, Serialize};

use super::Period;

/// Facts of this seller that go into catalogues and orders. Configuration, not state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seller {
    /// This participant's id; `initiated_by` and `cancelled_by` of what the seller starts.
    pub subscriber_id: String,
    pub storefront: Storefront,
    pub terms: TradeTerms,
    pub settlement: SettlementAccount,
    /// Where a buyer can follow a shipment: order id and fulfilment id are appended. `None`: no tracking.
    #[serde(default)]
    pub tracking_url: Option<String>,
    /// Where an invoice can be fetched: the order id is appended.
    pub invoice_url: String,
    /// How long a quote stands.
    pub quote_ttl: Period,
    /// How long `init` keeps stock for the buyer.
    pub hold_for: Period,
    /// What the brand decided about fulfilment.
    #[serde(default)]
    pub fulfilment: crate::fulfilment::Policy,
    /// When `select` already keeps the goods.
    #[serde(default)]
    pub scarce: crate::inventory::rules::Scarce,
    /// What the brand decided about returns.
    #[serde(default)]
    pub returns: crate::returns::ReturnPolicy,
    /// True: `confirm` is accepted at once. False: a person accepts at the desk.
    pub accept_at_once: bool,
}

/// Shown as the catalogue's `bpp/descriptor`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storefront {
    pub name: String,
    pub short_desc: String,
    pub long_desc: String,
    /// URL.
    pub symbol: String,
    pub images: Vec<String>,
    pub phone: String,
    pub email: String,
}

/// Marketplace of merchants, or a seller with its own inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NpType {
    #[serde(rename = "MSN")]
    Marketplace,
    #[serde(rename = "ISN")]
    Inventory,
}

impl NpType {
    pub fn as_str(self) -> &'static str {
        match self {
            NpType::Marketplace => "MSN",
            NpType::Inventory => "ISN",
        }
    }
}

/// Terms of trade, sent as the tag `bpp_terms`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradeTerms {
    pub np_type: NpType,
    /// GSTIN, 15 characters.
    pub tax_number: String,
    /// PAN of the provider, 10 characters.
    pub provider_tax_number: String,
    /// Settlement basis of orders that the seller collects for: delivery | shipment | return_window_expiry.
    pub settlement_basis: String,
    pub settlement_window: Period,
    /// Wire amount, such as `0.00`.
    pub withholding_amount: String,
}

/// Where the seller's money goes, sent as `@ondc/org/settlement_details`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettlementAccount {
    pub beneficiary_name: String,
    /// upi | neft | rtgs.
    pub settlement_type: String,
    #[serde(default)]
    pub upi_address: Option<String>,
    pub account_no: String,
    pub ifsc_code: String,
    pub bank_name: String,
    pub branch_name: String,
}
