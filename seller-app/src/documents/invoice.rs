//! The invoice: each line with the goods and services tax in it or on top of it, split by where it was sold and bought.

use rust_decimal::Decimal;

use super::sheet::{MARGIN, Sheet, bold, plain};
use super::{Papers, address, awb};
use crate::fulfilment::Fulfilment;
use crate::money::Money;
use crate::order::{LineKind, QuoteLine};

/// A4, in millimetres.
const SIZE: (f32, f32) = (210.0, 297.0);
const RIGHT: f32 = 210.0 - MARGIN;

/// One line with its tax told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taxed {
    pub title: String,
    /// Empty for charges.
    pub count: Option<u32>,
    /// Percent; `None` where no tax is told.
    pub rate: Option<Decimal>,
    pub taxable: Money,
    pub tax: Money,
}

/// The lines of the quote as it stands, each with its tax. Their sum is the quote's total.
pub fn lines(papers: &Papers<'_>) -> Vec<Taxed> {
    let quoted = &papers.order.quote.lines;
    let sold = quoted.iter().filter(|line| line.kind != LineKind::Tax && !line.price.is_zero());
    let mut lines: Vec<Taxed> = sold.map(|line| taxed(papers, line, quoted)).collect();
    // Taxes of nothing that is listed stand alone: nothing may be lost.
    let listed = |tax: &QuoteLine| quoted.iter().any(|line| is_goods(line) && same(line, tax));
    let alone = quoted.iter().filter(|line| line.kind == LineKind::Tax && !line.price.is_zero() && !listed(line));
    lines.extend(alone.map(|line| Taxed {
        title: line.title.clone(),
        count: None,
        rate: None,
        taxable: Money::ZERO,
        tax: line.price,
    }));
    lines
}

fn is_goods(line: &QuoteLine) -> bool {
    line.kind == LineKind::Item && !line.price.is_zero()
}

fn same(one: &QuoteLine, other: &QuoteLine) -> bool {
    one.id == other.id && one.parent_item_id == other.parent_item_id
}

fn taxed(papers: &Papers<'_>, line: &QuoteLine, quoted: &[QuoteLine]) -> Taxed {
    let item = papers.item(&line.id).filter(|_| line.kind == LineKind::Item);
    let on_top: Money = quoted
        .iter()
        .filter(|tax| tax.kind == LineKind::Tax && line.kind == LineKind::Item && same(line, tax))
        .map(|tax| tax.price)
        .sum();
    let within = match item {
        Some(item) if item.tax_included && on_top.is_zero() => line.price.tax_within(item.tax_rate),
        Some(_) | None => Money::ZERO,
    };
    Taxed {
        title: line.title.clone(),
        count: line.count,
        rate: item.map(|item| item.tax_rate),
        taxable: line.price - within,
        tax: on_top + within,
    }
}

pub(super) fn print(papers: &Papers<'_>, delivery: &Fulfilment) -> Vec<u8> {
    let mut sheet = Sheet::new(SIZE.0, SIZE.1);
    head(&mut sheet, papers, delivery);
    let lines = lines(papers);
    table(&mut sheet, &lines);
    totals(&mut sheet, papers, &lines);
    sheet.finish()
}

fn head(sheet: &mut Sheet, papers: &Papers<'_>, delivery: &Fulfilment) {
    let order = papers.order;
    let seller = papers.seller;
    sheet.down(6.0);
    sheet.text(MARGIN, bold(18.0), "Tax invoice");
    sheet.right(RIGHT, bold(11.0), &seller.storefront.name);
    sheet.down(6.0);
    sheet.right(RIGHT, plain(9.0), &format!("GSTIN {}", seller.terms.tax_number));
    sheet.text(MARGIN, plain(9.0), &format!("Order {}", order.id));
    sheet.down(4.5);
    let left = delivery.start.as_ref().and_then(|start| start.at).unwrap_or(order.updated_at);
    let day = crate::fulfilment::promise::local_day(left, seller.fulfilment.utc_offset_min);
    sheet.text(MARGIN, plain(9.0), &format!("Date {day}    Parcel {}", awb(delivery)));
    sheet.down(5.0);
    sheet.rule();
    sheet.down(6.0);
    let top = sheet.y;
    let mut sold = papers.store();
    if let Some(number) = papers.partner.and_then(|partner| partner.tax_number.as_ref()) {
        sold.push(format!("GSTIN {number}"));
    }
    party(sheet, MARGIN, "Sold by", &sold);
    let end = sheet.y;
    sheet.y = top;
    let billing = &order.billing;
    let mut bought = vec![billing["name"].as_str().unwrap_or_default().to_owned()];
    bought.extend(address(&billing["address"]));
    if let Some(number) = billing["tax_number"].as_str() {
        bought.push(format!("GSTIN {number}"));
    }
    party(sheet, 110.0, "Billed to", &bought);
    sheet.y = sheet.y.max(end) + 4.0;
}

fn party(sheet: &mut Sheet, x: f32, title: &str, lines: &[String]) {
    sheet.block(x, 85.0, plain(8.0), title);
    sheet.down(1.5);
    for (at, line) in lines.iter().filter(|line| !line.is_empty()).enumerate() {
        sheet.block(x, 85.0, if at == 0 { bold(10.0) } else { plain(9.0) }, line);
    }
}

/// Right edges of the columns of numbers.
const COUNT: f32 = 112.0;
const RATE: f32 = 128.0;
const TAXABLE: f32 = 152.0;
const TAX: f32 = 172.0;

fn table(sheet: &mut Sheet, lines: &[Taxed]) {
    sheet.rule();
    sheet.down(5.0);
    sheet.text(MARGIN, bold(9.0), "Goods and charges");
    for (x, title) in [(COUNT, "Pieces"), (RATE, "GST %"), (TAXABLE, "Taxable"), (TAX, "GST"), (RIGHT, "Amount INR")] {
        sheet.right(x, bold(9.0), title);
    }
    sheet.down(2.0);
    sheet.rule();
    for line in lines {
        sheet.down(5.5);
        sheet.room(8.0);
        let count = line.count.map(|count| count.to_string()).unwrap_or_default();
        let rate = line.rate.map(|rate| rate.normalize().to_string()).unwrap_or_default();
        sheet.right(COUNT, plain(9.0), &count);
        sheet.right(RATE, plain(9.0), &rate);
        sheet.right(TAXABLE, plain(9.0), &line.taxable.wire());
        sheet.right(TAX, plain(9.0), &line.tax.wire());
        sheet.right(RIGHT, plain(9.0), &(line.taxable + line.tax).wire());
        sheet.block(MARGIN, 82.0, plain(9.0), &line.title);
        sheet.down(-3.5);
    }
    sheet.down(5.0);
    sheet.rule();
}

fn totals(sheet: &mut Sheet, papers: &Papers<'_>, lines: &[Taxed]) {
    let taxable: Money = lines.iter().map(|line| line.taxable).sum();
    let tax: Money = lines.iter().map(|line| line.tax).sum();
    let mut rows = vec![("Taxable value".to_owned(), taxable)];
    if same_state(papers) {
        let half = tax.share(1, 2);
        rows.extend([("CGST".to_owned(), half), ("SGST".to_owned(), tax - half)]);
    } else {
        rows.push(("IGST".to_owned(), tax));
    }
    for (title, amount) in rows {
        sheet.down(5.5);
        sheet.room(12.0);
        sheet.right(TAX, plain(9.0), &title);
        sheet.right(RIGHT, plain(9.0), &amount.wire());
    }
    sheet.down(7.0);
    sheet.right(TAX, bold(12.0), "Total INR");
    sheet.right(RIGHT, bold(12.0), &papers.order.quote.total().wire());
    sheet.down(8.0);
    let paid = if papers.order.payment.paid { "Paid." } else { "To be paid at the door." };
    sheet.text(MARGIN, plain(9.0), paid);
}

/// Sold and bought in one state: the tax is shared between the state and the union.
fn same_state(papers: &Papers<'_>) -> bool {
    let bought = papers.order.billing["address"]["state"].as_str().unwrap_or_default().trim().to_lowercase();
    let sold = papers.partner.map(|partner| partner.address.state.trim().to_lowercase());
    bought.is_empty() || sold.is_none_or(|sold| sold == bought)
}
