//! The kept catalogue: full, in pages, incremental; and finding things in it.

use buyer_app::MIGRATIONS;
use buyer_app::catalogue::geo::Point;
use buyer_app::catalogue::reading;
use buyer_app::catalogue::serviceability::Destination;
use buyer_app::store::catalogue::{Kept, Origin, keep};
use buyer_app::store::shelf::{Page, ShelfQuery, browse, categories};
use node::database::Database;
use node::testing::TempDatabase;
use serde_json::{Value, json};

use crate::seller::{both_items, catalogue, catalogue_item};
use crate::world::{World, acked, nack_code};

const AT: &str = "2026-03-01T08:00:00.000Z";

fn origin(city: &str, message: &str, told_ms: i64) -> Origin {
    Origin {
        domain: "ONDC:RET10".into(),
        city: city.into(),
        bpp_id: "seller.localhost".into(),
        bpp_uri: "http://seller.localhost/network".into(),
        core_version: "1.2.5".into(),
        message_id: message.into(),
        told_ms,
        versions: vec!["1.2.5".into(), "1.2.0".into()],
    }
}

async fn told(db: &Database, origin: &Origin, message: Value) -> Kept {
    let read = reading::read(&json!({"message": message}));
    let mut tx = db.begin().await.unwrap();
    let mut all = Kept::default();
    for provider in &read.providers {
        let kept = keep(&mut tx, origin, provider).await.unwrap();
        all = Kept {
            providers: all.providers + kept.providers,
            items: all.items + kept.items,
            removed: all.removed + kept.removed,
            switched: all.switched + kept.switched,
        };
    }
    tx.commit().await.unwrap();
    all
}

fn query(words: &str) -> ShelfQuery {
    ShelfQuery { city: "std:080".into(), words: words.into(), limit: 50, ..ShelfQuery::default() }
}

fn ids(page: &Page) -> Vec<&str> {
    page.items.iter().map(|i| i.item.id.as_str()).collect()
}

fn changes(provider: Value) -> Value {
    json!({"catalog": {"bpp/providers": [provider]}})
}

node::both_engines! {
    async fn found_by_words_place_price_and_category(db: TempDatabase) {
        let db = db.open("buyer", MIGRATIONS).await;
        told(&db, &origin("std:080", "m1", 1), catalogue(&both_items(AT), AT)).await;
        assert_eq!(ids(&browse(&db, &query("")).await.unwrap()), ["I2", "I1"], "by name");
        assert_eq!(ids(&browse(&db, &query("RED ríce")).await.unwrap()), ["I1"]);
        assert_eq!(ids(&browse(&db, &query("tea")).await.unwrap()), ["I2"], "the category counts as words");
        assert!(browse(&db, &query("rice masala")).await.unwrap().items.is_empty(), "all words must fit");
        let cheap = ShelfQuery { price_hundredths_max: Some(10_000), ..query("") };
        assert_eq!(ids(&browse(&db, &cheap).await.unwrap()), ["I2"]);
        let other = ShelfQuery { city: "std:011".into(), ..query("") };
        assert!(browse(&db, &other).await.unwrap().items.is_empty());
        for (code, expected) in [(560_037, 2), (110_001, 0)] {
            let place = Destination { area_code: Some(code), point: Point::parse("12.9569,77.7011"), country: "IND".into() };
            let there = ShelfQuery { destination: Some(place), ..query("") };
            assert_eq!(browse(&db, &there).await.unwrap().items.len(), expected, "{code}");
        }
        let facets = categories(&db, "ONDC:RET10", "std:080").await.unwrap();
        assert_eq!(facets, [("Rice and Rice Products".to_owned(), 1), ("Tea and Coffee".to_owned(), 1)]);
        let first = browse(&db, &ShelfQuery { limit: 1, ..query("") }).await.unwrap();
        let second = browse(&db, &ShelfQuery { limit: 1, offset: first.next.unwrap(), ..query("") }).await.unwrap();
        assert_eq!((ids(&first), ids(&second)), (vec!["I2"], vec!["I1"]));
    }

    /// A change may bring a new location at the same place, and say whom a location serves now.
    async fn an_item_moves_to_another_zone_of_its_store(db: TempDatabase) {
        let db = db.open("buyer", MIGRATIONS).await;
        told(&db, &origin("std:080", "m1", 1_000), catalogue(&both_items(AT), AT)).await;
        let at = async |code: u64| {
            let place = Destination { area_code: Some(code), point: None, country: "IND".into() };
            let there = browse(&db, &ShelfQuery { destination: Some(place), ..query("") }).await.unwrap();
            there.items.iter().map(|item| item.item.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(at(560_037).await, ["I2", "I1"]);
        let mut moved = catalogue_item("I1", "Red rice 1 kg", 12_000, "Rice and Rice Products", true, AT);
        moved["location_id"] = json!("L1-Z2");
        let full = catalogue(&[], AT);
        let mut location = full["catalog"]["bpp/providers"][0]["locations"][0].clone();
        location["id"] = json!("L1-Z2");
        let serves = json!({"code": "serviceability", "list": [{"code": "location", "value": "L1-Z2"},
            {"code": "category", "value": "Rice and Rice Products"}, {"code": "type", "value": "11"}, {"code": "val", "value": "560001"},
            {"code": "unit", "value": "pincode"}]});
        let change = changes(json!({"id": "P1", "items": [moved], "locations": [location], "tags": [serves]}));
        told(&db, &origin("*", "m2", 2_000), change.clone()).await;
        assert_eq!((at(560_037).await, at(560_001).await), (vec!["I2".to_owned()], vec!["I2".to_owned(), "I1".to_owned()]));
        let page = browse(&db, &query("rice")).await.unwrap();
        assert_eq!((page.items[0].location.id.as_str(), page.items[0].location.gps.as_str()), ("L1-Z2", "12.9352,77.6245"));
        // The next whole catalogue has the last word, and a change that it overtook has none.
        told(&db, &origin("std:080", "m3", 3_000), catalogue(&both_items(AT), AT)).await;
        told(&db, &origin("*", "m2", 2_000), change).await;
        assert_eq!(at(560_037).await, ["I2", "I1"]);
    }

    async fn a_new_full_catalogue_replaces_the_old_one(db: TempDatabase) {
        let db = db.open("buyer", MIGRATIONS).await;
        told(&db, &origin("std:080", "m1", 1_000), catalogue(&both_items(AT), AT)).await;
        told(&db, &origin("std:011", "m2", 1_000), catalogue(&both_items(AT), AT)).await;
        let kept = told(&db, &origin("std:080", "m3", 2_000), catalogue(&both_items(AT)[..1], AT)).await;
        assert_eq!((kept.items, kept.removed), (1, 1));
        assert_eq!(ids(&browse(&db, &query("")).await.unwrap()), ["I1"]);
        let delhi = ShelfQuery { city: "std:011".into(), ..query("") };
        assert_eq!(browse(&db, &delhi).await.unwrap().items.len(), 2, "another city is untouched");
        // A second page of the same answer adds.
        told(&db, &origin("std:080", "m3", 2_001), catalogue(&both_items(AT)[1..], AT)).await;
        assert_eq!(ids(&browse(&db, &query("")).await.unwrap()), ["I2", "I1"]);
        // An answer that was overtaken changes nothing.
        let mut old = both_items(AT);
        old[0]["descriptor"]["name"] = json!("Older rice");
        told(&db, &origin("std:080", "m0", 500), catalogue(&old, AT)).await;
        assert!(browse(&db, &query("older")).await.unwrap().items.is_empty());
    }

    /// A seller that answers in both versions is kept in the one that we like better, until that one is a day old.
    async fn the_better_version_is_kept(db: TempDatabase) {
        let db = db.open("buyer", MIGRATIONS).await;
        let older = |told_ms| Origin { core_version: "1.2.0".into(), ..origin("std:080", "old", told_ms) };
        let version = async || browse(&db, &query("")).await.unwrap().items[0].core_version.clone();
        told(&db, &older(1_000), catalogue(&both_items(AT), AT)).await;
        assert_eq!(version().await, "1.2.0");
        told(&db, &origin("std:080", "new", 2_000), catalogue(&both_items(AT), AT)).await;
        told(&db, &older(3_000), catalogue(&both_items(AT)[..1], AT)).await;
        assert_eq!((version().await.as_str(), browse(&db, &query("")).await.unwrap().items.len()), ("1.2.5", 2));
        told(&db, &older(2_000 + 24 * 3_600_000), catalogue(&both_items(AT), AT)).await;
        assert_eq!(version().await, "1.2.0");
    }

    async fn changes_are_folded_in(db: TempDatabase) {
        let db = db.open("buyer", MIGRATIONS).await;
        told(&db, &origin("std:080", "m1", 1_000), catalogue(&both_items(AT), AT)).await;
        let buyable = async || {
            let page = browse(&db, &query("")).await.unwrap();
            page.items.iter().filter(|i| i.buyable).map(|i| i.item.id.clone()).collect::<Vec<_>>()
        };
        // Out of stock, and dearer.
        let empty = catalogue_item("I1", "Red rice 1 kg", 13_000, "Rice and Rice Products", false, AT);
        told(&db, &origin("*", "i1", 2_000), changes(json!({"id": "P1", "items": [empty]}))).await;
        assert_eq!(buyable().await, ["I2"]);
        assert_eq!(browse(&db, &query("rice")).await.unwrap().items[0].item.price.wire(), "130.00");
        // A change that was overtaken.
        let stale = catalogue_item("I1", "Red rice 1 kg", 1, "Rice and Rice Products", true, AT);
        told(&db, &origin("*", "i0", 1_500), changes(json!({"id": "P1", "items": [stale]}))).await;
        assert_eq!(buyable().await, ["I2"]);
        // The store closes and opens again; then the whole provider.
        let store = |label: &str| changes(json!({"id": "P1", "locations": [{"id": "L1", "time": {"label": label, "timestamp": AT}}]}));
        assert_eq!(told(&db, &origin("*", "i2", 3_000), store("close")).await.switched, 1);
        assert!(buyable().await.is_empty());
        told(&db, &origin("*", "i3", 4_000), store("open")).await;
        assert_eq!(buyable().await, ["I2"]);
        let provider = |label: &str| changes(json!({"id": "P1", "time": {"label": label, "timestamp": AT}}));
        told(&db, &origin("*", "i4", 5_000), provider("disable")).await;
        assert!(buyable().await.is_empty());
        told(&db, &origin("*", "i5", 6_000), provider("enable")).await;
        assert_eq!(buyable().await, ["I2"]);
        // Something new of a provider that we know.
        let new = catalogue_item("I3", "Black tea", 8_000, "Tea and Coffee", true, AT);
        told(&db, &origin("*", "i6", 7_000), changes(json!({"id": "P1", "items": [new]}))).await;
        assert_eq!(buyable().await, ["I3", "I2"]);
    }

    /// Over the network: pushed changes are taken for a subscription, and refused without one.
    async fn pushed_changes(db: TempDatabase) {
        let world = World::start(db).await;
        let (_, search) = world.asked("/api/search", json!({"city": "std:080"})).await;
        let at = search["context"]["timestamp"].as_str().unwrap().to_owned();
        let answer = world.post_with("/api/search", json!({"city": "std:080", "transaction_id": search["context"]["transaction_id"]}), &[("prefer", "wait=1")]).await;
        assert_eq!(answer.status, 202, "no seller answered the second one");
        acked(world.reply(&search, catalogue(&both_items(&at), &at)).await);
        let (_, start) = world.asked("/api/search", json!({"incremental": "start"})).await;
        assert_eq!((&start["context"]["city"], &start["message"]["intent"]["tags"][0]["list"][0]["value"]), (&json!("*"), &json!("start")));
        let empty = catalogue_item("I1", "Red rice 1 kg", 12_000, "Rice and Rice Products", false, &at);
        acked(world.announce(&start, specs::Action::OnSearch, changes(json!({"id": "P1", "items": [empty]}))).await);
        node::testing::eventually("the flip shows", || async {
            let found = world.get("/api/catalogue?q=rice").await.body;
            (found["items"][0]["available"] == false).then_some(())
        }).await;
        let mut stranger = start.clone();
        stranger["context"]["transaction_id"] = json!("never-searched");
        let code = nack_code(world.announce(&stranger, specs::Action::OnSearch, changes(json!({"id": "P1", "time": {"label": "disable", "timestamp": at}}))).await);
        assert_eq!(code, "20008");
        world.stop().await;
    }
}

#[test]
fn what_cannot_be_read_is_left_out_and_named() {
    let mut items = both_items(AT);
    items.push(json!({"id": "broken", "descriptor": {"name": "No price"}}));
    let read = reading::read(&json!({"message": catalogue(&items, AT)}));
    assert_eq!(read.providers[0].items.len(), 2);
    assert_eq!(read.unreadable.len(), 1);
    assert!(read.unreadable[0].contains("broken") && read.unreadable[0].contains("price"), "{:?}", read.unreadable);
    assert_eq!(reading::read(&json!({"message": {}})), reading::Told::default());
}

/// Catalogues of other participants, as they really send them.
#[test]
fn foreign_catalogues_are_read() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/spec-data/examples"));
    if !folder.exists() {
        return node::testing::skip("the folder shared/spec-data is not beside the workspace");
    }
    let mut items = 0;
    for set in [
        "RET10-1.2.5/Discovery_Flow_full_catalog",
        "RET10-1.2.0/Search_and_Custom_Menu__Full_Catalog_City",
        "RET-1.2.1/on_search",
    ] {
        for file in std::fs::read_dir(folder.join(set))
            .unwrap()
            .map(|f| f.unwrap().path())
            .filter(|f| f.to_string_lossy().ends_with(".json"))
        {
            let Ok(payload) = serde_json::from_slice::<Value>(&std::fs::read(&file).unwrap()) else { continue };
            let read = reading::read(&payload);
            assert!(read.unreadable.is_empty(), "{}: {:?}", file.display(), read.unreadable);
            items += read.providers.iter().map(|p| p.items.len()).sum::<usize>();
        }
    }
    assert!(items > 20, "only {items} items were read");
}
