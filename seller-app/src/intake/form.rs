//! What a customer asks for. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::catalogue::Gps;
use crate::catalogue::serviceability::Destination;
use crate::inventory::demand;
use crate::order::local::LocalBuyer;

/// Lines of one order.
pub const LINES_MAX: usize = 500;
/// Pieces of one item.
pub const COUNT_MAX: u32 = 100_000;
/// Of a reference: it becomes part of the ids on papers and labels.
pub const REFERENCE_CHARS_MAX: usize = 40;

/// An order as it is sent in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderForm {
    /// The customer's own number of the order. Sent again, it is the same order.
    pub reference: String,
    pub customer: Customer,
    pub place: Place,
    pub lines: Vec<OrderLine>,
    /// Take what there is when there is not all of it.
    #[serde(default)]
    pub accept_partial: bool,
}

/// Who orders and gets the bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    pub name: String,
    pub phone: String,
    #[serde(default)]
    pub email: String,
    /// For the invoice; empty when the customer has none.
    #[serde(default)]
    pub tax_number: String,
}

/// Where the goods go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// `latitude,longitude`
    pub gps: String,
    pub area_code: String,
    pub building: String,
    #[serde(default)]
    pub locality: String,
    pub city: String,
    pub state: String,
}

/// So many pieces of an item. Two lines of one item are added up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    pub sku: String,
    pub count: u32,
}

/// What is wrong in a form, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {problem}")]
pub struct FormError {
    pub at: String,
    pub problem: String,
}

impl FormError {
    pub fn new(at: impl Into<String>, problem: impl Into<String>) -> FormError {
        FormError { at: at.into(), problem: problem.into() }
    }
}

impl OrderForm {
    /// Pieces by item.
    ///
    /// # Errors
    /// The first thing that is missing or too much. Whether the items exist is not looked at here.
    pub fn wanted(&self) -> Result<BTreeMap<String, u32>, FormError> {
        self.reference()?;
        let filled = [
            ("customer.name", &self.customer.name),
            ("customer.phone", &self.customer.phone),
            ("place.area_code", &self.place.area_code),
            ("place.building", &self.place.building),
            ("place.city", &self.place.city),
            ("place.state", &self.place.state),
        ];
        if let Some((at, _)) = filled.iter().find(|(_, text)| text.trim().is_empty()) {
            return Err(FormError::new(*at, "must not be empty"));
        }
        self.destination()?;
        if self.lines.is_empty() || self.lines.len() > LINES_MAX {
            return Err(FormError::new("lines", format!("give 1 to {LINES_MAX} of them")));
        }
        if let Some(at) = self.lines.iter().position(|line| line.count == 0) {
            return Err(FormError::new(format!("lines[{at}].count"), "must be at least 1"));
        }
        let wanted = demand(self.lines.iter().map(|line| (line.sku.trim(), line.count)));
        match wanted.iter().find(|(_, count)| **count > COUNT_MAX) {
            Some((sku, count)) => {
                Err(FormError::new("lines", format!("{count} pieces of {sku} in one order; at most {COUNT_MAX}")))
            }
            None => Ok(wanted),
        }
    }

    /// It stands in file names, links and barcodes.
    fn reference(&self) -> Result<(), FormError> {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let length = self.reference.chars().count();
        if (1..=REFERENCE_CHARS_MAX).contains(&length) && self.reference.chars().all(good) {
            return Ok(());
        }
        let problem = format!("1 to {REFERENCE_CHARS_MAX} letters, digits, dots, dashes or underscores");
        Err(FormError::new("reference", problem))
    }

    /// # Errors
    /// When the position cannot be read.
    pub fn destination(&self) -> Result<Destination, FormError> {
        let gps = Gps::parse(&self.place.gps).map_err(|error| FormError::new("place.gps", error.to_string()))?;
        Ok(Destination { gps, area_code: self.place.area_code.trim().to_owned() })
    }

    /// The customer as the network writes a buyer. `now`: when the bill was asked for.
    pub fn buyer(&self, country: &str, now: &str) -> LocalBuyer {
        let (customer, place) = (&self.customer, &self.place);
        let address = json!({
            "name": customer.name,
            "building": place.building,
            "locality": place.locality,
            "city": place.city,
            "state": place.state,
            "country": country,
            "area_code": place.area_code,
        });
        let mut billing = json!({
            "name": customer.name, "phone": customer.phone, "address": address, "created_at": now, "updated_at": now,
        });
        let mut contact = json!({ "phone": customer.phone });
        for (name, text) in [("email", &customer.email), ("tax_number", &customer.tax_number)] {
            if !text.is_empty() {
                billing[name] = Value::from(text.as_str());
            }
        }
        if !customer.email.is_empty() {
            contact["email"] = Value::from(customer.email.as_str());
        }
        let end = json!({
            "location": { "gps": place.gps, "address": address },
            "contact": contact,
            "person": { "name": customer.name },
        });
        LocalBuyer { billing, end }
    }
}
