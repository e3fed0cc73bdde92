//! The brand that the sandbox runs: partners, items and stock from `seller-app/seeds`, embedded.

use std::sync::Arc;

use anyhow::bail;
use seller_app::app::SellerApp;
use seller_app::import::{self, Options, Tables};

/// The three tables as CSV.
#[derive(Clone, Debug)]
pub struct Seeds {
    partners: Vec<u8>,
    items: Vec<u8>,
    stock: Vec<u8>,
}

impl Seeds {
    /// Twelve partners in three cities, sixty items.
    pub fn brand() -> Self {
        Self {
            partners: include_bytes!("../../seller-app/seeds/partners.csv").to_vec(),
            items: include_bytes!("../../seller-app/seeds/items.csv").to_vec(),
            stock: include_bytes!("../../seller-app/seeds/stock.csv").to_vec(),
        }
    }

    /// Imports them as staff would. The same seeds twice change nothing.
    pub async fn plant(&self, seller: &Arc<SellerApp>) -> anyhow::Result<()> {
        let tables = Tables { partners: Some(&self.partners), items: Some(&self.items), stock: Some(&self.stock) };
        let report = import::import(
            &seller.node.db,
            tables,
            Options::default(),
            &|category| seller.category_known(category),
            &seller.stamp(),
        )
        .await?;
        match report.faults.first() {
            Some(fault) => bail!("{fault:?}"),
            None => Ok(()),
        }
    }
}
