//! A line of an order: so many pieces of one item on one fulfilment.

use serde::{Deserialize, Serialize};

use crate::catalogue::Period;

/// Facts of the item are kept as they were when it was quoted: a return is judged by them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    pub item_id: String,
    /// Set by buyer apps for configured products.
    pub parent_item_id: Option<String>,
    pub fulfilment_id: String,
    pub location_id: String,
    pub count: u32,
    pub returnable: bool,
    pub cancellable: bool,
    pub return_window: Period,
    pub time_to_ship: Period,
}

impl OrderLine {
    /// One item of one configuration.
    pub fn is(&self, item_id: &str, parent_item_id: Option<&str>) -> bool {
        self.item_id == item_id && self.parent_item_id.as_deref() == parent_item_id
    }

    /// Moves `count` pieces to another fulfilment; the rest stays. `None` when fewer are there.
    ///
    /// The sum of pieces over all fulfilments never changes.
    pub fn split(&mut self, count: u32, fulfilment_id: &str) -> Option<OrderLine> {
        let left = self.count.checked_sub(count)?;
        self.count = left;
        Some(OrderLine { count, fulfilment_id: fulfilment_id.to_owned(), ..self.clone() })
    }
}
