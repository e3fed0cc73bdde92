//! One time axis for an order: what people and systems did, and every message in both directions.

use node::ledger::{Direction, LedgerEntry, Verdict};
use node::pages;

use crate::app::SellerApp;
use crate::order::Order;
use crate::store::events::{self, EventRow};
use crate::store::orders::OrderKey;

use super::moment::{Moment, moment, moment_ms};

/// One line of the story.
pub(super) struct TimelineRow {
    at_ms: i64,
    pub at: Moment,
    /// `event`, `in` or `out`.
    pub kind: &'static str,
    pub who: String,
    pub title: String,
    pub detail: String,
    pub tone: &'static str,
    /// Verdict of a message.
    pub verdict: &'static str,
    /// The raw message.
    pub link: Option<String>,
}

/// The story, oldest first.
pub(super) async fn of_order(app: &SellerApp, order: &Order) -> Result<Vec<TimelineRow>, sqlx::Error> {
    let offset = app.config.desk_utc_offset_min;
    let events = events::of_order(&app.node.db, &OrderKey::of(order)).await?;
    let entries = app.node.ledger.transaction(&order.transaction_id).await?;
    // Another buyer app may use the same transaction id.
    let own = entries.into_iter().filter(|entry| entry.peer == order.bap_id || entry.action == "search");
    let mut rows: Vec<TimelineRow> = own.map(|entry| message_row(entry, offset)).collect();
    rows.extend(events.into_iter().map(|event| event_row(event, offset)));
    rows.extend(order.promises.iter().map(|line| {
        let cause = if line.cause.is_empty() { String::new() } else { format!(": {}", line.cause) };
        let text = format!("promised by {}{cause}", moment(line.by, offset).text);
        fact_row(line.said_at.as_millisecond(), &line.who, "promise", text, offset)
    }));
    rows.extend(order.fulfilments.iter().flat_map(|one| &one.custody).map(|leg| {
        let text = format!("{} {}", leg.holder.title(), leg.name);
        fact_row(leg.since.as_millisecond(), "", "custody", format!("now with: {}", text.trim()), offset)
    }));
    rows.sort_by_key(|row| row.at_ms);
    Ok(rows)
}

/// Something that the order itself remembers.
fn fact_row(at_ms: i64, who: &str, title: &str, detail: String, offset: i16) -> TimelineRow {
    TimelineRow {
        at_ms,
        at: moment_ms(at_ms, offset),
        kind: "event",
        who: who.to_owned(),
        title: title.to_owned(),
        detail,
        tone: "info",
        verdict: "",
        link: None,
    }
}

fn event_row(event: EventRow, offset: i16) -> TimelineRow {
    let tone = match event.kind.as_str() {
        "refused-by-buyer" | "not-delivered" => "bad",
        _ => "quiet",
    };
    TimelineRow {
        at_ms: event.at_ms,
        at: moment_ms(event.at_ms, offset),
        kind: "event",
        who: event.actor,
        title: event.kind,
        detail: event.detail,
        tone,
        verdict: "",
        link: None,
    }
}

fn message_row(entry: LedgerEntry, offset: i16) -> TimelineRow {
    let (tone, verdict) = match entry.verdict {
        Verdict::Ack => ("ok", "ACK"),
        Verdict::Nack => ("bad", "NACK"),
        Verdict::Failed => ("wait", "failed"),
    };
    let code = entry.code.map(|code| format!("{code} ")).unwrap_or_default();
    TimelineRow {
        at_ms: entry.at_ms,
        at: moment_ms(entry.at_ms, offset),
        kind: match entry.direction {
            Direction::In => "in",
            Direction::Out => "out",
        },
        who: entry.peer,
        title: entry.action,
        detail: format!("{code}{}", entry.detail.unwrap_or_default()),
        tone,
        verdict,
        link: Some(format!("/inspect/messages/{}", pages::url_encode(&entry.id))),
    }
}
