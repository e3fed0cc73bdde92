//! Plays everything around `decide`: clock, shelf, ids, and the record of what travelled.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use protocol::clock::wire_timestamp;
use protocol::context::Context;
use seller_app::catalogue::{Item, Partner, Seller};
use seller_app::fulfilment::TroubleKind;
use seller_app::inventory::{Balance, Channel, Limits, StockMove, ledger};
use seller_app::network::translate::{Incoming, parse};
use seller_app::order::{Command, Effect, FinderFee, IdKind, Order, OrderView, Refusal, Rules, ShelfItem, decide};
use serde_json::{Value, json};
use specs::Action;

use crate::{goods, law};

/// A message that travelled, either way.
#[derive(Clone, Debug)]
pub struct Sent {
    pub action: Action,
    pub payload: Value,
}

impl Sent {
    pub fn order(&self) -> &Value {
        &self.payload["message"]["order"]
    }
}

pub struct World {
    pub version: &'static str,
    pub partner: Partner,
    pub items: Vec<Item>,
    pub seller: Seller,
    pub rules: Rules,
    pub now: Timestamp,
    pub order: Option<Order>,
    pub stock: BTreeMap<String, Balance>,
    pub held: Vec<StockMove>,
    pub finder_fee: Option<FinderFee>,
    /// Everything that travelled, in order.
    pub sent: Vec<Sent>,
    /// Open tickets.
    pub tickets: Vec<TroubleKind>,
    /// Returns whose cost went into the ledger.
    pub settled: Vec<String>,
    ids: u32,
    messages: u32,
}

impl World {
    pub fn new(version: &'static str) -> World {
        let partner = goods::partner();
        let items = goods::items();
        let stock = items.iter().map(|item| (item.sku.clone(), shelf(20))).collect();
        World {
            version,
            partner,
            items,
            seller: goods::seller(),
            rules: law::rules(version),
            now: "2026-11-23T05:30:00.000Z".parse().unwrap(),
            order: None,
            stock,
            held: Vec::new(),
            finder_fee: Some(FinderFee { kind: "percent".to_owned(), amount: "3.00".to_owned() }),
            sent: Vec::new(),
            tickets: Vec::new(),
            settled: Vec::new(),
            ids: 0,
            messages: 0,
        }
    }

    pub fn later(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    pub fn order(&self) -> &Order {
        self.order.as_ref().unwrap()
    }

    /// The last message of an action.
    pub fn last(&self, action: Action) -> &Sent {
        self.sent.iter().rev().find(|sent| sent.action == action).unwrap_or_else(|| panic!("no {action} was sent"))
    }

    pub fn context(&mut self, action: Action, message: u32) -> Context {
        let context = json!({
            "domain": law::DOMAIN, "action": action, "country": "IND", "city": "std:080",
            "core_version": self.version,
            "bap_id": "buyer.example", "bap_uri": "https://buyer.example/ondc",
            "bpp_id": "seller.example", "bpp_uri": "https://seller.example/ondc",
            "transaction_id": "11111111-2222-4333-8444-555555555555",
            "message_id": format!("00000000-0000-4000-8000-{message:012}"),
            "timestamp": wire_timestamp(self.now), "ttl": "PT30S",
        });
        serde_json::from_value(context).unwrap()
    }

    /// A request of the buyer app: parsed, decided, answered. The answer is in `sent`.
    pub fn ask(&mut self, action: Action, message: Value) -> Result<Sent, Refusal> {
        self.messages += 1;
        let number = self.messages;
        let context = self.context(action, number);
        self.record(action, &context, &message, None);
        let Incoming::Order { command, .. } = parse(&context, &message)? else { panic!("not about an order") };
        let from = self.sent.len();
        self.carry_out(command, Some((action, number)))?;
        let answer = self.sent[from..].iter().find(|sent| Some(sent.action) == action.callback());
        Ok(answer.expect("a request is answered by its callback").clone())
    }

    /// A command of the desk. The announcement is in `sent`.
    pub fn desk(&mut self, command: Command) -> Result<Sent, Refusal> {
        self.carry_out(command, None)?;
        Ok(self.sent.last().expect("the desk's commands are announced").clone())
    }

    fn carry_out(&mut self, command: Command, request: Option<(Action, u32)>) -> Result<(), Refusal> {
        // Messages of a transaction follow each other in time.
        self.now += SignedDuration::from_millis(7);
        let decision = {
            let shelf = self.items.iter().map(|item| ShelfItem { item, available: self.available(&item.sku) });
            let view = OrderView {
                order: self.order.as_ref(),
                partner: Some(&self.partner),
                shelf: shelf.collect(),
                seller: &self.seller,
                finder_fee: self.finder_fee.clone(),
            };
            let mut ids = self.ids;
            let mut new_id = |kind: IdKind| {
                ids += 1;
                match kind {
                    IdKind::Fulfilment => format!("F{ids}"),
                    IdKind::CancelFulfilment => format!("C{ids}"),
                    IdKind::RtoFulfilment => format!("R{ids}"),
                    IdKind::PickupCode | IdKind::DeliveryCode => format!("{:04}", 1000 + ids),
                }
            };
            let decision = decide(&view, command, &self.rules, self.now, &mut new_id)?;
            self.ids = ids;
            decision
        };
        self.order = Some(decision.next);
        for effect in decision.effects {
            self.follow(effect, request);
        }
        Ok(())
    }

    fn follow(&mut self, effect: Effect, request: Option<(Action, u32)>) {
        match effect {
            Effect::Reply { message, error } => {
                let (action, number) = request.expect("only requests are replied to");
                let callback = action.callback().unwrap();
                let context = self.context(callback, number);
                self.record(callback, &context, &message, error.map(|error| json!(error)));
            }
            Effect::Announce { action, message } => {
                self.now += SignedDuration::from_millis(1);
                self.messages += 1;
                let context = self.context(action, self.messages);
                self.record(action, &context, &message, None);
            }
            Effect::Hold { lines, until } => {
                assert!(until > self.now);
                self.let_go();
                self.move_stock(&lines, |line, n| line.held += n);
                self.held = lines;
            }
            Effect::Commit { lines } => {
                self.let_go();
                self.move_stock(&lines, |line, n| line.committed += n);
            }
            Effect::Release { lines } if self.order().is_draft() => {
                assert_eq!(lines, self.held);
                self.let_go();
            }
            Effect::Release { lines } => self.move_stock(&lines, |line, n| line.committed -= n),
            Effect::Ship { lines } => self.move_stock(&lines, |line, n| {
                line.committed -= n;
                line.on_hand -= n;
            }),
            Effect::Restock { lines } => self.move_stock(&lines, |line, n| line.on_hand += n),
            Effect::Correct { sku, correction, .. } => {
                let shelf = self.stock.get_mut(&sku).unwrap();
                let delta = ledger::decide(shelf, seller_app::inventory::Command::Reject(correction)).unwrap();
                *shelf = shelf.plus(delta);
            }
            Effect::SettleReturn { return_id } => self.settled.push(return_id),
            Effect::OpenTicket { kind, .. } => self.tickets.push(kind),
            Effect::CloseTickets { .. } => self.tickets.clear(),
            Effect::Republish { .. } => {}
        }
    }

    fn record(&mut self, action: Action, context: &Context, message: &Value, error: Option<Value>) {
        let mut payload = json!({ "context": context, "message": message });
        if let Some(error) = error {
            payload["error"] = error;
        }
        self.sent.push(Sent { action, payload });
    }

    /// What the transaction may take: its own hold counts.
    fn available(&self, sku: &str) -> u32 {
        let own: u32 = self.held.iter().filter(|line| line.sku == sku).map(|line| line.count).sum();
        let free = self.stock[sku].available(Channel::Network, &Limits::default());
        u32::try_from(free).unwrap() + own
    }

    fn let_go(&mut self) {
        let lines = std::mem::take(&mut self.held);
        self.move_stock(&lines, |line, n| line.held -= n);
    }

    fn move_stock(&mut self, lines: &[StockMove], change: impl Fn(&mut Balance, i64)) {
        for line in lines {
            if line.partner_id != self.partner.id {
                // Dropped off elsewhere: not this shelf.
                continue;
            }
            let shelf = self.stock.get_mut(&line.sku).unwrap();
            change(shelf, i64::from(line.count));
            assert!(shelf.held + shelf.committed + shelf.safety <= shelf.on_hand, "oversold: {shelf:?}");
        }
    }
}

fn shelf(on_hand: i64) -> Balance {
    Balance { on_hand, safety: 2, ..Balance::default() }
}
