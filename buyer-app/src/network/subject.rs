//! What a callback is about: the one table from the network's actions to the parts of this node.

use specs::Action;

/// The part of the buyer that a callback concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Catalogue,
    /// The answer to `select`.
    Offer,
    /// The answer to `init`.
    Terms,
    /// The answer to `confirm`.
    Placing,
    /// An order as it is now, asked for or not.
    News,
    Tracking,
    /// Rating and support: noted, nothing follows.
    Service,
}

impl Subject {
    /// `None` for what a buyer node does not receive.
    pub fn of(action: Action) -> Option<Subject> {
        match action {
            Action::OnSearch => Some(Subject::Catalogue),
            Action::OnSelect => Some(Subject::Offer),
            Action::OnInit => Some(Subject::Terms),
            Action::OnConfirm => Some(Subject::Placing),
            Action::OnStatus | Action::OnUpdate | Action::OnCancel => Some(Subject::News),
            Action::OnTrack => Some(Subject::Tracking),
            Action::OnRating | Action::OnSupport => Some(Subject::Service),
            Action::Search
            | Action::Select
            | Action::Init
            | Action::Confirm
            | Action::Status
            | Action::Track
            | Action::Cancel
            | Action::Update
            | Action::Rating
            | Action::Support
            | Action::CatalogRejection
            | Action::Issue
            | Action::OnIssue
            | Action::IssueStatus
            | Action::OnIssueStatus
            | Action::Settle
            | Action::OnSettle
            | Action::Report
            | Action::OnReport
            | Action::Recon
            | Action::OnRecon => None,
        }
    }
}
