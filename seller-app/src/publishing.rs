//! What the network is told of partners, items and stock: the whole catalogue, or what changed.
//!
//! In the strict profile the partner of each postal code and item is chosen here, before anybody buys. An item stands in
//! the zone of those postal codes in which its partner was chosen, so nobody sees it at two partners (docs/adr/0005).

use std::collections::{BTreeMap, BTreeSet};

use node::Tx;
use specs::RoutingProfile;

use crate::app::SellerApp;
use crate::catalogue::{Change, Gps, Item, Listing, Partner, PartnerId, Publication, Seller, Shop};
use crate::network::translate::Search;
use crate::routing::{
    Assignment, Candidate, Facts, Offer, Place, Policy, Published, Reason, Shelf, assignment, at_home,
};
use crate::routing_desk::{facts, policies};
use crate::stock_room;
use crate::store::changes::Change as Changed;
use crate::store::stamp::Stamp;
use crate::store::{changes, decisions, items, offers, partner_places, partners};

mod focus;
mod maps;

pub use focus::Focus;

use maps::Maps;

/// Partners with their items and prices, and who sells what where.
#[derive(Debug)]
pub struct Snapshot {
    shops: Vec<ShopRows>,
    pub assignment: Assignment,
    /// The same of each category that some partner delivers elsewhere than the rest.
    pub by_category: BTreeMap<String, Assignment>,
    /// Winners of the publication before; `None` when the policy has no hysteresis.
    before: Option<Vec<Published>>,
    /// The part of the brand that this is about; `None` = all of it.
    focus: Option<Focus>,
}

#[derive(Debug)]
struct ShopRows {
    partner: Partner,
    items: Vec<(Item, Place)>,
}

/// The rules that the catalogue is made by, and what they look at beside partners and shelves.
#[derive(Clone, Debug)]
pub struct Routing {
    pub profile: RoutingProfile,
    pub policy: Policy,
    pub standing: BTreeMap<PartnerId, Candidate>,
    /// Read only when the policy has a hysteresis.
    pub published: Vec<Published>,
}

/// Reads everything that can be published.
///
/// # Errors
/// When the database fails.
pub async fn snapshot(app: &SellerApp) -> Result<Snapshot, sqlx::Error> {
    read(app, None).await
}

/// Reads as much as is needed to tell these changes: with [`Snapshot::changes`] it says what the whole would say. Of anything
/// else it knows nothing.
///
/// # Errors
/// When the database fails.
pub async fn snapshot_of(app: &SellerApp, changed: &[Changed]) -> Result<Snapshot, sqlx::Error> {
    read(app, Some(changed)).await
}

async fn read(app: &SellerApp, changed: Option<&[Changed]>) -> Result<Snapshot, sqlx::Error> {
    let db = &app.node.db;
    let now = app.now();
    let records = partners::all(db).await?;
    let policy = policies::current(app).await?.policy;
    let mut standing = facts::standing(app, &records, now).await?;
    let partners: Vec<Partner> = records.into_iter().map(|record| record.partner).collect();
    let focus = changed.map(|changed| Focus::new(&partners, changed));
    let full = partner_places::full(db, &partners, now).await?;
    for candidate in standing.values_mut().filter(|candidate| full.contains(&candidate.partner_id)) {
        candidate.capacity_left = Some(0);
    }
    let rows = rows(app, focus.as_ref(), policy.hysteresis > 0, now).await?;
    // Nothing of a partner whose day is full can be had, also where no map decides.
    let open = rows.shelves.iter().filter(|shelf| !full.contains(&shelf.row.partner_id));
    let shelves = open.map(|shelf| facts::shelf(shelf, now)).collect();
    let base = app.config.public_base();
    let live = rows.items.into_iter().filter(|item| item.active);
    let items: BTreeMap<String, Item> = live.map(|item| (item.sku.clone(), with_image(item, &base))).collect();
    let known: BTreeMap<&str, &Partner> = partners.iter().map(|partner| (partner.id.as_str(), partner)).collect();
    let carries = |id: &str, item: &Item| {
        known.get(id).is_none_or(|partner| partner.carries(&item.category, &app.config.cold_categories))
    };
    let sold = rows.offers.iter().filter(|offer| offer.active).filter_map(|offer| {
        let item = items.get(&offer.sku).filter(|item| carries(&offer.partner_id, item))?;
        Some((offer.partner_id.clone(), Item { price: offer.price.unwrap_or(item.price), ..item.clone() }))
    });
    let sold = sold.collect();
    let profile = app.node.specs.network().routing_profile;
    let routing = Routing { profile, policy, standing, published: rows.published };
    Ok(match focus {
        Some(focus) => Snapshot::assemble_part(&routing, partners, focus, sold, &shelves),
        None => Snapshot::assemble(&routing, partners, sold, &shelves),
    })
}

/// What stands in the tables, beside partners.
struct Rows {
    shelves: Vec<stock_room::Shelf>,
    items: Vec<Item>,
    offers: Vec<offers::Offer>,
    published: Vec<Published>,
}

async fn rows(
    app: &SellerApp,
    focus: Option<&Focus>,
    with_published: bool,
    now: jiff::Timestamp,
) -> Result<Rows, sqlx::Error> {
    let db = &app.node.db;
    let items = items::all(db).await?;
    let Some(focus) = focus else {
        let published = if with_published { decisions::published(db).await? } else { Vec::new() };
        return Ok(Rows {
            shelves: stock_room::all(app, now).await?,
            items,
            offers: offers::all(db).await?,
            published,
        });
    };
    let keys = focus.shelves();
    let mut rows = Rows {
        shelves: stock_room::some(app, &keys, now).await?,
        items,
        offers: offers::some(db, &keys).await?,
        published: if with_published { decisions::published_some(db, &keys).await? } else { Vec::new() },
    };
    for partner_id in focus.whole() {
        rows.shelves.extend(stock_room::of_partner(app, partner_id, now).await?);
        rows.offers.extend(offers::of_partner(db, partner_id).await?);
        if with_published {
            rows.published.extend(decisions::published_of(db, partner_id).await?);
        }
    }
    // As the whole is read: whoever looks through them expects it.
    rows.offers.sort_by(|a, b| (&a.partner_id, &a.sku).cmp(&(&b.partner_id, &b.sku)));
    rows.published.sort_by(|a, b| (&a.partner_id, &a.sku).cmp(&(&b.partner_id, &b.sku)));
    Ok(rows)
}

/// Where postal codes are, as far as it is known: at the partner that has its place there.
pub fn known_centres(partners: &[Partner]) -> BTreeMap<String, Gps> {
    partners.iter().map(|partner| (partner.area_code.clone(), partner.gps.clone())).collect()
}

/// An item without a picture gets one that this node draws (api/images.rs).
pub fn with_image(mut item: Item, base: &str) -> Item {
    if item.images.is_empty() {
        item.images.push(format!("{base}/images/items/{}.svg", item.sku));
    }
    item
}

impl Snapshot {
    /// Chooses who publishes what where. `sold` are partners' items with the partners' own prices.
    pub fn assemble(
        routing: &Routing,
        partners: Vec<Partner>,
        sold: Vec<(PartnerId, Item)>,
        stock: &BTreeMap<Offer, Shelf>,
    ) -> Snapshot {
        let centres = known_centres(&partners);
        Self::of(routing, partners, &centres, sold, stock)
    }

    /// The same of a part. `partners` are all of the brand; of `sold` and `stock` only what the focus needs is looked at.
    pub fn assemble_part(
        routing: &Routing,
        partners: Vec<Partner>,
        focus: Focus,
        sold: Vec<(PartnerId, Item)>,
        stock: &BTreeMap<Offer, Shelf>,
    ) -> Snapshot {
        let centres = known_centres(&partners);
        let partners = partners.into_iter().filter(|partner| focus.has(&partner.id)).collect();
        let sold = sold.into_iter().filter(|(id, item)| focus.needs(id, &item.sku)).collect();
        let mut part = Self::of(routing, partners, &centres, sold, stock);
        part.focus = Some(focus);
        part
    }

    fn of(
        routing: &Routing,
        partners: Vec<Partner>,
        centres: &BTreeMap<String, Gps>,
        sold: Vec<(PartnerId, Item)>,
        stock: &BTreeMap<Offer, Shelf>,
    ) -> Snapshot {
        let profile = routing.profile;
        let map = |partners: &[Partner], offers: &BTreeSet<Offer>| match profile {
            RoutingProfile::Strict => assignment(&Facts {
                partners,
                offers,
                shelves: stock,
                centres,
                standing: &routing.standing,
                policy: &routing.policy,
                published: &routing.published,
            }),
            RoutingProfile::Native => Assignment::default(),
        };
        let maps = Maps::new(&partners, &sold, map);
        // Whoever no order may go to has nothing to sell, also where nobody shares its territory.
        let barred = |id: &str| routing.standing.get(id).is_some_and(|one| routing.policy.bars(one).is_some());
        let stocked: BTreeSet<(&str, &str)> = stock
            .iter()
            .filter(|(offer, shelf)| shelf.available > 0 && !barred(&offer.partner_id))
            .map(|(offer, _)| (offer.partner_id.as_str(), offer.sku.as_str()))
            .collect();
        let mut shelves: BTreeMap<PartnerId, Vec<Item>> = BTreeMap::new();
        for (partner_id, item) in sold {
            shelves.entry(partner_id).or_default().push(item);
        }
        let shop = |partner: Partner| {
            let items = shelves.remove(&partner.id).unwrap_or_default();
            let has = |sku: &str| stocked.contains(&(partner.id.as_str(), sku));
            let places = match profile {
                RoutingProfile::Strict => maps.places(&partner, &items, has),
                RoutingProfile::Native => at_home(&partner, &items, has),
            };
            ShopRows { items: items.into_iter().zip(places).collect(), partner }
        };
        let before = (routing.policy.hysteresis > 0).then(|| routing.published.clone());
        let shops = partners.into_iter().map(shop).collect();
        let Maps { rest: assignment, by_category } = maps;
        Snapshot { shops, assignment, by_category, before, focus: None }
    }

    /// What a search is answered with: the whole catalogue, or the part that was asked for.
    pub fn publication<'a>(&'a self, seller: &'a Seller, search: &Search) -> Publication<'a> {
        let asked_shop = |partner: &Partner| search.provider_id.as_ref().is_none_or(|id| *id == partner.id);
        let name = search.item_name.as_ref().map(|name| name.to_lowercase());
        let asked_item = |item: &Item| {
            name.as_ref().is_none_or(|name| item.name.to_lowercase().contains(name))
                && search.category.as_ref().is_none_or(|category| *category == item.category)
        };
        let shops = self
            .shops
            .iter()
            .filter(|shop| asked_shop(&shop.partner))
            .map(|shop| Shop { partner: &shop.partner, items: shop.listings(|item| asked_item(item)) });
        // A partner with nothing to show is left out, unless everything was asked for.
        let narrowed = name.is_some() || search.category.is_some();
        Publication { seller, shops: shops.filter(|shop| !narrowed || !shop.items.is_empty()).collect() }
    }

    /// Keeps the winners, so that the next publication knows them. Without hysteresis nobody asks, and nothing is kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remember(&self, tx: &mut Tx, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
        let Some(before) = &self.before else { return Ok(()) };
        let certain = |row: &&Published| self.focus.as_ref().is_none_or(|focus| focus.tells(&row.partner_id, &row.sku));
        let before: Vec<Published> = before.iter().filter(certain).cloned().collect();
        let now: Vec<Published> = self.published().iter().filter(certain).cloned().collect();
        decisions::save_published(tx, &before, &now, stamp).await
    }

    /// Who publishes what in stock in which cells, to be kept as what was published.
    pub fn published(&self) -> Vec<Published> {
        let mut all = Vec::new();
        for shop in &self.shops {
            for (item, place) in shop.items.iter().filter(|(_, place)| place.in_stock) {
                let map = self.by_category.get(&item.category).unwrap_or(&self.assignment);
                let cells = map.codes(&shop.partner.id, &item.sku).into_iter().map(str::to_owned);
                let cells: Vec<String> = cells.collect();
                if !cells.is_empty() && !place.zone.is_empty() {
                    all.push(Published { partner_id: shop.partner.id.clone(), sku: item.sku.clone(), cells });
                }
            }
        }
        all
    }

    /// Whether the distance to a postal code is measured; else it is only guessed from how far the numbers are apart.
    pub fn is_measured(&self, cell: &str) -> bool {
        self.shops.iter().any(|shop| shop.partner.area_code == cell)
    }

    /// The whole catalogue.
    pub fn everything<'a>(&'a self, seller: &'a Seller) -> Publication<'a> {
        let shop = |shop: &'a ShopRows| Shop { partner: &shop.partner, items: shop.listings(|_| true) };
        Publication { seller, shops: self.shops.iter().map(shop).collect() }
    }

    /// Noted changes in the words of the catalogue. When a shelf flips, a neighbour may have won or lost a postal code with
    /// the same item, so every neighbour that sells it tells about it again.
    pub fn changes(&self, changed: &[Changed]) -> Vec<Change<'_>> {
        let noted: BTreeSet<(&str, &str)> =
            changed.iter().map(|change| (change.partner_id.as_str(), change.sku.as_str())).collect();
        let mut told = Vec::new();
        for shop in &self.shops {
            let partner = &shop.partner;
            if noted.contains(&(partner.id.as_str(), "")) {
                told.push(switched(partner));
            }
            // A disabled partner carries no items.
            if !partner.active {
                continue;
            }
            let everything = noted.contains(&(partner.id.as_str(), changes::EVERYTHING));
            let concerned: BTreeSet<&str> =
                noted.iter().filter(|(from, _)| self.concerns(from, &partner.id)).map(|(_, sku)| *sku).collect();
            let items = shop.listings(|item| everything || concerned.contains(item.sku.as_str()));
            if !items.is_empty() {
                let with_places = everything || self.maps().any(|map| map.shares(&partner.id));
                told.push(Change::Items { partner, items, with_places });
            }
        }
        told
    }

    fn concerns(&self, changed: &str, partner: &str) -> bool {
        changed == partner || self.maps().any(|map| map.are_neighbours(changed, partner))
    }

    /// Every map: first that of the categories that are delivered as everything else.
    fn maps(&self) -> impl Iterator<Item = &Assignment> {
        std::iter::once(&self.assignment).chain(self.by_category.values())
    }

    /// Why, for every cell and SKU that fit; an empty text fits all.
    pub fn reasons<'a>(&'a self, cell: &'a str, sku: &'a str) -> impl Iterator<Item = Reason> + 'a {
        self.maps().flat_map(move |map| map.reasons(cell, sku))
    }
}

fn switched<'a>(partner: &Partner) -> Change<'a> {
    let partner_id = partner.id.clone();
    if partner.active { Change::PartnerEnabled { partner_id } } else { Change::PartnerDisabled { partner_id } }
}

impl ShopRows {
    fn listings(&self, wanted: impl Fn(&Item) -> bool) -> Vec<Listing<'_>> {
        let fitting = self.items.iter().filter(|(item, _)| wanted(item));
        fitting.map(|(item, place)| Listing { item, in_stock: place.in_stock, zone: &place.zone }).collect()
    }
}
