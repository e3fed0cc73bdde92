//! The packing slip: what goes into the parcel, with the barcodes to check it by.

use super::sheet::{MARGIN, Sheet, bold, plain};
use super::{Papers, awb, receiver};
use crate::fulfilment::Fulfilment;
use crate::order::picking;

/// A4, in millimetres.
const SIZE: (f32, f32) = (210.0, 297.0);
const RIGHT: f32 = 210.0 - MARGIN;

pub(super) fn print(papers: &Papers<'_>, delivery: &Fulfilment) -> Vec<u8> {
    let mut sheet = Sheet::new(SIZE.0, SIZE.1);
    let order = papers.order;
    sheet.down(6.0);
    sheet.text(MARGIN, bold(18.0), "Packing slip");
    sheet.right(RIGHT, plain(10.0), &papers.seller.storefront.name);
    sheet.down(8.0);
    sheet.text(MARGIN, plain(10.0), &format!("Order {}", order.id));
    sheet.right(RIGHT, bold(10.0), &awb(delivery));
    sheet.down(3.0);
    sheet.barcode(RIGHT - 70.0, 70.0, 12.0, &awb(delivery));
    sheet.down(2.0);
    for line in papers.store() {
        sheet.block(MARGIN, 90.0, plain(9.0), &line);
    }
    sheet.down(4.0);
    let (lines, phone) = receiver(delivery);
    sheet.block(MARGIN, 180.0, plain(10.0), &format!("For {}, phone {phone}", lines.join(", ")));
    sheet.down(4.0);
    sheet.rule();
    sheet.down(6.0);
    for (x, title) in [(MARGIN + 8.0, "Item"), (120.0, "Barcode"), (160.0, "Code")] {
        sheet.text(x, bold(9.0), title);
    }
    sheet.right(RIGHT, bold(9.0), "Pieces");
    sheet.down(2.0);
    sheet.rule();
    let mut pieces = 0;
    for wanted in picking::list(order) {
        sheet.down(8.0);
        sheet.room(10.0);
        let item = papers.item(&wanted.item_id);
        let code = item.map(|item| item.code.split_once(':').map_or(item.code.as_str(), |(_, digits)| digits));
        sheet.tick(MARGIN, 4.0);
        sheet.text(120.0, plain(10.0), code.unwrap_or_default());
        sheet.text(160.0, plain(10.0), &wanted.item_id);
        sheet.right(RIGHT, bold(12.0), &wanted.count.to_string());
        sheet.block(MARGIN + 8.0, 95.0, plain(10.0), &papers.title(&wanted.item_id));
        if let Some(lots) = papers.lots.get(&wanted.item_id) {
            sheet.block(MARGIN + 8.0, 95.0, bold(9.0), &format!("Lot {lots}"));
        }
        sheet.down(-4.0);
        pieces += wanted.count;
    }
    sheet.down(6.0);
    sheet.rule();
    sheet.down(6.0);
    sheet.right(RIGHT, bold(12.0), &format!("{pieces} pieces"));
    sheet.finish()
}
