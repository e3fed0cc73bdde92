//! Rules of the books between messages: each message with those before it as `_BEFORE_`.

use crate::finding::Found;
use crate::view::FlowView;

pub(super) fn check(_view: &FlowView<'_>) -> Vec<Found> {
    Vec::new()
}
