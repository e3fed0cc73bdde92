//! Papers: what stands on an invoice adds up, and there is one only when the goods have left.

use rust_decimal::Decimal;
use seller_app::catalogue::Item;
use seller_app::documents::{Paper, Papers, awb, invoice};
use seller_app::money::Money;
use seller_app::order::Command;

use crate::buyer::{self, Pay};
use crate::world::World;

const NO_LOTS: &std::collections::BTreeMap<String, String> = &std::collections::BTreeMap::new();

fn papers<'a>(world: &'a World, items: &'a [Item]) -> Papers<'a> {
    Papers { order: world.order(), partner: Some(&world.partner), seller: &world.seller, items, lots: NO_LOTS }
}

/// Rice with five percent in its price, oil with five on top, delivery and packing.
fn shipped(pay: Pay) -> World {
    let mut world = World::new("1.2.5");
    world.items[0].tax_rate = Decimal::from(5);
    buyer::buy(&mut world, &[("RICE-5", 2), ("OIL-1", 1)], pay);
    world.desk(Command::Pack).unwrap();
    world
}

#[test]
fn an_invoice_adds_up_to_the_quote_and_tells_the_tax_apart() {
    let mut world = shipped(Pay::Prepaid);
    let items = world.items.clone();
    assert!(papers(&world, &items).print(Paper::Invoice).is_none(), "nothing has left the store");
    world.desk(Command::PickUp).unwrap();
    let papers = papers(&world, &items);
    let lines = invoice::lines(&papers);
    let sum: Money = lines.iter().map(|line| line.taxable + line.tax).sum();
    assert_eq!(sum, world.order().quote.total());
    let taxes: Vec<String> = lines.iter().map(|line| line.tax.wire()).collect();
    // 778.00 has 37.05 in it; 199.99 has 10.00 on top.
    assert_eq!(taxes, ["37.05", "10.00", "0.00", "0.00"]);
    let url = &world.order().documents[0].url;
    assert!(url.contains(&world.order().delivery().unwrap().id) && url.ends_with(".pdf"), "{url}");
    assert!(papers.print(Paper::Invoice).unwrap().starts_with(b"%PDF-"));
}

/// `cargo test … papers -- --ignored` writes them to look at.
#[test]
#[ignore = "writes files for people to look at"]
fn write_papers() {
    let mut world = shipped(Pay::Cash);
    let items = world.items.clone();
    world.desk(Command::PickUp).unwrap();
    let folder = std::env::temp_dir().join("haat-papers");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, paper) in [("slip", Paper::Slip), ("label", Paper::Label), ("invoice", Paper::Invoice)] {
        let bytes = papers(&world, &items).print(paper).unwrap();
        std::fs::write(folder.join(format!("{name}.pdf")), bytes).unwrap();
    }
}

#[test]
fn a_parcels_number_follows_from_its_fulfilment_and_slip_and_label_are_there_before_it_leaves() {
    let world = shipped(Pay::Cash);
    let items = world.items.clone();
    assert!(awb(world.order().delivery().unwrap()).starts_with("HTF"));
    for paper in [Paper::Slip, Paper::Label] {
        assert!(papers(&world, &items).print(paper).unwrap().starts_with(b"%PDF-"));
    }
}
