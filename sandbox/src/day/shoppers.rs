//! Customers: households through a buyer app, businesses through the brand's own door.

use std::collections::BTreeMap;

use protocol::ack::Reply;
use seller_app::intake::{Customer, OrderForm, OrderLine, ParcelState, Place, placing};
use seller_app::store::orders::{self, OrderKey};
use serde_json::Value;
use specs::Action;

use super::Day;
use super::books::{Channel, Story};
use super::clockwork::Event;
use super::messages;
use super::partners::Placed;

/// Stores that a shopper tries for one part of a cart.
const TRIES: usize = 3;

/// A cart that waits to be paid.
#[derive(Debug)]
pub struct Cart {
    story: usize,
    partner: usize,
    lines: Vec<(usize, u32)>,
    transaction: String,
    init: Value,
    on_select: Value,
    on_init: Value,
}

impl Day {
    /// A shopper looks at the catalogue: for each item the store that it names for this place.
    pub(super) async fn shop(&mut self, number: usize) -> anyhow::Result<()> {
        let wish = self.demand.d2c[number].clone();
        let wanted = wish.lines.iter().map(|(_, count)| count).sum();
        let story = self.stories.len();
        self.stories.push(Story::new(Channel::Household, wanted));
        let area_code = self.brand.cells[wish.cell].area_code.clone();
        let mut parts: BTreeMap<usize, Vec<(usize, u32)>> = BTreeMap::new();
        for (sku, count) in wish.lines {
            let named = self.seller.snapshot.assignment.partner(&area_code, &self.brand.skus[sku]);
            if let Some(partner) = named.and_then(partner_number) {
                parts.entry(partner).or_default().push((sku, count));
            }
        }
        if self.chance.permille(self.faults.abandoned) {
            self.stories[story].abandoned = true;
        }
        for (partner, lines) in parts {
            self.fill_cart(story, wish.cell, partner, lines).await?;
        }
        Ok(())
    }

    /// select and init at the first store that has everything; then the shopper thinks about it.
    async fn fill_cart(
        &mut self,
        story: usize,
        cell: usize,
        first: usize,
        lines: Vec<(usize, u32)>,
    ) -> anyhow::Result<bool> {
        let others = self.brand.cells[cell].partners.iter().copied().filter(|other| *other != first);
        let stores: Vec<usize> = std::iter::once(first).chain(others).take(TRIES).collect();
        for partner in stores {
            let transaction = self.chance.uuid();
            let named: Vec<(String, u32)> =
                lines.iter().map(|(sku, count)| (self.brand.skus[*sku].clone(), *count)).collect();
            let place = self.brand.cells[cell].clone();
            let select = messages::select(&self.brand.partners[partner], &named, &place);
            let Some(on_select) = self.ask(Action::Select, &transaction, &select).await? else { continue };
            let init = messages::init(&select, &on_select, &place, self.seller.app.now());
            let Some(on_init) = self.ask(Action::Init, &transaction, &init).await? else { continue };
            let (cart, now_ms) = (self.carts.len(), self.now_ms());
            self.carts.push(Some(Cart { story, partner, lines, transaction, init, on_select, on_init }));
            // A few look for their card until the hold has run out.
            let slow = self.chance.permille(30);
            let pause = if slow { 11 * 60_000 } else { self.chance.between(20_000, 240_000) };
            if !self.stories[story].abandoned {
                self.clockwork.plan(now_ms + pause, Event::Pay(cart));
            }
            return Ok(true);
        }
        self.tally.no_store += 1;
        Ok(false)
    }

    pub(super) async fn pay(&mut self, number: usize) -> anyhow::Result<()> {
        let Some(cart) = self.carts[number].take() else { return Ok(()) };
        let id = self.chance.uuid();
        let earlier = self.seller.app.now() - jiff::SignedDuration::from_secs(2);
        let now = self.seller.app.now();
        let confirm = messages::confirm(&id, &cart.init, &cart.on_select, &cart.on_init, now);
        if self.ask(Action::Confirm, &cart.transaction, &confirm).await?.is_none() {
            return Ok(());
        }
        if self.chance.permille(self.faults.out_of_order) {
            self.older_cancel(&cart, &id, earlier).await?;
        }
        let key = OrderKey { bap_id: self.market.id.to_string(), id };
        let placed = Placed::new(key, cart.story, cart.partner, cart.lines.into_iter().collect());
        self.placed(placed).await
    }

    /// A cancellation that was written before the confirmation and arrives after it must change nothing.
    async fn older_cancel(&mut self, cart: &Cart, id: &str, earlier: jiff::Timestamp) -> anyhow::Result<()> {
        let ids = (cart.transaction.as_str(), self.chance.uuid());
        let seller = &self.seller.app.node.identity.subscriber_id;
        let context = self.market.context(seller, Action::Cancel, ids, earlier)?;
        let now = self.seller.app.now();
        self.tally.out_of_order += 1;
        match self.market.post(&self.seller.url, &context, &messages::cancel(id), now).await? {
            Reply::Nack(_) => self.tally.out_of_order_refused += 1,
            Reply::Ack => self.asked.push(context.message_id.to_string()),
        }
        Ok(())
    }

    /// Posts a request and waits for its callback; `None` when either says no.
    async fn ask(&mut self, action: Action, transaction: &str, message: &Value) -> anyhow::Result<Option<Value>> {
        let now = self.seller.app.now();
        let seller = self.seller.app.node.identity.subscriber_id.clone();
        let context = self.market.context(&seller, action, (transaction, self.chance.uuid()), now)?;
        let reply = self.market.post(&self.seller.url, &context, message, now).await?;
        let twice = self.chance.permille(self.faults.duplicate);
        if let Reply::Nack(error) = reply {
            *self.tally.refused.entry(format!("{} {}", action.as_str(), error.code)).or_default() += 1;
            return Ok(None);
        }
        self.asked.push(context.message_id.to_string());
        if twice {
            self.tally.duplicates += 1;
            let again = self.market.post(&self.seller.url, &context, message, now).await?;
            self.tally.duplicates_acked += u64::from(again == Reply::Ack);
        }
        let Some(answer) = self.market.answer(&context.message_id).await else {
            self.tally.unanswered += 1;
            return Ok(None);
        };
        if let Some(code) = answer["error"]["code"].as_str() {
            *self.tally.refused.entry(format!("on_{} {code}", action.as_str())).or_default() += 1;
            return Ok(None);
        }
        Ok(Some(answer))
    }

    /// A business orders; what there is not it does without.
    pub(super) async fn trade(&mut self, number: usize) -> anyhow::Result<()> {
        let wish = self.demand.b2b[number].clone();
        let wanted = wish.lines.iter().map(|(_, count)| count).sum();
        let story = self.stories.len();
        self.stories.push(Story::new(Channel::Business, wanted));
        self.send_in(story, &format!("B-{number}"), wish.cell, &wish.lines).await
    }

    async fn send_in(
        &mut self,
        story: usize,
        reference: &str,
        cell: usize,
        lines: &[(usize, u32)],
    ) -> anyhow::Result<()> {
        let cell = &self.brand.cells[cell];
        let text = str::to_owned;
        let line = |(sku, count): &(usize, u32)| OrderLine { sku: self.brand.skus[*sku].clone(), count: *count };
        let form = OrderForm {
            reference: text(reference),
            customer: Customer {
                name: text("Some Shop"),
                phone: text("08000000777"),
                email: String::new(),
                tax_number: String::new(),
            },
            place: Place {
                gps: cell.gps.clone(),
                area_code: cell.area_code.clone(),
                building: text("Shop 1"),
                locality: text("Some Block"),
                city: text("Bengaluru"),
                state: text("Karnataka"),
            },
            lines: lines.iter().map(line).collect(),
            accept_partial: true,
        };
        let stored = match placing::place(&self.seller.app, &form, "brand").await {
            Ok(stored) => stored,
            Err(placing::IntakeError::Database(error)) => return Err(error.into()),
            Err(_) => {
                self.tally.b2b_refused += 1;
                return Ok(());
            }
        };
        for parcel in stored.request.parcels.iter().filter(|parcel| parcel.state == ParcelState::Ordered) {
            let Some(partner) = partner_number(&parcel.partner_id) else { continue };
            let lines = parcel.takes.iter().filter_map(|(sku, count)| Some((sku_number(sku)?, *count))).collect();
            let key =
                OrderKey { bap_id: seller_app::order::channel::B2B_BUYER.to_owned(), id: parcel.order_id.clone() };
            self.placed(Placed::new(key, story, partner, lines)).await?;
        }
        Ok(())
    }

    /// The partner failed: the customer tries once more elsewhere.
    pub(super) async fn again(&mut self, story: usize, cell: usize, from: &Placed) -> anyhow::Result<()> {
        self.stories[story].broken = true;
        if self.stories[story].again {
            return Ok(());
        }
        self.stories[story].again = true;
        self.tally.placed_again += 1;
        let lines: Vec<(usize, u32)> = from.lines.iter().map(|(sku, count)| (*sku, *count)).collect();
        match self.stories[story].channel {
            Channel::Business => {
                let reference = format!("A-{story}");
                self.send_in(story, &reference, cell, &lines).await
            }
            Channel::Household => {
                let other = self.brand.cells[cell].partners.iter().copied().find(|other| *other != from.partner);
                match other {
                    Some(other) => self.fill_cart(story, cell, other, lines).await.map(|_| ()),
                    None => Ok(()),
                }
            }
        }
    }

    pub(super) async fn stored(&self, key: &OrderKey) -> anyhow::Result<Option<seller_app::order::Order>> {
        Ok(orders::one(&self.seller.app.node.db, key).await?.map(|stored| stored.order))
    }
}

fn partner_number(id: &str) -> Option<usize> {
    id.strip_prefix('p')?.parse().ok()
}

fn sku_number(sku: &str) -> Option<usize> {
    sku.strip_prefix("SKU-")?.parse().ok()
}
