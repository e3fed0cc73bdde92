//! The checks, one file for each kind of evidence. Each takes a flow and says what it found.

use crate::finding::Found;
use crate::view::FlowView;

/// One check.
pub type Check = fn(&FlowView<'_>, &mut Vec<Found>);

/// Every check, in the order of the layers.
pub const ALL: &[Check] = &[];
