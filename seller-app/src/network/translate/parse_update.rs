//! `update`: a return, a refund, a new address, new billing (NETWORK-SPEC 10).

use super::read::Reader;
use crate::fulfilment::{Agent, DeliveryState};
use crate::order::refusal::code;
use crate::order::{AddressChange, Command, CourierReport, Refund, Refusal};
use crate::returns::ReturnRequest;

/// The id of a return becomes the id of a fulfilment: a UUID fits, a novel does not.
const RETURN_ID_MAX: usize = 64;

pub(super) fn update(bap_id: &str, root: &Reader<'_>) -> Result<Command, Refusal> {
    let target = root.text("update_target")?;
    let order = root.member("order")?;
    match target.as_str() {
        "item" => Ok(Command::Return(requests(bap_id, &order)?)),
        "payment" => Ok(Command::Refunded(refund(&order)?)),
        "fulfillment" => match courier(&order)? {
            Some(report) => Ok(Command::CourierReport(report)),
            None => Ok(Command::UpdateAddress(address(&order)?)),
        },
        "billing" => Ok(Command::UpdateBilling(order.member("billing")?.value().clone())),
        other => Err(root.wrong("update_target", format!("`{other}` cannot be updated"))),
    }
}

fn requests(bap_id: &str, order: &Reader<'_>) -> Result<Vec<ReturnRequest>, Refusal> {
    let mut requests = Vec::new();
    for fulfilment in order.list("fulfillments")? {
        for tag in fulfilment.tags("return_request") {
            requests.push(request(bap_id, &tag)?);
        }
    }
    if requests.is_empty() {
        return Err(order.wrong("fulfillments", "a return needs the tag `return_request`"));
    }
    Ok(requests)
}

fn request(bap_id: &str, tag: &Reader<'_>) -> Result<ReturnRequest, Refusal> {
    let needed = |code: &str| {
        let missing = || tag.wrong("list", format!("`{code}` is missing in return_request"));
        tag.entry(code).ok_or_else(missing)
    };
    let period = |code: &str| {
        let Some(text) = tag.entry(code) else { return Ok(None) };
        text.parse().map(Some).map_err(|error: crate::catalogue::PeriodError| tag.wrong("list", error.to_string()))
    };
    let quantity = needed("item_quantity")?;
    let id = needed("id")?;
    if id.len() > RETURN_ID_MAX {
        return Err(tag.wrong("list", format!("a return id has at most {RETURN_ID_MAX} characters")));
    }
    Ok(ReturnRequest {
        id,
        item_id: needed("item_id")?,
        parent_item_id: tag.entry("parent_item_id"),
        quantity: quantity.parse().map_err(|_| tag.wrong("list", format!("`{quantity}` is not a whole number")))?,
        reason_id: needed("reason_id")?,
        reason_desc: tag.entry("reason_desc"),
        images: tag.entry("images"),
        ttl_approval: period("ttl_approval")?,
        ttl_reverseqc: period("ttl_reverseqc")?,
        replace: tag.entry("replace").as_deref() == Some("yes"),
        initiated_by: bap_id.to_owned(),
    })
}

fn refund(order: &Reader<'_>) -> Result<Refund, Refusal> {
    let payment = order.member("payment")?;
    let details = payment.list("@ondc/org/settlement_details")?;
    Ok(Refund {
        fulfilment_ids: order.elements("fulfillments").iter().filter_map(|f| f.optional_text("id")).collect(),
        details: details.iter().map(|detail| detail.value().clone()).collect(),
    })
}

/// The buyer's own courier moved: the tag `update_state` says how far it is.
fn courier(order: &Reader<'_>) -> Result<Option<CourierReport>, Refusal> {
    let fulfilments = order.list("fulfillments")?;
    let Some(fulfilment) = fulfilments.first() else { return Ok(None) };
    let Some(state) = fulfilment.tag("update_state", "state") else { return Ok(None) };
    let known = DeliveryState::parse(&state);
    let state = known.ok_or_else(|| fulfilment.wrong("tags", format!("`{state}` is no state of a fulfilment")))?;
    let agent = |name: &str| fulfilment.tag("update_agent_details", name);
    let agent = agent("name").zip(agent("phone")).map(|(name, phone)| Agent { name, phone });
    Ok(Some(CourierReport { fulfilment_id: fulfilment.text("id")?, state, agent }))
}

fn address(order: &Reader<'_>) -> Result<AddressChange, Refusal> {
    let fulfilments = order.list("fulfillments")?;
    let Some(fulfilment) = fulfilments.first() else {
        return Err(order.wrong("fulfillments", "`fulfillments` must have an element"));
    };
    let Some(end) = fulfilment.optional("end") else {
        let problem = "only `end` of a fulfilment can be changed here: this seller brings the goods itself";
        return Err(Refusal::new(code::UNSUPPORTED, problem).at(fulfilment.path()));
    };
    let destination = end.optional("location").map(|_| end.destination()).transpose()?;
    Ok(AddressChange { fulfilment_id: fulfilment.text("id")?, end: end.value().clone(), destination })
}
