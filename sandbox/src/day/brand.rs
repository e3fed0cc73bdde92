//! A made-up brand: clusters of postal codes, distributors with a territory, retailers round the corner, shelves.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::chance::Chance;
use super::faults::Faults;

/// How large the brand and its day are.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub name: &'static str,
    pub partners: usize,
    pub skus: usize,
    /// Items that one partner has; the popular ones.
    pub stocked: usize,
    pub d2c: usize,
    pub b2b: usize,
}

impl Size {
    /// 60 partners × 300 items, 200 + 1,000 orders.
    pub const SMALL: Self = Self { name: "small", partners: 60, skus: 300, stocked: 300, d2c: 200, b2b: 1_000 };
    /// 3,500 partners × 1,500 items, 11,000 orders of households; the share of B2B that is run is a choice.
    pub const LARGE: Self =
        Self { name: "large", partners: 3_500, skus: 1_500, stocked: 1_500, d2c: 11_000, b2b: 2_000 };
    /// For tests.
    pub const TINY: Self = Self { name: "tiny", partners: 10, skus: 20, stocked: 20, d2c: 40, b2b: 20 };
}

/// Where people live: a postal code and its middle.
#[derive(Clone, Debug)]
pub struct Cell {
    pub area_code: String,
    pub gps: String,
    /// Partners that serve it, the nearest first.
    pub partners: Vec<usize>,
}

#[derive(Clone, Debug)]
pub struct Brand {
    pub partners: Vec<String>,
    pub skus: Vec<String>,
    pub cells: Vec<Cell>,
    pub partners_csv: String,
    pub items_csv: String,
    pub stock_csv: String,
    /// What the books say at the start, by (partner, item).
    pub told: BTreeMap<(usize, usize), i64>,
    /// What is really there.
    pub truth: BTreeMap<(usize, usize), i64>,
    pub wrong_shelves: usize,
}

/// Partners of a cluster; the first two are distributors who serve all of it.
const PER_CLUSTER: usize = 10;
const DISTRIBUTORS: usize = 2;
const CELLS_PER_CLUSTER: usize = 12;

impl Brand {
    pub fn make(size: Size, faults: &Faults, chance: &Chance) -> Self {
        let mut brand = Self {
            partners: Vec::new(),
            skus: (0..size.skus).map(|n| format!("SKU-{n:04}")).collect(),
            cells: Vec::new(),
            partners_csv: PARTNER_COLUMNS.to_owned(),
            items_csv: ITEM_COLUMNS.to_owned(),
            stock_csv: "partner_id,sku,on_hand,safety,price\n".to_owned(),
            told: BTreeMap::new(),
            truth: BTreeMap::new(),
            wrong_shelves: 0,
        };
        for cluster in 0..size.partners.div_ceil(PER_CLUSTER) {
            brand.cluster(cluster, size, chance);
        }
        for n in 0..size.skus {
            brand.item(n, chance);
        }
        for partner in 0..size.partners {
            for sku in 0..size.stocked.min(size.skus) {
                brand.shelf(partner, sku, size, faults, chance);
            }
        }
        brand
    }

    fn cluster(&mut self, cluster: usize, size: Size, chance: &Chance) {
        let first_cell = self.cells.len();
        // Clusters lie half a degree apart, their cells some two kilometres.
        let (south, west) = (9_000 + (cluster % 40) as i64 * 500, 73_000 + (cluster / 40) as i64 * 500);
        let mut middles = Vec::new();
        for n in 0..CELLS_PER_CLUSTER {
            let middle = (south + (n % 4) as i64 * 20, west + (n / 4) as i64 * 20);
            middles.push(middle);
            let area_code = format!("{}", 500_001 + cluster * CELLS_PER_CLUSTER + n);
            self.cells.push(Cell { area_code, gps: gps(middle, 0), partners: Vec::new() });
        }
        for n in 0..PER_CLUSTER.min(size.partners - cluster * PER_CLUSTER) {
            let number = self.partners.len();
            let home = chance.index(CELLS_PER_CLUSTER);
            let near = |cell: usize| {
                let (a, b) = (middles[home], middles[cell]);
                (a.0 - b.0).abs() + (a.1 - b.1).abs()
            };
            let reach = if n < DISTRIBUTORS { i64::MAX } else { 20 * chance.between(1, 2) };
            let served: Vec<usize> = (0..CELLS_PER_CLUSTER).filter(|cell| near(*cell) <= reach).collect();
            let serves: Vec<&str> =
                served.iter().map(|cell| self.cells[first_cell + cell].area_code.as_str()).collect();
            let id = format!("p{number:04}");
            let kind = if n < DISTRIBUTORS { "distributor" } else { "retailer" };
            let fee = if n < DISTRIBUTORS { 45 } else { 30 };
            let _ = writeln!(
                self.partners_csv,
                "{id},Store {number:04},{kind},\"{}\",Block {n},{n} Main Road,Bengaluru,Karnataka,{},std:080,\
                 08000000101,orders@{id}.example,{},1 2 3 4 5 6 7,0001,2359,PT30M,PT90M,10.00,{fee}.00,0.00,\
                 12926000000101,AAACK0101Z,yes",
                gps(middles[home], chance.between(1, 9)),
                self.cells[first_cell + home].area_code,
                serves.join(" "),
            );
            for cell in served {
                self.cells[first_cell + cell].partners.push(number);
            }
            self.partners.push(id);
            // The nearest first: a partner that lives here goes to the front.
            self.cells[first_cell + home].partners.rotate_right(1);
        }
    }

    fn item(&mut self, n: usize, chance: &Chance) {
        let price = chance.between(40, 400);
        let _ = writeln!(
            self.items_csv,
            "{},Made-up rice {n},Rice.,Rice in a bag.,,Rice and Rice Products,{price}.00,{}.00,kilogram,1,{},0,yes,yes,yes,\
             P3D,PT30M,500,IND,Rice,Example Foods Limited,\"Plot 1, Food Park Road, Hosur, Tamil Nadu 635109\",10/2026,\
             \"Energy(KCal)-per 100g: 127, Protein(g)-per 100g: 8, Carbohydrate(g)-per 100g: 18\",None,10026042000118,\
             \"Example Care,care@brand.example,18000000100\",veg,yes",
            self.skus[n],
            price + 20,
            ean(n),
        );
    }

    /// What sells more is stocked more.
    fn shelf(&mut self, partner: usize, sku: usize, size: Size, faults: &Faults, chance: &Chance) {
        let orders = (size.b2b * 6 + size.d2c) as i64;
        let usual = 6 + 4 * orders / (size.partners as i64 * (sku as i64 + 1));
        let told = chance.between(0, usual * 2);
        let truth = faults.truth(told, chance);
        self.wrong_shelves += usize::from(truth != told);
        let _ = writeln!(self.stock_csv, "{},{},{told},0,", self.partners[partner], self.skus[sku]);
        self.told.insert((partner, sku), told);
        self.truth.insert((partner, sku), truth);
    }
}

fn gps((latitude, longitude): (i64, i64), off: i64) -> String {
    let degrees = |thousandths: i64| format!("{}.{:03}{off:03}", thousandths / 1_000, thousandths % 1_000);
    format!("{},{}", degrees(latitude), degrees(longitude))
}

/// A product code with its check digit.
fn ean(n: usize) -> String {
    let body = format!("890{n:09}");
    let weighted: u32 =
        body.bytes().enumerate().map(|(at, digit)| u32::from(digit - b'0') * if at % 2 == 1 { 3 } else { 1 }).sum();
    format!("1:{body}{}", (10 - weighted % 10) % 10)
}

const PARTNER_COLUMNS: &str = "id,name,kind,gps,locality,street,city_name,state,area_code,city,phone,email,serves,days,opens,closes,\
     time_to_ship,time_to_deliver,packing_fee,delivery_fee,order_value_min,fssai,tax_number,active\n";
const ITEM_COLUMNS: &str = "sku,name,short_description,long_description,images,category,price,mrp,unit,measure,code,tax_rate,\
     returnable,cancellable,cod,return_window,time_to_ship,maximum_count,origin,generic_name,manufacturer_name,\
     manufacturer_address,packed_on,nutrition,additives,fssai,consumer_care,veg,active\n";
