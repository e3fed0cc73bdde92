//! Terms of both sides: told in `on_init` and `confirm`, repeated in `on_confirm`, never changed.

use specs::Action;

use crate::check::payload::{Part, order, order_tag};
use crate::check::say::{Say, changed, dropped};
use crate::check::thread::{Thread, tells_the_order, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Tax numbers, kind of seller, and every other entry of bpp_terms and bap_terms.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for thread in threads(view) {
        for at in 0..thread.steps.len() {
            echoed(&thread, at, out);
            given(&thread.steps[at], out);
            kind_of_seller(view, &thread.steps[at], out);
            two_parties(&thread.steps[at], out);
        }
    }
}

/// What a side said of itself, the messages after it repeat.
fn echoed(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    for (code, owner) in [("bpp_terms", Action::OnInit), ("bap_terms", Action::Confirm)] {
        let Some(base) = thread.last(at, owner).filter(|base| base.index != step.index) else { continue };
        let Some(then) = order_tag(base, code) else { continue };
        let repeats = matches!(step.action, Action::Confirm | Action::OnConfirm) && step.action != owner;
        let now = order_tag(step, code);
        if now.is_none() && repeats && order(step).is_some() {
            out.push(dropped("history/TERMS_ECHOED", step, "/message/order/tags".to_owned(), base, &then, code));
        }
        let Some(now) = now.filter(|_| repeats || tells_the_order(step)) else { continue };
        for entry in then.list("/list") {
            let Some(key) = entry.text("/code").filter(|key| !key.starts_with("accept_")) else { continue };
            let Some(was) = entry.at("/value").filter(|was| was.word("").is_some()) else { continue };
            match now.entry(key) {
                Some(is) if is.word("") != was.word("") => {
                    out.push(changed("history/TERMS_KEPT", step, &is, base, &was, &format!("{code}.{key}")));
                }
                None if repeats => {
                    let place = now.place("/list");
                    out.push(dropped("history/TERMS_ECHOED", step, place, base, &was, &format!("{code}.{key}")));
                }
                Some(_) | None => {}
            }
        }
    }
}

/// Who sells and under which tax number stands in the terms of `on_init` and of `on_confirm`.
fn given(step: &Step<'_>, out: &mut Vec<Found>) {
    let wanted: &[(&str, &str)] = match step.action {
        Action::OnInit => &[("bpp_terms", "tax_number"), ("bpp_terms", "provider_tax_number")],
        Action::Confirm => &[("bap_terms", "tax_number")],
        Action::OnConfirm => &[
            ("bpp_terms", "np_type"),
            ("bpp_terms", "tax_number"),
            ("bpp_terms", "provider_tax_number"),
            ("bap_terms", "tax_number"),
        ],
        _ => return,
    };
    if order(step).is_none() || step.value("/error").is_some_and(|error| !error.is_null()) {
        return;
    }
    for (code, key) in wanted {
        let tag = order_tag(step, code);
        if tag.as_ref().and_then(|tag| tag.entry_word(key)).is_some() {
            continue;
        }
        let place = tag.map_or("/message/order/tags".to_owned(), |tag| tag.place("/list"));
        let text = format!("{} does not say {key} in {code}", step.action);
        out.push(step.found("history/TERMS_GIVEN", place, text).wants(format!("{code} with {key}")));
    }
}

/// np_type is that of the catalogue, and the holder in the tax number fits it.
fn kind_of_seller(view: &FlowView<'_>, step: &Step<'_>, out: &mut Vec<Found>) {
    let Some(terms) =
        order_tag(step, "bpp_terms").filter(|_| matches!(step.action, Action::OnInit | Action::OnConfirm))
    else {
        return;
    };
    let shown = shown_kind(view, step);
    if let (Some(is), Some((catalogue, was))) = (terms.entry("np_type"), &shown)
        && is.word("") != was.word("")
    {
        out.push(changed("history/SELLER_KIND_KEPT", step, &is, catalogue, was, "np_type"));
    }
    let kind = terms.entry_word("np_type").or_else(|| shown.and_then(|(_, kind)| kind.word("")));
    let (Some(kind), Some(number), Some(holder)) =
        (kind, terms.entry_word("tax_number"), terms.entry("provider_tax_number"))
    else {
        return;
    };
    let Some(inside) = number.get(2..12).filter(|_| number.len() == 15 && step.action == Action::OnInit) else {
        return;
    };
    let holder_is = holder.word("").unwrap_or_default();
    if holder_is.len() == 10 && kind == "ISN" && inside != holder_is {
        let text = format!(
            "an ISN sells its own stock: its tax number {number} holds {inside}, provider_tax_number is {holder_is}"
        );
        out.push(step.found("history/TAX_HOLDER", holder.pointer, text).wants(inside).has(holder_is));
    } else if kind == "MSN" && inside == holder_is {
        let text = format!(
            "an MSN sells for others: provider_tax_number {holder_is} is the holder of its own tax number {number}"
        );
        out.push(step.found("history/TAX_HOLDER", holder.pointer, text).wants("the merchant's number").has(holder_is));
    }
}

fn shown_kind<'t, 'a>(view: &'t FlowView<'a>, step: &Step<'a>) -> Option<(&'t Step<'a>, Part<'a>)> {
    let seller = step.text("/context/bpp_id");
    let mut shown = view.all(Action::OnSearch).filter(|other| other.text("/context/bpp_id") == seller);
    shown.find_map(|catalogue| {
        let descriptor = Part::of(catalogue, "/message/catalog/bpp~1descriptor")?;
        Some((catalogue, descriptor.tag("bpp_terms")?.entry("np_type")?))
    })
}

/// Buyer app and seller are two businesses.
fn two_parties(step: &Step<'_>, out: &mut Vec<Found>) {
    if !matches!(step.action, Action::Confirm | Action::OnConfirm) {
        return;
    }
    let number = |code| order_tag(step, code).and_then(|tag| tag.entry("tax_number"));
    if let (Some(buyer), Some(seller)) = (number("bap_terms"), number("bpp_terms"))
        && buyer.word("").is_some()
        && buyer.word("") == seller.word("")
    {
        let text = "buyer app and seller have the same tax number";
        out.push(
            step.found("history/TAX_NUMBERS_DIFFER", buyer.pointer.clone(), text).against(step.place(seller.pointer)),
        );
    }
}
