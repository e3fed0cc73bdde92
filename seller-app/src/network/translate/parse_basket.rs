//! `select` and `init`: a basket, a place, then an address.

use protocol::context::Context;

use super::read::Reader;
use crate::order::{Init, InitFulfilment, LineRef, Party, Refusal, Select, SelectItem};

pub(super) fn select(context: &Context, root: &Reader<'_>) -> Result<Select, Refusal> {
    let order = root.member("order")?;
    let (provider_id, location_id) = provider(&order)?;
    let items = items(&order)?;
    let locations: Vec<Option<String>> =
        order.list("items")?.iter().map(|item| item.optional_text("location_id")).collect();
    let ends = order.list("fulfillments")?;
    // Several fulfilments of one select go to one place: the first says it.
    let Some(first) = ends.first() else {
        return Err(order.wrong("fulfillments", "`fulfillments` must have an element"));
    };
    Ok(Select {
        party: Party {
            transaction_id: context.transaction_id.as_str().to_owned(),
            bap_id: context.bap_id.as_str().to_owned(),
            bap_uri: context.bap_uri.clone(),
            domain: context.domain.clone(),
            core_version: context.core_version.clone(),
            city: context.city.clone(),
        },
        provider_id,
        location_id,
        items: items
            .into_iter()
            .zip(locations)
            .map(|(item, location_id)| SelectItem {
                id: item.id,
                location_id,
                parent_item_id: item.parent_item_id,
                count: item.count,
            })
            .collect(),
        destination: first.member("end")?.destination()?,
        offers: offers(&order),
        payment_type: payment_type(&order),
    })
}

pub(super) fn init(root: &Reader<'_>) -> Result<Init, Refusal> {
    let order = root.member("order")?;
    let (provider_id, location_id) = provider(&order)?;
    let payment = order.optional("payment");
    Ok(Init {
        provider_id,
        location_id,
        items: items(&order)?,
        billing: order.member("billing")?.value().clone(),
        fulfilments: fulfilments(&order)?,
        offers: offers(&order),
        payment_type: payment_type(&order),
        finder_fee: payment.and_then(|payment| super::parse_search::finder_fee(&payment).ok()),
    })
}

pub(super) fn provider(order: &Reader<'_>) -> Result<(String, String), Refusal> {
    let provider = order.member("provider")?;
    let locations = provider.list("locations")?;
    let Some(location) = locations.first() else {
        return Err(provider.wrong("locations", "`locations` must have an element"));
    };
    Ok((provider.text("id")?, location.text("id")?))
}

pub(super) fn items(order: &Reader<'_>) -> Result<Vec<LineRef>, Refusal> {
    let mut items = Vec::new();
    for item in order.list("items")? {
        let quantity = item.member("quantity")?;
        let count = quantity.count("count")?;
        if count == 0 {
            return Err(quantity.wrong("count", "at least one piece must be asked for"));
        }
        items.push(LineRef { id: item.text("id")?, parent_item_id: item.optional_text("parent_item_id"), count });
    }
    Ok(items)
}

pub(super) fn fulfilments(order: &Reader<'_>) -> Result<Vec<InitFulfilment>, Refusal> {
    let mut fulfilments = Vec::new();
    for fulfilment in order.list("fulfillments")? {
        let end = fulfilment.member("end")?;
        fulfilments.push(InitFulfilment {
            id: fulfilment.text("id")?,
            kind: fulfilment.text("type")?,
            destination: end.destination()?,
            end: end.value().clone(),
            tat: fulfilment.optional_period("@ondc/org/TAT")?,
            vehicle: fulfilment.optional("vehicle").and_then(|vehicle| vehicle.optional_text("registration")),
        });
    }
    Ok(fulfilments)
}

fn offers(order: &Reader<'_>) -> Vec<String> {
    let wanted = |offer: &Reader<'_>| offer.tag("selection", "apply").as_deref() == Some("yes");
    order
        .elements("offers")
        .iter()
        .filter(|offer| wanted(offer))
        .filter_map(|offer| offer.optional_text("id"))
        .collect()
}

fn payment_type(order: &Reader<'_>) -> Option<String> {
    order.optional("payment").and_then(|payment| payment.optional_text("type"))
}
