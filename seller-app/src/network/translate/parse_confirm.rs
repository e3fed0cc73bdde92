//! `confirm`: the buyer agrees, and repeats what it agrees to.

use serde_json::Value;

use super::parse_basket::{fulfilments, items, provider};
use super::read::Reader;
use crate::catalogue::faults::is_wire_id;
use crate::order::{Confirm, LineKind, Quoted, Refusal};

pub(super) fn confirm(root: &Reader<'_>) -> Result<Confirm, Refusal> {
    let order = root.member("order")?;
    let (provider_id, location_id) = provider(&order)?;
    let order_id = order.text("id")?;
    if !is_order_id(&order_id) {
        return Err(order.wrong("id", "use at most 32 letters, digits or hyphens, or a UUID"));
    }
    let tags = order.value().get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(Confirm {
        order_id,
        provider_id,
        location_id,
        items: items(&order)?,
        billing: order.member("billing")?.value().clone(),
        fulfilments: fulfilments(&order)?,
        quote: quoted(&order.member("quote")?)?,
        payment: order.member("payment")?.value().clone(),
        tags,
        created_at: order.timestamp("created_at")?,
    })
}

fn is_order_id(text: &str) -> bool {
    let hexadecimal = |part: &str| part.bytes().all(|b| b.is_ascii_hexdigit());
    let is_uuid = || {
        let parts: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        lengths == [8, 4, 4, 4, 12] && parts.iter().all(|part| hexadecimal(part))
    };
    is_wire_id(text) || is_uuid()
}

fn quoted(quote: &Reader<'_>) -> Result<Quoted, Refusal> {
    let mut lines = Vec::new();
    for line in quote.list("breakup")? {
        let kind = line.text("@ondc/org/title_type")?;
        let kind = LineKind::parse(&kind)
            .ok_or_else(|| line.wrong("@ondc/org/title_type", format!("`{kind}` is not a kind of line")))?;
        lines.push((kind, line.text("@ondc/org/item_id")?, line.member("price")?.money("value")?));
    }
    Ok(Quoted { total: quote.member("price")?.money("value")?, lines })
}
