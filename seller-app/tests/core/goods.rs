//! One partner, three items, one seller: what every test sells.

use rust_decimal::Decimal;
use seller_app::catalogue::{
    Address, Gps, Hours, Item, NpType, PackagedCommodity, Partner, Period, PrepackagedFood, Seller, SettlementAccount,
    Storefront, TradeTerms,
};
use seller_app::money::Money;

pub fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

pub fn money(text: &str) -> Money {
    Money::parse(text).unwrap()
}

pub fn partner() -> Partner {
    Partner {
        id: "blr-hill".to_owned(),
        name: "Hill Street Stores".to_owned(),
        short_desc: String::new(),
        long_desc: String::new(),
        images: Vec::new(),
        gps: Gps::parse("12.956399,77.636803").unwrap(),
        address: Address {
            street: "4, Hill Street".to_owned(),
            locality: "Domlur".to_owned(),
            city: "Bengaluru".to_owned(),
            state: "Karnataka".to_owned(),
        },
        area_code: "560071".to_owned(),
        phone: "08000000001".to_owned(),
        email: "orders@hill.example".to_owned(),
        city: "std:080".to_owned(),
        serves: vec!["560071".to_owned(), "560038".to_owned()],
        radius_km: Some(8),
        hours: Hours::default(),
        holidays: vec![jiff::civil::date(2027, 1, 26)],
        time_to_ship: period("PT30M"),
        time_to_deliver: period("PT60M"),
        packing_fee: money("10.00"),
        delivery_fee: money("30.00"),
        order_value_min: money("100.00"),
        fssai_license_no: None,
        tax_number: None,
        service: seller_app::partners::Service::default(),
        active: true,
    }
}

/// Rice (returnable, taxed inside), oil (tax on top, at most 5), milk (neither returned nor cancelled, no cash).
pub fn items() -> Vec<Item> {
    let rice = Item {
        sku: "RICE-5".to_owned(),
        name: "Sona Rice 5 kg".to_owned(),
        short_desc: String::new(),
        long_desc: String::new(),
        images: vec!["https://brand.example/rice.png".to_owned()],
        category: "Rice and Rice Products".to_owned(),
        price: money("389.00"),
        mrp: money("430.00"),
        unit: "kilogram".to_owned(),
        measure: Decimal::from(5),
        code: "1:8900000000012".to_owned(),
        tax_rate: Decimal::ZERO,
        tax_included: true,
        returnable: true,
        cancellable: true,
        return_window: period("P3D"),
        seller_pickup_return: true,
        time_to_ship: period("PT30M"),
        available_on_cod: true,
        maximum_count: None,
        minimum_count: 1,
        origin: "IND".to_owned(),
        veg_nonveg: Some("veg".to_owned()),
        consumer_care: "Care,care@brand.example,18000000100".to_owned(),
        packaged_commodity: Some(PackagedCommodity {
            manufacturer_or_packer_name: "Brand Foods".to_owned(),
            manufacturer_or_packer_address: "Plot 21, Hosur".to_owned(),
            common_or_generic_name_of_commodity: "Rice".to_owned(),
            month_year_of_manufacture_packing_import: "10/2026".to_owned(),
        }),
        prepackaged_food: Some(PrepackagedFood {
            nutritional_info: "Energy 130 kcal per 100 g".to_owned(),
            additives_info: "None".to_owned(),
            brand_owner_fssai_license_no: "10026042000118".to_owned(),
            other_fssai_license_no: "10026042000118".to_owned(),
            importer_fssai_license_no: "10026042000118".to_owned(),
        }),
        active: true,
    };
    let oil = Item {
        sku: "OIL-1".to_owned(),
        name: "Groundnut Oil 1 l".to_owned(),
        category: "Oil & Ghee".to_owned(),
        price: money("199.99"),
        mrp: money("250.00"),
        unit: "litre".to_owned(),
        measure: Decimal::ONE,
        tax_rate: Decimal::from(5),
        tax_included: false,
        maximum_count: Some(5),
        time_to_ship: period("PT45M"),
        ..rice.clone()
    };
    let milk = Item {
        sku: "MILK-1".to_owned(),
        name: "Fresh Milk 1 l".to_owned(),
        category: "Dairy and Cheese".to_owned(),
        price: money("62.50"),
        mrp: money("62.50"),
        unit: "litre".to_owned(),
        measure: Decimal::ONE,
        returnable: false,
        cancellable: false,
        available_on_cod: false,
        ..rice.clone()
    };
    vec![rice, oil, milk]
}

pub fn seller() -> Seller {
    Seller {
        returns: seller_app::returns::ReturnPolicy::default(),
        subscriber_id: "seller.example".to_owned(),
        storefront: Storefront {
            name: "Brand".to_owned(),
            short_desc: "Food".to_owned(),
            long_desc: "Food of the brand".to_owned(),
            symbol: "https://brand.example/brand.png".to_owned(),
            images: vec!["https://brand.example/brand.png".to_owned()],
            phone: "18000000100".to_owned(),
            email: "care@brand.example".to_owned(),
        },
        terms: TradeTerms {
            np_type: NpType::Marketplace,
            tax_number: "29ABCDE1234F1Z5".to_owned(),
            provider_tax_number: "PQRST6789K".to_owned(),
            settlement_basis: "delivery".to_owned(),
            settlement_window: period("P1D"),
            withholding_amount: "0.00".to_owned(),
        },
        settlement: SettlementAccount {
            beneficiary_name: "Brand".to_owned(),
            settlement_type: "neft".to_owned(),
            upi_address: None,
            account_no: "1234567890".to_owned(),
            ifsc_code: "ABCD0001234".to_owned(),
            bank_name: "Bank".to_owned(),
            branch_name: "Main".to_owned(),
        },
        tracking_url: Some("https://seller.example/track".to_owned()),
        invoice_url: "https://seller.example/invoice".to_owned(),
        quote_ttl: period("PT15M"),
        hold_for: period("PT10M"),
        fulfilment: seller_app::fulfilment::Policy::default(),
        scarce: Default::default(),
        accept_at_once: true,
    }
}
