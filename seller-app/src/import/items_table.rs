//! The table of items: what the brand sells, one row per SKU.

use rust_decimal::Decimal;

use crate::catalogue::{Item, PackagedCommodity, PrepackagedFood};
use crate::money::Money;

use super::cell;
use super::partners_table::period;
use super::table::{Columns, Fault, Line, rows};

/// What the file must and may have.
pub const COLUMNS: Columns = Columns {
    table: "items",
    required: &["sku", "name", "category", "price", "mrp", "unit", "measure", "code", "origin", "consumer_care"],
    optional: &[
        "short_description",
        "long_description",
        "images",
        "tax_rate",
        "tax_included",
        "returnable",
        "cancellable",
        "cod",
        "return_window",
        "time_to_ship",
        "maximum_count",
        "minimum_count",
        "generic_name",
        "manufacturer_name",
        "manufacturer_address",
        "packed_on",
        "nutrition",
        "additives",
        "fssai",
        "veg",
        "active",
    ],
};

const UNITS: [&str; 7] = ["unit", "dozen", "gram", "kilogram", "tonne", "litre", "millilitre"];

/// Reads the table. `category_known` comes from the network's code list of categories.
pub fn read(bytes: &[u8], category_known: &dyn Fn(&str) -> bool, faults: &mut Vec<Fault>) -> Vec<Item> {
    let read = rows(COLUMNS, bytes, faults, |line| item(line, category_known));
    let mut good: Vec<Item> = Vec::with_capacity(read.len());
    for (row, item) in read {
        if good.iter().any(|earlier| earlier.sku == item.sku) {
            let message = format!("`{}` is there twice", item.sku);
            faults.push(Fault { table: COLUMNS.table.to_owned(), row, column: "sku".to_owned(), message });
        } else {
            good.push(item);
        }
    }
    good
}

fn item(line: &mut Line<'_>, category_known: &dyn Fn(&str) -> bool) -> Option<Item> {
    let sku = line.parsed("sku", "an id of letters, digits and hyphens, at most 28", cell::identifier);
    let category = line.parsed("category", "a category of the network (see /api/categories)", |text| {
        category_known(text).then(|| text.to_owned())
    });
    let (price, mrp) = prices(line);
    let unit = line
        .parsed("unit", &format!("one of {}", UNITS.join(", ")), |text| UNITS.contains(&text).then(|| text.to_owned()));
    let measure = line.parsed_decimal("measure", "a number more than zero", |text| {
        text.parse::<Decimal>().ok().filter(|measure| *measure > Decimal::ZERO)
    });
    let expected = "a type and a code such as 1:8900000000012 with a right check digit";
    let code = line.parsed("code", expected, cell::product_code);
    let tax_rate = line.optional_decimal("tax_rate", "a percentage from 0 to 100", cell::percentage);
    let returnable = line.yes_no("returnable", true);
    let return_window = period(line, "return_window", "P0D");
    let time_to_ship = period(line, "time_to_ship", "PT1H");
    if returnable && return_window.as_ref().is_some_and(|window| window.seconds() == 0) {
        line.fault("return_window", "a returnable item needs one, such as P3D");
    }
    let maximum_count = line.optional("maximum_count", "a whole number from 1", cell::count);
    let minimum_count = line.optional("minimum_count", "a whole number from 1", cell::count).unwrap_or(1);
    let origin = line.parsed("origin", "a country of three letters such as IND", cell::country);
    let consumer_care = line.parsed("consumer_care", "name,email,phone", cell::consumer_care);
    let veg_nonveg = line.optional("veg", "veg, non_veg or egg", |text| {
        matches!(text, "veg" | "non_veg" | "egg").then(|| text.to_owned())
    });
    Some(Item {
        sku: sku?,
        name: line.required("name"),
        short_desc: line.text("short_description"),
        long_desc: line.text("long_description"),
        images: line.words("images"),
        category: category?,
        price: price?,
        mrp: mrp?,
        unit: unit?,
        measure: measure?,
        code: code?,
        tax_rate: tax_rate.unwrap_or_default(),
        tax_included: line.yes_no("tax_included", true),
        returnable,
        cancellable: line.yes_no("cancellable", true),
        return_window: return_window?,
        seller_pickup_return: true,
        time_to_ship: time_to_ship?,
        available_on_cod: line.yes_no("cod", false),
        maximum_count,
        minimum_count,
        origin: origin?,
        veg_nonveg,
        consumer_care: consumer_care?,
        packaged_commodity: packaged_commodity(line),
        prepackaged_food: prepackaged_food(line),
        active: line.yes_no("active", true),
    })
}

fn prices(line: &mut Line<'_>) -> (Option<Money>, Option<Money>) {
    let more_than_zero = |text: &str| cell::amount(text).filter(|amount| !amount.is_zero());
    let price = line.parsed_decimal("price", cell::AMOUNT, more_than_zero);
    let mrp = line.parsed_decimal("mrp", cell::AMOUNT, more_than_zero);
    if let (Some(price), Some(mrp)) = (price, mrp)
        && price > mrp
    {
        line.fault("price", format!("{price} is more than the maximum retail price {mrp}"));
    }
    (price, mrp)
}

/// All four label fields, or none of them.
fn packaged_commodity(line: &mut Line<'_>) -> Option<PackagedCommodity> {
    let columns = ["generic_name", "manufacturer_name", "manufacturer_address", "packed_on"];
    if columns.iter().all(|column| line.text(column).is_empty()) {
        return None;
    }
    let packed_on = line.parsed("packed_on", "a month such as 10/2026", cell::month);
    Some(PackagedCommodity {
        manufacturer_or_packer_name: line.required("manufacturer_name"),
        manufacturer_or_packer_address: line.required("manufacturer_address"),
        common_or_generic_name_of_commodity: line.required("generic_name"),
        month_year_of_manufacture_packing_import: packed_on?,
    })
}

/// All three food fields, or none of them.
fn prepackaged_food(line: &mut Line<'_>) -> Option<PrepackagedFood> {
    if ["nutrition", "additives", "fssai"].iter().all(|column| line.text(column).is_empty()) {
        return None;
    }
    let license = line.parsed("fssai", "14 digits", |text| cell::digits(text, 14))?;
    Some(PrepackagedFood {
        nutritional_info: line.required("nutrition"),
        additives_info: line.required("additives"),
        brand_owner_fssai_license_no: license.clone(),
        other_fssai_license_no: license.clone(),
        importer_fssai_license_no: license,
    })
}
