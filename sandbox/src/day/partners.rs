//! Partners at work: they accept or sleep, find the shelf as it really is, pack, hand over; riders come, some of them late.

use std::collections::BTreeMap;

use anyhow::anyhow;
use seller_app::api::{access::Who, orders as desk};
use seller_app::desk::{Input, steps};
use seller_app::fulfilment::Agent;
use seller_app::order::{LineRef, Order, OrderState};
use seller_app::store::orders::OrderKey;
use seller_app::store::shelf::ShelfKey;
use seller_app::store::stock;

use super::Day;
use super::clockwork::Event;
use super::demand::MINUTE_MS;

/// A confirmed order.
#[derive(Clone, Debug)]
pub struct Placed {
    pub key: OrderKey,
    pub story: usize,
    pub partner: usize,
    pub lines: BTreeMap<usize, u32>,
    promised_ms: i64,
    asleep: bool,
    over: bool,
}

impl Placed {
    pub fn new(key: OrderKey, story: usize, partner: usize, lines: BTreeMap<usize, u32>) -> Self {
        Self { key, story, partner, lines, promised_ms: i64::MAX, asleep: false, over: false }
    }
}

impl Day {
    /// The node confirmed an order.
    pub(super) async fn placed(&mut self, mut placed: Placed) -> anyhow::Result<()> {
        let order = self.stored(&placed.key).await?.ok_or_else(|| anyhow!("a confirmed order is not there"))?;
        placed.promised_ms = order.promised_by().map_or(i64::MAX, |by| by.as_millisecond());
        for (sku, count) in &placed.lines {
            self.shelves.confirm((placed.partner, *sku), *count);
        }
        self.stories[placed.story].parcels += 1;
        self.tally.orders += 1;
        placed.asleep = self.chance.permille(self.faults.asleep);
        self.tally.asleep += u64::from(placed.asleep);
        let (number, asleep) = (self.orders.len(), placed.asleep);
        self.orders.push(placed);
        if asleep {
            self.sleeping.push(number);
        } else {
            self.plan_in((30, 240), Event::Accept(number));
        }
        Ok(())
    }

    fn plan_in(&mut self, (from_s, to_s): (i64, i64), event: Event) {
        let at_ms = self.now_ms() + self.chance.between(from_s, to_s) * 1_000;
        self.clockwork.plan(at_ms, event);
    }

    /// Orders that nobody answered: the node ends them at the deadline, and the customer goes elsewhere.
    pub(super) async fn look_after_sleepers(&mut self) -> anyhow::Result<()> {
        for number in std::mem::take(&mut self.sleeping) {
            let placed = self.orders[number].clone();
            match self.stored(&placed.key).await? {
                Some(order) if order.state == OrderState::Cancelled => {
                    self.tally.unanswered_orders += 1;
                    self.cancelled(number).await?;
                }
                _ => self.sleeping.push(number),
            }
        }
        Ok(())
    }

    async fn cancelled(&mut self, number: usize) -> anyhow::Result<()> {
        self.orders[number].over = true;
        let placed = self.orders[number].clone();
        for (sku, count) in &placed.lines {
            self.shelves.cancel((placed.partner, *sku), *count);
        }
        let cell = self.cell_of(&placed).await?;
        self.again(placed.story, cell, &placed).await
    }

    async fn cell_of(&self, placed: &Placed) -> anyhow::Result<usize> {
        let order = self.stored(&placed.key).await?;
        let code = order.map(|order| order.destination.area_code).unwrap_or_default();
        Ok(self.brand.cells.iter().position(|cell| cell.area_code == code).unwrap_or(0))
    }

    async fn act(&self, key: &OrderKey, action: &str, input: Input) -> anyhow::Result<Order> {
        let app = &self.seller.app;
        let order = desk::find(app, &Who::Brand, &key.id, &key.bap_id).await.map_err(|e| anyhow!("{e:?}"))?;
        desk::carry_out(app, &Who::Brand, &order, action, input).await.map_err(|error| anyhow!("{action}: {error:?}"))
    }

    pub(super) async fn accept(&mut self, number: usize) -> anyhow::Result<()> {
        let placed = self.orders[number].clone();
        self.act(&placed.key, "accept", Input::default()).await?;
        self.plan_in((300, 1_200), Event::Pick(number));
        Ok(())
    }

    /// The shelf is what it is: what is missing is rejected by its cause, and the number is corrected.
    pub(super) async fn pick(&mut self, number: usize) -> anyhow::Result<()> {
        let placed = self.orders[number].clone();
        let mut missing = BTreeMap::new();
        for (sku, count) in &placed.lines {
            let taken = self.shelves.take((placed.partner, *sku), *count);
            if taken < *count {
                missing.insert(*sku, count - taken);
            }
        }
        if !missing.is_empty() && self.reject(number, &placed, &missing).await? {
            return Ok(());
        }
        self.act(&placed.key, "pack", Input::default()).await?;
        let late = self.chance.permille(self.faults.late_carrier);
        self.tally.late_carriers += u64::from(late);
        self.plan_in(if late { (5_400, 10_800) } else { (300, 1_500) }, Event::HandOver(number));
        Ok(())
    }

    /// True when nothing is left of the order.
    async fn reject(&mut self, number: usize, placed: &Placed, missing: &BTreeMap<usize, u32>) -> anyhow::Result<bool> {
        self.tally.rejected += 1;
        let items = missing.iter().map(|(sku, count)| LineRef {
            id: self.brand.skus[*sku].clone(),
            parent_item_id: None,
            count: *count,
        });
        let input = Input { cause: "out-of-stock".to_owned(), items: items.collect(), ..Input::default() };
        let order = self.act(&placed.key, "reject", input).await?;
        self.stories[placed.story].broken = true;
        let over = order.state == OrderState::Cancelled;
        if over {
            // What was found goes back on its shelf.
            for (sku, count) in &placed.lines {
                let found = count - missing.get(sku).copied().unwrap_or(0);
                *self.shelves.truth.entry((placed.partner, *sku)).or_default() += i64::from(found);
            }
            self.cancelled(number).await?;
        } else {
            for (sku, count) in missing {
                self.shelves.cancel((placed.partner, *sku), *count);
                if let Some(ordered) = self.orders[number].lines.get_mut(sku) {
                    *ordered -= count;
                }
            }
        }
        for sku in missing.keys() {
            self.read_told((placed.partner, *sku)).await?;
        }
        Ok(over)
    }

    /// The node corrected its number: from now on that is what it may promise from.
    async fn read_told(&mut self, shelf: (usize, usize)) -> anyhow::Result<()> {
        let key = ShelfKey::new(&self.brand.partners[shelf.0], &self.brand.skus[shelf.1]);
        if let Some(row) = stock::one(&self.seller.app.node.db, &key, self.now_ms()).await? {
            let before = self.shelves.told.insert(shelf, row.on_hand);
            self.tally.corrected += u64::from(before != Some(row.on_hand));
        }
        Ok(())
    }

    /// The next usual step; false when there is none.
    async fn advance(&self, key: &OrderKey) -> anyhow::Result<Option<Order>> {
        let Some(order) = self.stored(key).await? else { return Ok(None) };
        let next = steps(&order).into_iter().find(|step| step.forward && !step.optional && step.action != "scan");
        let Some(step) = next else { return Ok(None) };
        let agent = Agent { name: "Some Rider".to_owned(), phone: "08000000666".to_owned() };
        self.act(key, &step.action, Input { agent: Some(agent), ..Input::default() }).await.map(Some)
    }

    pub(super) async fn hand_over(&mut self, number: usize) -> anyhow::Result<()> {
        let placed = self.orders[number].clone();
        loop {
            let order =
                self.advance(&placed.key).await?.ok_or_else(|| anyhow!("a packed order cannot be handed over"))?;
            if order.delivery().and_then(|one| one.delivery()).is_some_and(|state| state.has_left()) {
                break;
            }
        }
        for (sku, count) in &placed.lines {
            self.shelves.leave((placed.partner, *sku), *count);
        }
        self.plan_in((60, 300), Event::GoOut(number));
        Ok(())
    }

    pub(super) async fn go_out(&mut self, number: usize) -> anyhow::Result<()> {
        let key = self.orders[number].key.clone();
        self.advance(&key).await?;
        self.plan_in((600, 2_100), Event::Deliver(number));
        Ok(())
    }

    pub(super) async fn deliver(&mut self, number: usize) -> anyhow::Result<()> {
        let placed = self.orders[number].clone();
        let mut order = self.stored(&placed.key).await?;
        while order.as_ref().is_some_and(|order| order.state != OrderState::Completed) {
            order = self.advance(&placed.key).await?;
        }
        self.orders[number].over = true;
        let late = self.now_ms() > placed.promised_ms;
        self.tally.delivered += 1;
        self.tally.on_time += u64::from(!late);
        let story = &mut self.stories[placed.story];
        story.delivered += placed.lines.values().sum::<u32>();
        story.late |= late;
        Ok(())
    }

    /// Orders that are neither delivered nor cancelled.
    pub(super) fn open_orders(&self) -> usize {
        self.orders.iter().filter(|placed| !placed.over).count()
    }

    /// Minutes from the start of the day until the last of the day's orders must have ended.
    pub(super) fn closing_ms() -> i64 {
        (super::demand::ORDER_MINUTES + 8 * 60) * MINUTE_MS
    }
}
