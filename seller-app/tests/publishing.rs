//! What is told of a change is read from its neighbourhood; here it is compared with what the whole brand says, from the store,
//! with and without hysteresis. Both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use actix_web::http::Method;
use actix_web::test as serving;
use node::testing::Engine;
use rstest::rstest;
use seller_app::publishing;
use seller_app::routing_desk::policies;
use seller_app::store::changes::{Change, EVERYTHING};
use seller_app::store::stock;
use seller_app::{SellerConfig, workers};
use serde_json::json;

#[macro_use]
#[path = "support/served.rs"]
mod served;
#[macro_use]
#[path = "support/buyer.rs"]
mod buyer;
use buyer::World;

/// Counts a shelf as it is today, and compares the part with the whole.
macro_rules! counted {
    ($world:expr, $partner_id:expr, $sku:expr, $units:expr) => {{
        let service = service!($world.seller.app);
        let path = format!("/api/stock/{}/{}", $partner_id, $sku);
        let request = serving::TestRequest::default().method(Method::PUT).uri(&path);
        let answer = serving::call_service(&service, request.set_json(json!({ "on_hand": $units })).to_request()).await;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }};
}

async fn same(world: &World, noted: &[Change]) {
    let app = &world.seller.app;
    let whole = publishing::snapshot(app).await.unwrap();
    let part = publishing::snapshot_of(app, noted).await.unwrap();
    let (part, whole) = (format!("{:#?}", part.changes(noted)), format!("{:#?}", whole.changes(noted)));
    let differs = part.lines().zip(whole.lines()).find(|(part, whole)| part != whole);
    assert!(
        part == whole,
        "{noted:?}: the part says {} lines, the whole {}; {differs:?}",
        part.lines().count(),
        whole.lines().count()
    );
}

async fn flips_are_the_same(world: &World) {
    let app = &world.seller.app;
    let shelves = stock::all(&app.node.db, app.now().as_millisecond()).await.unwrap();
    for (at, row) in shelves.iter().enumerate().step_by(shelves.len() / 12) {
        let noted = |sku: &str| Change { partner_id: row.partner_id.clone(), sku: sku.to_owned() };
        let units = if row.on_hand > 0 { 0 } else { 40 };
        counted!(world, row.partner_id, row.sku, units);
        same(world, &[noted(&row.sku)]).await;
        // What is published now is what the next look begins with.
        workers::push(app).await.unwrap();
        // Several at once, one of them of a whole partner.
        let other = &shelves[(at * 7 + 3) % shelves.len()];
        let other = Change { partner_id: other.partner_id.clone(), sku: other.sku.clone() };
        same(world, &[noted(&row.sku), other, noted(EVERYTHING), noted("")]).await;
        counted!(world, row.partner_id, row.sku, row.on_hand);
        same(world, &[noted(&row.sku)]).await;
    }
}

/// Nobody pushes between two looks but the test.
fn still(config: &mut SellerConfig) {
    config.push_every_ms = 3_600_000;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[actix_web::test]
async fn a_part_says_what_the_whole_brand_says(#[case] engine: Engine) {
    let Some(world) = World::start(engine, still).await else { return };
    flips_are_the_same(&world).await;
    world.seller.stop().await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[actix_web::test]
async fn also_when_winners_stay_for_a_while(#[case] engine: Engine) {
    let Some(world) = World::start(engine, still).await else { return };
    let app = &world.seller.app;
    let mut policy = policies::current(app).await.unwrap().policy;
    policy.hysteresis = 5_000;
    let text = serde_json::to_string(&policy).unwrap();
    let version = policies::draft(app, &text, "calm", "brand").await.unwrap();
    policies::replay(app, version, 10, "brand").await.unwrap();
    policies::publish(app, version, "brand").await.unwrap();
    flips_are_the_same(&world).await;
    world.seller.stop().await;
}
