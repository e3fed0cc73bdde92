//! What would make the network refuse a partner or an item: found here, before it is published.

use super::{Item, Partner};
use crate::money::Money;

/// One fault: the field, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub field: &'static str,
    pub fix: String,
}

fn fault(field: &'static str, fix: impl Into<String>) -> Fault {
    Fault { field, fix: fix.into() }
}

/// An id that every message may carry: letters, digits and hyphens, 1 to 32 of them.
pub fn is_wire_id(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn digits(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

impl Item {
    /// Empty when the item can be published.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !is_wire_id(&self.sku) {
            faults.push(fault("sku", "use 1 to 32 letters, digits or hyphens"));
        }
        if self.name.trim().is_empty() {
            faults.push(fault("name", "write the product's name"));
        }
        if self.price <= Money::ZERO || self.price > self.mrp {
            faults.push(fault("price", "must be more than zero and at most the mrp"));
        }
        if self.measure <= rust_decimal::Decimal::ZERO {
            faults.push(fault("measure", "must be more than zero"));
        }
        if !self.code.strip_prefix("1:").is_some_and(|ean| digits(ean, &[8, 13])) {
            faults.push(fault("code", "write 1: and the EAN of 8 or 13 digits"));
        }
        if self.origin.len() != 3 || !self.origin.bytes().all(|b| b.is_ascii_uppercase()) {
            faults.push(fault("origin", "write the country as three capital letters, such as IND"));
        }
        if self.maximum_count.is_some_and(|most| most == 0 || most < self.minimum_count) {
            faults.push(fault("maximum_count", "must be at least one and at least minimum_count"));
        }
        faults
    }
}

impl Partner {
    /// Empty when the partner can be published.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        // Location ids are the partner id and up to fifteen more characters.
        if !is_wire_id(&self.id) || self.id.len() > 28 {
            faults.push(fault("id", "use 1 to 28 letters, digits or hyphens"));
        }
        if self.name.trim().is_empty() {
            faults.push(fault("name", "write the store's name"));
        }
        if !digits(&self.area_code, &[6]) {
            faults.push(fault("area_code", "write the postal code of six digits"));
        }
        if let Some(code) = self.serves.iter().find(|code| !digits(code, &[6])) {
            faults.push(fault("serves", format!("`{code}` is not a postal code of six digits")));
        }
        if !digits(&self.phone, &[10, 11]) {
            faults.push(fault("phone", "write ten or eleven digits"));
        }
        if !self.email.contains('@') {
            faults.push(fault("email", "write an e-mail address"));
        }
        if !self.city.strip_prefix("std:").is_some_and(|code| digits(code, &[3, 4, 5])) {
            faults.push(fault("city", "write the city code, such as std:080"));
        }
        if !self.hours.is_readable() {
            faults.push(fault("hours", "days 1-7 without repeats, times HHMM, closing after opening"));
        }
        if self.time_to_deliver.seconds() == 0 {
            faults.push(fault("time_to_deliver", "must be more than zero: the promise is later than shipping"));
        }
        if self.fssai_license_no.as_deref().is_some_and(|number| !digits(number, &[14])) {
            faults.push(fault("fssai_license_no", "write fourteen digits or leave it out"));
        }
        faults
    }
}
