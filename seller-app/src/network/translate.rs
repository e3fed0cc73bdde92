//! Between wire and core: messages become commands, orders become messages. Pure.
//!
//! ```text
//!  context + message ── parse() ──▶ Incoming { Search | Order { at, command } }
//!  Order ── render::order() ──▶ message of on_confirm, on_status, on_update, on_cancel
//! ```

mod parse_basket;
mod parse_confirm;
mod parse_search;
mod parse_update;
pub mod read;
pub mod render;

use protocol::context::Context;
use serde_json::Value;
use specs::Action;

pub use parse_search::{Incremental, Search};

use crate::order::refusal::code;
use crate::order::{Cancel, Command, Rating, Refusal};
use read::Reader;

/// A received request in the core's words.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    Search(Search),
    Order { at: OrderRef, command: Command },
}

/// Which draft or order a command is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OrderRef {
    /// Draft or order of the transaction: select, init, confirm.
    Transaction { bap_id: String, transaction_id: String },
    /// Confirmed order by the buyer app's order id.
    Order { bap_id: String, order_id: String },
}

/// Reads the `message` of a request.
///
/// # Errors
/// A [`Refusal`] that names the path of the field that is missing or wrong.
pub fn parse(context: &Context, message: &Value) -> Result<Incoming, Refusal> {
    let bap_id = context.bap_id.as_str().to_owned();
    let root = Reader::root(message);
    let of_transaction = |command| Incoming::Order {
        at: OrderRef::Transaction {
            bap_id: bap_id.clone(),
            transaction_id: context.transaction_id.as_str().to_owned(),
        },
        command,
    };
    let of_order = |order_id: String, command| Incoming::Order {
        at: OrderRef::Order { bap_id: bap_id.clone(), order_id },
        command,
    };
    Ok(match context.action {
        Action::Search => Incoming::Search(parse_search::search(&root)?),
        Action::Select => of_transaction(Command::Select(parse_basket::select(context, &root)?)),
        Action::Init => of_transaction(Command::Init(parse_basket::init(&root)?)),
        Action::Confirm => of_transaction(Command::Confirm(parse_confirm::confirm(&root)?)),
        Action::Status => of_order(root.text("order_id")?, Command::Status),
        Action::Track => of_order(root.text("order_id")?, Command::Track),
        Action::Cancel => of_order(root.text("order_id")?, Command::Cancel(cancel(&root)?)),
        Action::Update => {
            let order_id = root.member("order")?.text("id")?;
            of_order(order_id, parse_update::update(&bap_id, &root)?)
        }
        Action::Rating => of_order(root.text("id")?, Command::Rating(rating(&root)?)),
        Action::Support => of_order(root.text("ref_id")?, Command::Support),
        Action::OnSearch
        | Action::OnSelect
        | Action::OnInit
        | Action::OnConfirm
        | Action::OnStatus
        | Action::OnTrack
        | Action::OnCancel
        | Action::OnUpdate
        | Action::OnRating
        | Action::OnSupport
        | Action::CatalogRejection
        | Action::Issue
        | Action::OnIssue
        | Action::IssueStatus
        | Action::OnIssueStatus
        | Action::Settle
        | Action::OnSettle
        | Action::Report
        | Action::OnReport
        | Action::Recon
        | Action::OnRecon => {
            let action = context.action.as_str();
            return Err(Refusal::new(code::UNSUPPORTED, format!("`{action}` is not a request about orders")));
        }
    })
}

fn cancel(root: &Reader<'_>) -> Result<Cancel, Refusal> {
    let descriptor = root.optional("descriptor");
    let fulfilment_id = descriptor
        .as_ref()
        .filter(|descriptor| descriptor.optional_text("name").as_deref() == Some("fulfillment"))
        .and_then(|descriptor| descriptor.optional_text("short_desc"));
    let force = descriptor.as_ref().and_then(|descriptor| descriptor.tag("params", "force"));
    Ok(Cancel {
        reason_id: root.text("cancellation_reason_id")?,
        fulfilment_id,
        force: force.as_deref() == Some("yes"),
    })
}

fn rating(root: &Reader<'_>) -> Result<Rating, Refusal> {
    let value = root.count("value")?;
    Ok(Rating {
        category: root.optional_text("rating_category").unwrap_or_default(),
        id: root.text("id")?,
        value: u8::try_from(value).unwrap_or(u8::MAX),
    })
}
