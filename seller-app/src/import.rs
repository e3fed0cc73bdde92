//! Bulk import of partners, items and stock from CSV, a spreadsheet or NDJSON: by the command line, by upload, and for the sandbox's seeds.
//!
//! Nothing is written when any row has a fault, unless the caller says so. The same file twice changes nothing the second time.

use std::collections::{BTreeMap, BTreeSet};

use node::Database;
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::Item;
use crate::money::Money;
use crate::store::body::Saved;
use crate::store::offers::Offer;
use crate::store::reservation::StockError;
use crate::store::shelf::ShelfKey;
use crate::store::stamp::Stamp;
use crate::store::{items, offers, partners, stock};

pub mod annotate;
pub mod cell;
pub mod format;
pub mod items_table;
mod partner_rows;
pub mod partners_table;
pub mod service_cells;
pub mod stock_table;
pub mod table;

pub use table::Fault;

/// The files as bytes, in any form that [`format::as_csv`] reads; any of them may be absent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tables<'a> {
    pub partners: Option<&'a [u8]>,
    pub items: Option<&'a [u8]>,
    pub stock: Option<&'a [u8]>,
}

/// How careful the import is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Checks everything and writes nothing.
    pub dry_run: bool,
    /// Writes the good rows and leaves the faulty ones out.
    pub skip_faulty_rows: bool,
}

/// How many rows did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counts {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
}

impl Counts {
    fn add(&mut self, saved: Saved) {
        match saved {
            Saved::New => self.new += 1,
            Saved::Changed => self.changed += 1,
            Saved::Unchanged => self.unchanged += 1,
        }
    }
}

/// What an import did, or would have done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// False: nothing was written, because of faults or because it was a dry run.
    pub written: bool,
    pub partners: Counts,
    pub items: Counts,
    pub stock: Counts,
    pub faults: Vec<Fault>,
}

/// Why an import failed as a whole; faults of rows are in the report instead.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Format(#[from] format::FormatError),
    #[error("the database refused the import: {0}")]
    Database(#[from] sqlx::Error),
    #[error("stock: {0}")]
    Stock(#[from] StockError),
}

/// Which categories an item may have.
pub type CategoryCheck<'a> = &'a (dyn Fn(&str) -> bool + Sync);

/// Reads, checks and writes the tables in one transaction.
pub async fn import(
    db: &Database,
    tables: Tables<'_>,
    options: Options,
    category_known: CategoryCheck<'_>,
    stamp: &Stamp<'_>,
) -> Result<Report, ImportError> {
    let partners = tables.partners.map(format::as_csv).transpose()?;
    let items = tables.items.map(format::as_csv).transpose()?;
    let stock = tables.stock.map(format::as_csv).transpose()?;
    let tables = Tables { partners: partners.as_deref(), items: items.as_deref(), stock: stock.as_deref() };
    let mut faults = Vec::new();
    let partner_rows = tables.partners.map(|bytes| partners_table::read(bytes, &mut faults)).unwrap_or_default();
    let item_rows = tables.items.map(|bytes| items_table::read(bytes, category_known, &mut faults)).unwrap_or_default();
    let stock_rows = tables.stock.map(|bytes| stock_table::read(bytes, &mut faults)).unwrap_or_default();
    let partner_rows = partner_rows::movable(db, partner_rows, &mut faults).await?;
    let stock_rows = known_shelves(db, &partner_rows, &item_rows, stock_rows, &mut faults).await?;

    let mut report = Report { faults, ..Report::default() };
    if !report.faults.is_empty() && !options.skip_faulty_rows {
        return Ok(report);
    }
    let mut tx = db.begin().await?;
    for row in &partner_rows {
        report.partners.add(partner_rows::save(&mut tx, row, stamp).await?);
    }
    for item in &item_rows {
        report.items.add(items::save(&mut tx, item, stamp).await?);
    }
    for row in &stock_rows {
        report.stock.add(save_stock(&mut tx, row, stamp).await?);
    }
    if options.dry_run {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
        report.written = true;
    }
    Ok(report)
}

async fn save_stock(tx: &mut node::Tx, row: &stock_table::StockCount, stamp: &Stamp<'_>) -> Result<Saved, ImportError> {
    let key = ShelfKey::new(&row.partner_id, &row.sku);
    let offer =
        Offer { partner_id: row.partner_id.clone(), sku: row.sku.clone(), price: row.price, active: row.active };
    let saved = offers::save(tx, &offer, stamp).await?;
    let counted = stock::count(tx, &key, row.on_hand, row.safety, "import", stamp).await?;
    Ok(if saved == Saved::Unchanged && counted.changed { Saved::Changed } else { saved })
}

/// Leaves out rows about partners or items that neither the files nor the database know, and prices above the MRP.
async fn known_shelves(
    db: &Database,
    partner_rows: &[partners_table::PartnerRow],
    item_rows: &[Item],
    stock_rows: Vec<stock_table::StockCount>,
    faults: &mut Vec<Fault>,
) -> Result<Vec<stock_table::StockCount>, sqlx::Error> {
    let mut partner_ids: BTreeSet<String> = partner_rows.iter().map(|row| row.partner.id.clone()).collect();
    partner_ids.extend(partners::all(db).await?.into_iter().map(|record| record.partner.id));
    let mut mrps: BTreeMap<String, Money> =
        items::all(db).await?.into_iter().map(|item| (item.sku, item.mrp)).collect();
    mrps.extend(item_rows.iter().map(|item| (item.sku.clone(), item.mrp)));

    let mut known = Vec::with_capacity(stock_rows.len());
    let mut seen = BTreeSet::new();
    for row in stock_rows {
        let problem = match mrps.get(&row.sku) {
            _ if !partner_ids.contains(&row.partner_id) => {
                Some(("partner_id", format!("no partner `{}`", row.partner_id)))
            }
            None => Some(("sku", format!("no item `{}`", row.sku))),
            Some(mrp) if row.price.is_some_and(|price| price > *mrp) => {
                Some(("price", format!("more than the maximum retail price {mrp} of {}", row.sku)))
            }
            Some(_) if !seen.insert((row.partner_id.clone(), row.sku.clone())) => {
                Some(("sku", format!("`{}` at `{}` is there twice", row.sku, row.partner_id)))
            }
            Some(_) => None,
        };
        match problem {
            Some((column, message)) => faults.push(Fault {
                table: stock_table::COLUMNS.table.to_owned(),
                row: row.row,
                column: column.to_owned(),
                message,
            }),
            None => known.push(row),
        }
    }
    Ok(known)
}
