//! Columns of partners about service and money: equipment, areas, capacity, fees.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::catalogue::Gps;
use crate::money::Money;
use crate::partners::terms::StockOwner;
use crate::partners::{Area, Capabilities, Capacity, Coverage, Polygon, PostalRange, Service, SlotCapacity, Terms};

use super::cell;
use super::table::Line;

/// What a partner can do and for whom.
pub const SERVICE: [&str; 7] =
    ["capabilities", "country_wide", "polygon", "category_areas", "orders_per_day", "slot_orders", "cut_off"];

/// What the brand and a partner agree about money.
pub const TERMS: [&str; 6] =
    ["stock_owner", "fee_per_order", "fee_percent", "commission_percent", "delivery_cost", "return_cost"];

/// `None` when the table says nothing about service: then a known partner keeps what it has. `ranges` are those of the
/// column `serves` that are too wide to be counted out.
pub(super) fn service(line: &mut Line<'_>, ranges: Vec<PostalRange>) -> Option<Service> {
    if ranges.is_empty() && !line.has_any(&SERVICE) {
        return None;
    }
    let words = Capabilities::WORDS.join(", ");
    let capabilities = line.optional("capabilities", &format!("some of {words}, with blanks between"), capabilities);
    let polygon = line.optional("polygon", "three or more positions with blanks between", polygon);
    let categories = line.optional(
        "category_areas",
        "category: area | category: area, where an area is postal codes, 5 km, country, nowhere or polygon and positions",
        category_areas,
    );
    let per_day = line.optional("orders_per_day", "a whole number of orders from 1", cell::count);
    let slots = line.optional("slot_orders", "slots such as 0900-1200=20 1200-1500=15, one after the other", slots);
    let cut_off = line.optional("cut_off", "a time such as 1500", cell::clock_time);
    let country_wide = line.yes_no("country_wide", false);
    Some(Service {
        coverage: Coverage { ranges, polygon, country_wide, categories: categories.unwrap_or_default() },
        capabilities: capabilities.unwrap_or_default(),
        capacity: Capacity { per_day, slots: slots.unwrap_or_default() },
        cut_off,
    })
}

/// `None` when the table says nothing about money.
pub(super) fn terms(line: &mut Line<'_>) -> Option<Terms> {
    if !line.has_any(&TERMS) {
        return None;
    }
    let owner = line.optional("stock_owner", "partner or brand", StockOwner::parse);
    let money = |line: &mut Line<'_>, column: &str| -> Money {
        line.optional_decimal(column, cell::AMOUNT, cell::amount).unwrap_or_default()
    };
    let percent = |line: &mut Line<'_>, column: &str| -> Decimal {
        line.optional_decimal(column, "a percentage from 0 to 100", cell::percentage).unwrap_or_default()
    };
    Some(Terms {
        stock_owner: owner.unwrap_or_default(),
        fee_per_order: money(line, "fee_per_order"),
        fee_percent: percent(line, "fee_percent"),
        commission_percent: percent(line, "commission_percent"),
        delivery_cost: money(line, "delivery_cost"),
        return_cost: money(line, "return_cost"),
        agreed_at_ms: None,
    })
}

/// Postal codes and ranges of them, with blanks between: counted codes and wide ranges.
pub(super) fn postal_codes(text: &str) -> Option<(Vec<String>, Vec<PostalRange>)> {
    let (mut codes, mut ranges) = (Vec::new(), Vec::new());
    for word in text.split_whitespace() {
        match word.contains('-') {
            true => ranges.push(PostalRange::parse(word)?),
            false => codes.push(cell::area_code(word)?),
        }
    }
    if ranges.is_empty() {
        return Some((codes, ranges));
    }
    match Area::of_codes(codes, ranges) {
        Area::Codes { codes, ranges } => Some((codes, ranges)),
        Area::Radius { .. } | Area::CountryWide | Area::Polygon(_) | Area::Nowhere => None,
    }
}

fn capabilities(text: &str) -> Option<Capabilities> {
    let mut can = Capabilities::NONE;
    text.split_whitespace().all(|word| can.set(word, true)).then_some(can)
}

fn polygon(text: &str) -> Option<Polygon> {
    let corners: Option<Vec<Gps>> = text.split_whitespace().map(|word| Gps::parse(word).ok()).collect();
    Polygon::new(corners?).ok()
}

fn category_areas(text: &str) -> Option<BTreeMap<String, Area>> {
    let entry = |entry: &str| -> Option<(String, Area)> {
        let (category, area) = entry.split_once(':')?;
        let category = category.trim();
        (!category.is_empty()).then_some(())?;
        Some((category.to_owned(), area_of(area.trim())?))
    };
    text.split('|').map(entry).collect()
}

fn area_of(text: &str) -> Option<Area> {
    if let Some(km) = text.strip_suffix("km") {
        return km.trim().parse().ok().filter(|km| *km > 0).map(|km| Area::Radius { km });
    }
    if let Some(corners) = text.strip_prefix("polygon ") {
        return polygon(corners).map(Area::Polygon);
    }
    match text {
        "" => None,
        "country" => Some(Area::CountryWide),
        "nowhere" => Some(Area::Nowhere),
        codes => postal_codes(codes).map(|(codes, ranges)| Area::of_codes(codes, ranges)),
    }
}

fn slots(text: &str) -> Option<Vec<SlotCapacity>> {
    let slot = |word: &str| -> Option<SlotCapacity> {
        let (times, orders) = word.split_once('=')?;
        let (from, to) = times.split_once('-')?;
        let (from, to) = (cell::clock_time(from)?, cell::clock_time(to)?);
        (from < to).then_some(SlotCapacity { from, to, orders: cell::count(orders)? })
    };
    let slots: Vec<SlotCapacity> = text.split_whitespace().map(slot).collect::<Option<_>>()?;
    slots.windows(2).all(|pair| pair[0].to <= pair[1].from).then_some(slots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_of_categories_in_every_form() {
        let read =
            category_areas("Dairy and Cheese: 5 km | Oil & Ghee: 560001-560003 560010 | Rice: country | Tea: nowhere");
        let read = read.unwrap();
        assert_eq!(read["Dairy and Cheese"], Area::Radius { km: 5 });
        assert_eq!(read["Oil & Ghee"].counted().unwrap().len(), 4);
        assert_eq!((&read["Rice"], &read["Tea"]), (&Area::CountryWide, &Area::Nowhere));
        for wrong in ["Rice", "Rice: ", ": 5 km", "Rice: 0 km", "Rice: 56", "Rice: polygon 1,1 2,2"] {
            assert_eq!(category_areas(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn slots_and_capabilities() {
        assert_eq!(slots("0900-1200=20 1200-1500=15").unwrap().len(), 2);
        for wrong in ["0900-1200", "1200-0900=5", "0900-1300=5 1200-1500=5", "0900-1200=0"] {
            assert_eq!(slots(wrong), None, "{wrong}");
        }
        assert!(capabilities("packs cod").is_some_and(|can| can.cod && !can.delivers));
        assert_eq!(capabilities("packs flies"), None);
    }
}
