//! The label on a parcel: where it goes, its number as a barcode, and whether money is to be taken.

use super::sheet::{Sheet, bold, plain};
use super::{Papers, awb, receiver};
use crate::fulfilment::{Fulfilment, Mode};
use crate::order::PaymentMethod;

/// A6, in millimetres.
const SIZE: (f32, f32) = (105.0, 148.0);
const LEFT: f32 = 8.0;
const WIDE: f32 = 89.0;

pub(super) fn print(papers: &Papers<'_>, delivery: &Fulfilment) -> Vec<u8> {
    let mut sheet = Sheet::new(SIZE.0, SIZE.1);
    let order = papers.order;
    let number = awb(delivery);
    sheet.y = 12.0;
    sheet.text(LEFT, bold(12.0), &papers.seller.storefront.name);
    sheet.right(LEFT + WIDE, plain(9.0), delivery.category.as_deref().unwrap_or_default());
    sheet.down(4.0);
    sheet.barcode(LEFT, WIDE, 20.0, &number);
    sheet.down(27.0);
    sheet.text(LEFT, bold(14.0), &number);
    sheet.right(LEFT + WIDE, plain(9.0), &format!("Order {}", order.id));
    sheet.down(3.0);
    sheet.rule();
    sheet.down(7.0);
    let (lines, phone) = receiver(delivery);
    let heading = match delivery.choice.mode() {
        Mode::Delivery => "TO",
        Mode::SelfPickup => "FETCHED AT THE STORE BY",
        Mode::BuyerDelivery => "FETCHED BY THE BUYER'S COURIER FOR",
    };
    sheet.text(LEFT, plain(8.0), heading);
    sheet.down(6.0);
    for (at, line) in lines.iter().enumerate() {
        sheet.block(LEFT, WIDE, if at == 0 { bold(14.0) } else { plain(12.0) }, line);
    }
    sheet.block(LEFT, WIDE, bold(12.0), &format!("Phone {phone}"));
    if let Some(car) = &delivery.vehicle {
        sheet.block(LEFT, WIDE, bold(12.0), &format!("Car {car}"));
    }
    sheet.down(1.0);
    sheet.rule();
    sheet.down(7.0);
    let money = match order.payment.method {
        PaymentMethod::Prepaid => "PREPAID - take no money".to_owned(),
        PaymentMethod::CashOnDelivery => format!("TAKE {} {}", order.quote.currency, order.quote.total().wire()),
    };
    sheet.text(LEFT, bold(15.0), &money);
    sheet.down(3.0);
    sheet.rule();
    sheet.down(5.0);
    sheet.text(LEFT, plain(8.0), "FROM (return here if it cannot be delivered)");
    sheet.down(4.5);
    sheet.block(LEFT, WIDE, plain(8.5), &papers.store().join(", "));
    sheet.finish()
}
