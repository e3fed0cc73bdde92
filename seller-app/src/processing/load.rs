//! What the core may see: the order, its partner, the shelf.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::app::SellerApp;
use crate::catalogue::{Item, Partner, Seller};
use crate::network::translate::OrderRef;
use crate::order::channel::TEST_BUYER;
use crate::order::picking::has_barcode;
use crate::order::{Command, FinderFee, OrderView, ShelfItem};
use crate::stock_room;
use crate::store::orders::{OrderKey, Stored};
use crate::store::reservation::{self, Cart};
use crate::store::shelf::ShelfKey;
use crate::store::{finder_fees, items, offers, orders, partner_places, partners};

use super::WorkError;

/// Everything that one decision is made from.
#[derive(Debug)]
pub struct Loaded {
    pub stored: Option<Stored>,
    pub partner: Option<Partner>,
    shelf: Vec<(Item, u32)>,
    finder_fee: Option<FinderFee>,
    /// `confirm` brought an id that another order of this buyer app has.
    pub(super) id_taken: bool,
}

impl Loaded {
    pub fn view<'a>(&'a self, seller: &'a Seller) -> OrderView<'a> {
        OrderView {
            order: self.stored.as_ref().map(|stored| &stored.order),
            partner: self.partner.as_ref(),
            shelf: self.shelf.iter().map(|(item, available)| ShelfItem { item, available: *available }).collect(),
            seller,
            finder_fee: self.finder_fee.clone(),
        }
    }

    /// The view as if every shelf were full.
    pub(super) fn plenty<'a>(&'a self, seller: &'a Seller) -> OrderView<'a> {
        let shelf = self.shelf.iter().map(|(item, _)| ShelfItem { item, available: u32::MAX }).collect();
        OrderView { shelf, ..self.view(seller) }
    }
}

/// Loads what a command needs.
///
/// # Errors
/// When the database fails.
pub async fn load(app: &SellerApp, at: &OrderRef, command: &Command, now: Timestamp) -> Result<Loaded, WorkError> {
    let db = &app.node.db;
    let stored = match at {
        OrderRef::Transaction { bap_id, transaction_id } => {
            let cart = Cart { bap_id: bap_id.clone(), transaction_id: transaction_id.clone() };
            match orders::by_transaction(db, &cart).await? {
                Some(order) => Some(order),
                None => orders::draft(db, &cart).await?,
            }
        }
        OrderRef::Order { bap_id, order_id } => {
            orders::one(db, &OrderKey { bap_id: bap_id.clone(), id: order_id.clone() }).await?
        }
    };
    let bap_id = match at {
        OrderRef::Transaction { bap_id, .. } | OrderRef::Order { bap_id, .. } => bap_id,
    };
    let finder_fee = finder_fees::one(db, bap_id).await?;
    let Some(partner_id) = partner_id(command, stored.as_ref()) else {
        return Ok(Loaded { stored, partner: None, shelf: Vec::new(), finder_fee, id_taken: false });
    };
    let id_taken = match command {
        Command::Confirm(confirm) => {
            let key = OrderKey { bap_id: bap_id.clone(), id: confirm.order_id.clone() };
            let other = orders::one(db, &key).await?;
            other.is_some_and(|other| stored.as_ref().is_none_or(|stored| stored.order.id != other.order.id))
        }
        _ => false,
    };
    let mut partner = partners::one(db, &partner_id).await?.map(|record| record.partner);
    if bap_id == TEST_BUYER
        && let Some(partner) = &mut partner
    {
        // A test order is how a partner that is not live yet shows that it can.
        partner.active = true;
    }
    let mut shelf = match &partner {
        Some(partner) => {
            let of = (stored.as_ref(), domain(command, stored.as_ref()));
            shelf(app, at, partner, &skus(command, stored.as_ref()), of, now).await?
        }
        None => Vec::new(),
    };
    if let Command::Scan { barcode } = command
        && !shelf.iter().any(|(item, _)| has_barcode(item, barcode))
    {
        // A wrong piece is told by its name, wherever it is sold.
        let wrong = items::all(db).await?.into_iter().find(|item| has_barcode(item, barcode));
        shelf.extend(wrong.map(|item| (item, 0)));
    }
    Ok(Loaded { stored, partner, shelf, finder_fee, id_taken })
}

fn domain<'a>(command: &'a Command, stored: Option<&'a Stored>) -> &'a str {
    match command {
        Command::Select(select) => &select.party.domain,
        _ => stored.map_or("", |stored| &stored.order.domain),
    }
}

/// `select` names the partner; from then on the order does.
fn partner_id(command: &Command, stored: Option<&Stored>) -> Option<String> {
    match command {
        Command::Select(select) => Some(select.provider_id.clone()),
        _ => stored.map(|stored| stored.order.partner_id.clone()),
    }
}

fn skus(command: &Command, stored: Option<&Stored>) -> BTreeSet<String> {
    let mut skus: BTreeSet<String> =
        stored.iter().flat_map(|stored| stored.order.skus()).map(ToOwned::to_owned).collect();
    match command {
        Command::Select(select) => skus.extend(select.items.iter().map(|item| item.id.clone())),
        Command::Init(init) => skus.extend(init.items.iter().map(|item| item.id.clone())),
        Command::Confirm(confirm) => skus.extend(confirm.items.iter().map(|item| item.id.clone())),
        _ => {}
    }
    skus
}

/// The wanted items at a partner with its prices, and how many this transaction may take: its own hold counts as available.
async fn shelf(
    app: &SellerApp,
    at: &OrderRef,
    partner: &Partner,
    skus: &BTreeSet<String>,
    (stored, domain): (Option<&Stored>, &str),
    now: Timestamp,
) -> Result<Vec<(Item, u32)>, WorkError> {
    let db = &app.node.db;
    let cart = cart_of(at, stored);
    let own = match &cart {
        Some(cart) => reservation::own_holds(db, cart, &partner.id, now.as_millisecond()).await?,
        None => BTreeMap::new(),
    };
    // A partner whose day is full can give nothing, whatever is on its shelf.
    let rules = &app.config.inventory;
    let buyer = cart.as_ref().map_or("", |cart| cart.bap_id.as_str());
    let channel = rules.channel(buyer, domain);
    let test = cart.as_ref().is_some_and(|cart| cart.bap_id == TEST_BUYER);
    let full = !test && partner_places::left(db, partner, cart.as_ref(), now).await? == Some(0);
    let mut found = Vec::with_capacity(skus.len());
    for sku in skus {
        let key = ShelfKey::new(&partner.id, sku);
        let Some(item) = offers::item(db, &key).await? else { continue };
        if !partner.carries(&item.category, &app.config.cold_categories) {
            continue;
        }
        let held = own.get(sku).copied().unwrap_or(0);
        let free = stock_room::one(app, &key, now).await?.map_or(0, |shelf| shelf.for_cart(channel, held));
        let free = if full { 0 } else { free };
        found.push((item, u32::try_from(free.max(0)).unwrap_or(u32::MAX)));
    }
    Ok(found)
}

fn cart_of(at: &OrderRef, stored: Option<&Stored>) -> Option<Cart> {
    match (at, stored) {
        (OrderRef::Transaction { bap_id, transaction_id }, _) => {
            Some(Cart { bap_id: bap_id.clone(), transaction_id: transaction_id.clone() })
        }
        (OrderRef::Order { .. }, Some(stored)) => {
            let order = &stored.order;
            Some(Cart { bap_id: order.bap_id.clone(), transaction_id: order.transaction_id.clone() })
        }
        (OrderRef::Order { .. }, None) => None,
    }
}
