//! What the network is told of partners, items and stock: the whole catalogue, or what changed.
//!
//! In the strict profile the partner of each cell and item is chosen here, before anybody buys: an item is published as in
//! stock at a partner that sells it in at least one postal code (routing::assignment).

use std::collections::{BTreeMap, BTreeSet};

use specs::RoutingProfile;

use crate::app::SellerApp;
use crate::catalogue::{Change, Gps, Item, Partner, Publication, Shop};
use crate::inventory::StockLine;
use crate::network::translate::Search;
use crate::routing::{Assignment, Offer, assignment};
use crate::store::changes::Change as Changed;
use crate::store::offers::Offer as Sold;
use crate::store::stock::StockRow;
use crate::store::{items, offers, partners, stock};

/// Partners with their items and prices, and who sells what where.
#[derive(Debug)]
pub struct Snapshot {
    shops: Vec<ShopRows>,
    pub assignment: Assignment,
}

#[derive(Debug)]
struct ShopRows {
    partner: Partner,
    /// Item and whether it is in stock.
    items: Vec<(Item, bool)>,
}

/// Reads everything that can be published.
///
/// # Errors
/// When the database fails.
pub async fn snapshot(app: &SellerApp) -> Result<Snapshot, sqlx::Error> {
    let db = &app.node.db;
    let now_ms = app.now().as_millisecond();
    let partners: Vec<Partner> = partners::all(db).await?.into_iter().map(|record| record.partner).collect();
    let levels = stock::all(db, now_ms).await?;
    let base = app.config.public_base();
    let live = items::all(db).await?.into_iter().filter(|item| item.active);
    let items: BTreeMap<String, Item> = live.map(|item| (item.sku.clone(), with_image(item, &base))).collect();
    let sold = offers::all(db).await?.into_iter().filter(|offer| offer.active && items.contains_key(&offer.sku));
    let sold: Vec<Sold> = sold.collect();
    let offered: BTreeSet<Offer> = sold.iter().map(shelf_name).collect();

    let strict = app.node.specs.network().routing_profile == RoutingProfile::Strict;
    let assignment = if strict { assign(&partners, &offered, &levels) } else { Assignment::default() };
    let in_stock = in_stock(&partners, &offered, &levels, &assignment, strict);

    let mut shelves: BTreeMap<&str, Vec<(Item, bool)>> = BTreeMap::new();
    for offer in &sold {
        let Some(item) = items.get(&offer.sku) else { continue };
        let item = Item { price: offer.price.unwrap_or(item.price), ..item.clone() };
        shelves.entry(&offer.partner_id).or_default().push((item, in_stock.contains(&shelf_name(offer))));
    }
    let shop = |partner: Partner| {
        let items = shelves.remove(partner.id.as_str()).unwrap_or_default();
        ShopRows { partner, items }
    };
    Ok(Snapshot { shops: partners.into_iter().map(shop).collect(), assignment })
}

fn shelf_name(offer: &Sold) -> Offer {
    Offer { partner_id: offer.partner_id.clone(), sku: offer.sku.clone() }
}

fn assign(partners: &[Partner], offered: &BTreeSet<Offer>, levels: &[StockRow]) -> Assignment {
    let lines: Vec<StockLine> = levels.iter().map(stock_line).collect();
    assignment(partners, offered, &lines, &known_centres(partners), &Assignment::default())
}

/// Where postal codes are, as far as it is known: at the partner that has its place there.
fn known_centres(partners: &[Partner]) -> BTreeMap<String, Gps> {
    partners.iter().map(|partner| (partner.area_code.clone(), partner.gps.clone())).collect()
}

fn stock_line(row: &StockRow) -> StockLine {
    let units = |count: i64| u32::try_from(count.max(0)).unwrap_or(u32::MAX);
    StockLine {
        partner_id: row.partner_id.clone(),
        sku: row.sku.clone(),
        on_hand: units(row.on_hand),
        held: units(row.held),
        committed: units(row.committed),
        safety: units(row.safety),
    }
}

/// What is shown as in stock. A partner without a list of postal codes has no cells: there the shelf alone decides.
fn in_stock(
    partners: &[Partner],
    offered: &BTreeSet<Offer>,
    levels: &[StockRow],
    assignment: &Assignment,
    strict: bool,
) -> BTreeSet<Offer> {
    let by_radius: BTreeSet<&str> = partners
        .iter()
        .filter(|partner| !strict || partner.serves.is_empty())
        .map(|partner| partner.id.as_str())
        .collect();
    let mut shown = assignment.published();
    for row in levels.iter().filter(|row| row.available() > 0 && by_radius.contains(row.partner_id.as_str())) {
        shown.insert(Offer { partner_id: row.partner_id.clone(), sku: row.sku.clone() });
    }
    shown.retain(|offer| offered.contains(offer));
    shown
}

/// An item without a picture gets one that this node draws (api/images.rs).
pub fn with_image(mut item: Item, base: &str) -> Item {
    if item.images.is_empty() {
        item.images.push(format!("{base}/images/items/{}.svg", item.sku));
    }
    item
}

impl Snapshot {
    /// What a search is answered with: the whole catalogue, or the part that was asked for.
    pub fn publication<'a>(&'a self, app: &'a SellerApp, search: &Search) -> Publication<'a> {
        let asked_shop = |partner: &Partner| search.provider_id.as_ref().is_none_or(|id| *id == partner.id);
        let name = search.item_name.as_ref().map(|name| name.to_lowercase());
        let asked_item = |item: &Item| {
            name.as_ref().is_none_or(|name| item.name.to_lowercase().contains(name))
                && search.category.as_ref().is_none_or(|category| *category == item.category)
        };
        let shops = self.shops.iter().filter(|shop| asked_shop(&shop.partner)).map(|shop| {
            let items = shop.items.iter().filter(|(item, _)| asked_item(item));
            Shop { partner: &shop.partner, items: items.map(|(item, in_stock)| (item, *in_stock)).collect() }
        });
        // A partner with nothing to show is left out, unless everything was asked for.
        let narrowed = name.is_some() || search.category.is_some();
        Publication { seller: &app.seller, shops: shops.filter(|shop| !narrowed || !shop.items.is_empty()).collect() }
    }

    /// Whether the distance to a postal code is measured; else it is only guessed from how far the numbers are apart.
    pub fn is_measured(&self, cell: &str) -> bool {
        self.shops.iter().any(|shop| shop.partner.area_code == cell)
    }

    /// The whole catalogue.
    pub fn everything<'a>(&'a self, app: &'a SellerApp) -> Publication<'a> {
        let shop = |shop: &'a ShopRows| Shop {
            partner: &shop.partner,
            items: shop.items.iter().map(|(item, in_stock)| (item, *in_stock)).collect(),
        };
        Publication { seller: &app.seller, shops: self.shops.iter().map(shop).collect() }
    }

    /// Noted changes in the words of the catalogue. When a shelf flips, another partner may have won or lost a postal
    /// code with the same item: every partner that sells it is told about again.
    pub fn changes(&self, changed: &[Changed]) -> Vec<Change<'_>> {
        let skus: BTreeSet<&str> =
            changed.iter().filter(|change| !change.sku.is_empty()).map(|change| change.sku.as_str()).collect();
        let mut told = Vec::new();
        for shop in &self.shops {
            let flipped = changed.iter().any(|change| change.sku.is_empty() && change.partner_id == shop.partner.id);
            if flipped {
                let partner_id = shop.partner.id.clone();
                told.push(if shop.partner.active {
                    Change::PartnerEnabled { partner_id }
                } else {
                    Change::PartnerDisabled { partner_id }
                });
            }
            // A disabled partner carries no items.
            if shop.partner.active {
                let items: Vec<(&Item, bool)> = shop
                    .items
                    .iter()
                    .filter(|(item, _)| skus.contains(item.sku.as_str()))
                    .map(|(item, in_stock)| (item, *in_stock))
                    .collect();
                if !items.is_empty() {
                    told.push(Change::Items { partner: &shop.partner, items });
                }
            }
        }
        told
    }
}
