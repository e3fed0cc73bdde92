//! Complaints: what a message says against those before it of the same complaint.
//!
//! ```text
//!  issue ─▶ on_issue ─▶ issue ─▶ …      one complaint between two participants: Complaint
//!     └─ cascade ─▶ issue ─▶ on_issue   the respondent's own complaint to its partner
//! ```

mod actions;
mod cascade;
mod complaint;
mod kept;
mod participants;
mod sides;

use crate::check::issue::complaint::complaints;
use crate::finding::Found;
use crate::view::FlowView;

/// Every complaint of a flow, and how complaints hang together.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    let complaints = complaints(view);
    for complaint in &complaints {
        let passed_on = complaints.iter().filter(|other| other.id() == complaint.id()).count() > 1;
        for at in 0..complaint.steps.len() {
            kept::check(complaint, at, out);
            actions::check(complaint, at, out);
            sides::check(complaint, at, out);
            participants::check(complaint, at, passed_on, out);
        }
    }
    cascade::check(&complaints, out);
}
