//! The table of partners: distributors, large retailers and the others, one row each.
//!
//! A new partner whose `active` is yes is taken over as one that sells already; any other new one begins as invited and goes
//! live with its checklist. For a known partner `active` suspends it or brings it back, and an empty cell leaves it.

use crate::catalogue::{Address, Gps, Hours, Partner, Period};
use crate::money::Money;
use crate::partners::{Kind, Service, Terms};

use super::cell;
use super::service_cells;
use super::table::{Columns, Fault, Line, rows};

/// What the file must and may have. `docs`: seller-app/seeds/README.md.
pub const COLUMNS: Columns = Columns {
    table: "partners",
    required: &["id", "name", "gps", "locality", "street", "city_name", "state", "area_code", "city", "phone", "email"],
    optional: &[
        "kind",
        "serves",
        "radius_km",
        "days",
        "opens",
        "closes",
        "holidays",
        "time_to_ship",
        "time_to_deliver",
        "packing_fee",
        "delivery_fee",
        "order_value_min",
        "fssai",
        "tax_number",
        "active",
        "tier",
        "capabilities",
        "country_wide",
        "polygon",
        "category_areas",
        "orders_per_day",
        "slot_orders",
        "cut_off",
        "stock_owner",
        "fee_per_order",
        "fee_percent",
        "commission_percent",
        "delivery_cost",
        "return_cost",
    ],
};

/// A partner with what only the brand knows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PartnerRow {
    pub partner: Partner,
    pub kind: Kind,
    /// What the table says of these; `None` leaves a known partner's as they are.
    pub service: Option<Service>,
    pub tier: Option<String>,
    pub terms: Option<Terms>,
    /// Whether it shall be on the network; `None` leaves that to its life cycle.
    pub active: Option<bool>,
    pub row: u64,
}

/// Reads the table; rows with a fault are left out and named in `faults`.
pub fn read(bytes: &[u8], faults: &mut Vec<Fault>) -> Vec<PartnerRow> {
    let read = rows(COLUMNS, bytes, faults, partner);
    let mut good: Vec<PartnerRow> = Vec::with_capacity(read.len());
    for (row, partner) in read {
        if good.iter().any(|earlier| earlier.partner.id == partner.partner.id) {
            faults.push(Fault {
                table: COLUMNS.table.to_owned(),
                row,
                column: "id".to_owned(),
                message: format!("`{}` is there twice", partner.partner.id),
            });
        } else {
            good.push(partner);
        }
    }
    good
}

fn partner(line: &mut Line<'_>) -> Option<PartnerRow> {
    let id = line.parsed("id", "an id of letters, digits and hyphens, at most 28", cell::identifier);
    let name = line.required("name");
    let kind = line.optional("kind", &kinds(), Kind::parse);
    let gps = line.parsed("gps", "latitude,longitude with at least four decimals", |text| {
        cell::gps(text).and_then(|text| Gps::parse(&text).ok())
    });
    let address = Address {
        street: line.required("street"),
        locality: line.required("locality"),
        city: line.required("city_name"),
        state: line.required("state"),
    };
    let area_code = line.parsed("area_code", "a postal code of six digits", cell::area_code);
    let city = line.parsed("city", "a city code such as std:080", cell::city);
    let phone = line.parsed("phone", "10 or 11 digits", cell::phone);
    let email = line.parsed("email", "an e-mail address", cell::email);
    let expected = "postal codes of six digits with blanks between";
    let serves = line.optional("serves", expected, service_cells::postal_codes);
    let (serves, ranges) = serves.unwrap_or_default();
    let wide = !ranges.is_empty();
    let service = service_cells::service(line, ranges);
    let terms = service_cells::terms(line);
    let tier = Some(line.text("tier")).filter(|tier| !tier.is_empty());
    let radius_km = line.optional("radius_km", "a whole number of kilometres", |text| text.parse().ok());
    let time_to_ship = period(line, "time_to_ship", "PT1H");
    let time_to_deliver = period(line, "time_to_deliver", "PT4H");
    let (packing_fee, delivery_fee) = (fee(line, "packing_fee"), fee(line, "delivery_fee"));
    let order_value_min = fee(line, "order_value_min");
    let fssai = line.optional("fssai", "14 digits", |text| cell::digits(text, 14));
    let hours = hours(line);
    let holidays = holidays(line);
    let active = (!line.text("active").is_empty()).then(|| line.yes_no("active", true));
    let tax_number = Some(line.text("tax_number")).filter(|text| !text.is_empty());
    let elsewhere = service
        .as_ref()
        .is_some_and(|service| wide || service.coverage.country_wide || service.coverage.polygon.is_some());
    if line.text("serves").is_empty() && radius_km.is_none() && !elsewhere {
        line.fault("serves", "give postal codes or a radius_km: nobody could order otherwise");
    }
    let partner = Partner {
        id: id?,
        short_desc: format!("{name}, {}", address.locality),
        long_desc: format!("{name}, {}, {}", address.locality, address.city),
        name,
        images: Vec::new(),
        gps: gps?,
        address,
        area_code: area_code?,
        phone: phone?,
        email: email?,
        city: city?,
        serves,
        radius_km,
        hours,
        holidays,
        time_to_ship: time_to_ship?,
        time_to_deliver: time_to_deliver?,
        packing_fee,
        delivery_fee,
        order_value_min,
        fssai_license_no: fssai,
        tax_number,
        service: service.clone().unwrap_or_default(),
        active: active.unwrap_or(false),
    };
    let row = line.row;
    Some(PartnerRow { partner, kind: kind.unwrap_or(Kind::Retailer), service, tier, terms, active, row })
}

fn kinds() -> String {
    format!("one of {}", Kind::ALL.map(Kind::as_str).join(", "))
}

/// A duration column with a default for an empty cell.
pub(super) fn period(line: &mut Line<'_>, column: &str, default: &str) -> Option<Period> {
    let expected = "an ISO 8601 duration such as PT45M or P2D";
    if line.text(column).is_empty() {
        Period::parse(default).ok()
    } else {
        line.parsed(column, expected, |text| Period::parse(text).ok())
    }
}

/// A money column where an empty cell is nothing.
pub(super) fn fee(line: &mut Line<'_>, column: &str) -> Money {
    line.optional_decimal(column, cell::AMOUNT, cell::amount).unwrap_or_default()
}

fn hours(line: &mut Line<'_>) -> Hours {
    let default = Hours::default();
    let days = line.optional("days", "days such as 1 2 3 (1 is Monday), none twice", cell::days);
    let opens = line.optional("opens", "a time such as 0900", cell::clock_time);
    let closes = line.optional("closes", "a time such as 2130", cell::clock_time);
    let hours = Hours {
        days: days.unwrap_or(default.days),
        opens: opens.unwrap_or(default.opens),
        closes: closes.unwrap_or(default.closes),
        utc_offset_min: default.utc_offset_min,
    };
    if !hours.is_readable() {
        line.fault("closes", format!("must be later than opens ({})", hours.opens));
    }
    hours
}

fn holidays(line: &mut Line<'_>) -> Vec<jiff::civil::Date> {
    let mut days = Vec::new();
    for word in line.words("holidays") {
        match cell::date(&word) {
            Some(day) => days.push(day),
            None => line.fault("holidays", format!("`{word}` is not a day such as 2027-01-26")),
        }
    }
    days
}
