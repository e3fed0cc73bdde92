//! The actions of the network: orders (retail and logistics 1.2.x), complaints (IGM), settlement (RSF 2.0).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which side of the network sends a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The buyer node (BAP).
    #[serde(alias = "BAP", alias = "BNP", alias = "bap")]
    Buyer,
    /// The seller node (BPP).
    #[serde(alias = "BPP", alias = "SNP", alias = "bpp")]
    Seller,
}

impl Side {
    /// The side that receives what this side sends.
    pub fn other(self) -> Side {
        match self {
            Side::Buyer => Side::Seller,
            Side::Seller => Side::Buyer,
        }
    }
}

/// One action of the network; on the wire it is `context.action` and the last part of the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the wire name says it: see `as_str`
pub enum Action {
    Search,
    OnSearch,
    Select,
    OnSelect,
    Init,
    OnInit,
    Confirm,
    OnConfirm,
    Status,
    OnStatus,
    Track,
    OnTrack,
    Cancel,
    OnCancel,
    Update,
    OnUpdate,
    Rating,
    OnRating,
    Support,
    OnSupport,
    CatalogRejection,
    Issue,
    OnIssue,
    IssueStatus,
    OnIssueStatus,
    Settle,
    OnSettle,
    Report,
    OnReport,
    Recon,
    OnRecon,
}

impl Action {
    /// Every action, requests before their callbacks, in the order of an order's life.
    pub const ALL: [Action; 31] = [
        Action::Search,
        Action::OnSearch,
        Action::Select,
        Action::OnSelect,
        Action::Init,
        Action::OnInit,
        Action::Confirm,
        Action::OnConfirm,
        Action::Status,
        Action::OnStatus,
        Action::Track,
        Action::OnTrack,
        Action::Cancel,
        Action::OnCancel,
        Action::Update,
        Action::OnUpdate,
        Action::Rating,
        Action::OnRating,
        Action::Support,
        Action::OnSupport,
        Action::CatalogRejection,
        Action::Issue,
        Action::OnIssue,
        Action::IssueStatus,
        Action::OnIssueStatus,
        Action::Settle,
        Action::OnSettle,
        Action::Report,
        Action::OnReport,
        Action::Recon,
        Action::OnRecon,
    ];

    /// The text on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Action::Search => "search",
            Action::OnSearch => "on_search",
            Action::Select => "select",
            Action::OnSelect => "on_select",
            Action::Init => "init",
            Action::OnInit => "on_init",
            Action::Confirm => "confirm",
            Action::OnConfirm => "on_confirm",
            Action::Status => "status",
            Action::OnStatus => "on_status",
            Action::Track => "track",
            Action::OnTrack => "on_track",
            Action::Cancel => "cancel",
            Action::OnCancel => "on_cancel",
            Action::Update => "update",
            Action::OnUpdate => "on_update",
            Action::Rating => "rating",
            Action::OnRating => "on_rating",
            Action::Support => "support",
            Action::OnSupport => "on_support",
            Action::CatalogRejection => "catalog_rejection",
            Action::Issue => "issue",
            Action::OnIssue => "on_issue",
            Action::IssueStatus => "issue_status",
            Action::OnIssueStatus => "on_issue_status",
            Action::Settle => "settle",
            Action::OnSettle => "on_settle",
            Action::Report => "report",
            Action::OnReport => "on_report",
            Action::Recon => "recon",
            Action::OnRecon => "on_recon",
        }
    }

    /// The callback that answers this request; `None` for callbacks and for `catalog_rejection`, which is never answered.
    pub const fn callback(self) -> Option<Action> {
        match self {
            Action::Search => Some(Action::OnSearch),
            Action::Select => Some(Action::OnSelect),
            Action::Init => Some(Action::OnInit),
            Action::Confirm => Some(Action::OnConfirm),
            Action::Status => Some(Action::OnStatus),
            Action::Track => Some(Action::OnTrack),
            Action::Cancel => Some(Action::OnCancel),
            Action::Update => Some(Action::OnUpdate),
            Action::Rating => Some(Action::OnRating),
            Action::Support => Some(Action::OnSupport),
            Action::Issue => Some(Action::OnIssue),
            Action::IssueStatus => Some(Action::OnIssueStatus),
            Action::Settle => Some(Action::OnSettle),
            Action::Report => Some(Action::OnReport),
            Action::Recon => Some(Action::OnRecon),
            Action::CatalogRejection
            | Action::OnSearch
            | Action::OnSelect
            | Action::OnInit
            | Action::OnConfirm
            | Action::OnStatus
            | Action::OnTrack
            | Action::OnCancel
            | Action::OnUpdate
            | Action::OnRating
            | Action::OnSupport
            | Action::OnIssue
            | Action::OnIssueStatus
            | Action::OnSettle
            | Action::OnReport
            | Action::OnRecon => None,
        }
    }

    /// The request that this callback answers; `None` for requests.
    pub fn request(self) -> Option<Action> {
        Action::ALL.into_iter().find(|request| request.callback() == Some(self))
    }

    /// True for `on_…`: the message answers, or could answer, a request.
    pub fn is_callback(self) -> bool {
        self.request().is_some()
    }

    /// Who sends this message: the buyer node sends requests, the seller node sends callbacks.
    ///
    /// Where [`either_side`](Action::either_side) holds this is only the usual case; the signer tells. In `settle` and `report`
    /// the caller stands as buyer and the settlement agency as seller, whatever the caller is in retail.
    pub fn sender(self) -> Side {
        if self.is_callback() { Side::Seller } else { Side::Buyer }
    }

    /// May either side begin? Complaints are raised by buyer and seller nodes; in `recon` the context keeps the roles of the
    /// order, whoever calls.
    pub fn either_side(self) -> bool {
        self.is_complaint() || matches!(self, Action::Recon | Action::OnRecon)
    }

    /// Does it belong to the protocol of complaints (IGM), which runs beside the order in the order's transaction?
    pub fn is_complaint(self) -> bool {
        matches!(self, Action::Issue | Action::OnIssue | Action::IssueStatus | Action::OnIssueStatus)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no action of this network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown action {0:?}: expected one of search, on_search, select, … (see Action::ALL)")]
pub struct UnknownAction(pub String);

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(text: &str) -> Result<Action, UnknownAction> {
        Action::ALL.into_iter().find(|action| action.as_str() == text).ok_or_else(|| UnknownAction(text.to_owned()))
    }
}
