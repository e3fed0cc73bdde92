//! Papers of an order as PDF: packing slip, label, invoice. Pure: the same order makes the same bytes.

pub mod invoice;
pub mod label;
mod sheet;
pub mod slip;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::catalogue::{Item, Partner, Seller};
use crate::fulfilment::Fulfilment;
use crate::order::Order;

/// What papers are made from.
#[derive(Clone, Copy, Debug)]
pub struct Papers<'a> {
    pub order: &'a Order,
    /// `None` when the partner is gone.
    pub partner: Option<&'a Partner>,
    pub seller: &'a Seller,
    /// The items of the order, as they are now.
    pub items: &'a [Item],
    /// From which lots each SKU is taken, in words; SKUs without lots are not in it.
    pub lots: &'a BTreeMap<String, String>,
}

/// Which paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    Slip,
    Label,
    Invoice,
}

impl Paper {
    /// The paper with this file name: `label.pdf`.
    pub fn parse(file: &str) -> Option<Paper> {
        match file {
            "slip.pdf" => Some(Paper::Slip),
            "label.pdf" => Some(Paper::Label),
            "invoice.pdf" => Some(Paper::Invoice),
            _ => None,
        }
    }
}

impl<'a> Papers<'a> {
    /// The paper's bytes; `None` when the order has nothing to carry, or no invoice yet.
    pub fn print(&self, paper: Paper) -> Option<Vec<u8>> {
        let delivery = self.order.delivery()?;
        match paper {
            Paper::Slip => Some(slip::print(self, delivery)),
            Paper::Label => Some(label::print(self, delivery)),
            Paper::Invoice => (!self.order.documents.is_empty()).then(|| invoice::print(self, delivery)),
        }
    }

    fn item(&self, sku: &str) -> Option<&'a Item> {
        self.items.iter().find(|item| item.sku == sku)
    }

    /// The name that the buyer sees for an item.
    fn title(&self, sku: &str) -> String {
        let line = self.order.quote.lines.iter().find(|line| line.id == sku);
        line.map(|line| line.title.clone()).or_else(|| Some(self.item(sku)?.name.clone())).unwrap_or_default()
    }

    /// Name and address of the store, line by line.
    fn store(&self) -> Vec<String> {
        let Some(partner) = self.partner else { return vec![self.order.partner_id.clone()] };
        let at = &partner.address;
        let place = format!("{} {}, {}", at.city, partner.area_code, at.state);
        vec![partner.name.clone(), at.street.clone(), at.locality.clone(), place, format!("Phone {}", partner.phone)]
    }
}

/// The number under which a parcel travels: it follows from the fulfilment's id.
pub fn awb(fulfilment: &Fulfilment) -> String {
    let plain = fulfilment.id.chars().filter(char::is_ascii_alphanumeric).take(12).collect::<String>();
    format!("HT{}", plain.to_ascii_uppercase())
}

/// An address of the network, line by line.
fn address(address: &Value) -> Vec<String> {
    let text = |name: &str| address[name].as_str().unwrap_or_default().trim().to_owned();
    let street = [text("name"), text("building"), text("locality")];
    let place = format!("{} {}", text("city"), text("area_code"));
    let lines = street.into_iter().chain([place.trim().to_owned(), text("state")]);
    lines.filter(|line| !line.is_empty()).collect()
}

/// Who gets the goods, and where.
fn receiver(delivery: &Fulfilment) -> (Vec<String>, String) {
    let Some(end) = &delivery.end else { return (Vec::new(), String::new()) };
    let name = end.place["person"]["name"].as_str().unwrap_or_default().to_owned();
    let phone = end.place["contact"]["phone"].as_str().unwrap_or_default().to_owned();
    let lines = std::iter::once(name).chain(address(&end.place["location"]["address"]));
    (lines.filter(|line| !line.is_empty()).collect(), phone)
}
