//! A search on its way: the same bytes, both signatures, the right sellers, nobody kept waiting.

use std::time::{Duration, Instant};

use node::testing::{Behaviour, Engine, Peer, TempDatabase, eventually, temp_database};
use protocol::ack::{ErrorType, NetworkError, Reply};
use protocol::clock::{Clock, SystemClock};
use protocol::context::Context;
use protocol::participant::{Participant, Role};
use serde_json::json;

use crate::world::{DOMAIN, World, assert_signatures, body, first, pause};

node::both_engines! {
    async fn sellers_get_the_same_bytes_and_both_signatures(db: TempDatabase) {
        let world = World::start(db, |_| ()).await;
        let sellers = [world.seller("one", &["std:080"]), world.seller("two", &["*"]), world.seller("far", &["std:011"])];
        let context = world.search();
        let header = world.buyer.sign(&body(&context), SystemClock.now());
        let sent = world.buyer.post_with(&world.running.url, "search", body(&context), &[("authorization", &header)]).await;
        assert_eq!(Reply::parse(&sent.body), Ok(Reply::Ack));
        for seller in &sellers[..2] {
            let got = first(seller).await;
            assert_eq!((got.action.as_str(), &got.bytes), ("search", &body(&context)));
            assert_eq!(got.headers["authorization"], header, "the buyer's header as it came");
            assert_eq!(got.headers["content-type"], "application/json");
            assert_signatures(&world, &got, &world.buyer);
        }
        let report = world.report(&context).await;
        assert_eq!(report.of(&sellers[0])["state"], "acked");
        assert_eq!(report.of(&sellers[1])["state"], "acked");
        assert_eq!(report.why_not(sellers[2].id.as_str()).as_deref(), Some("city"));
        assert!(sellers[2].received().is_empty());
        let search = &report.value["search"];
        assert_eq!((&search["asked"], &search["acked"], &search["refused"], &search["dead"]), (&json!(2), &json!(2), &json!(0), &json!(0)));
    }

    async fn a_slow_one_and_one_that_is_down_delay_nobody(db: TempDatabase) {
        let world = World::start(db, |config| config.node.per_peer_in_flight = 2).await;
        let slow = world.seller("slow", &["*"]);
        slow.behave(Behaviour::Slow(Duration::from_secs(2)));
        let down = world.seller("down", &["*"]);
        down.behave(Behaviour::Status(503, None));
        let gone = gone(&world);
        let fast: Vec<Peer> = ["a", "b", "c", "d"].iter().map(|name| world.seller(name, &["*"])).collect();
        let started = Instant::now();
        let searches: Vec<Context> = (0..10).map(|_| world.search()).collect();
        for context in &searches {
            world.carried(context).await;
        }
        for seller in &fast {
            eventually("all searches at a fast seller", async || (seller.received().len() == 10).then_some(())).await;
        }
        let took = started.elapsed();
        assert!(took < Duration::from_secs(2), "fast sellers waited {took:?}, as long as for a slow one");
        assert!(slow.most_in_flight() <= 2, "a slow seller is not flooded: {}", slow.most_in_flight());
        down.behave(Behaviour::Reply(Reply::Ack));
        let report = world.report_of_all_but(&searches[0], &gone).await;
        assert_eq!(report.of(&down)["state"], "acked", "it was tried again");
        assert!(report.of(&down)["attempts"].as_i64().unwrap() >= 2);
        assert_eq!(report.of(&slow)["state"], "acked");
    }

    async fn a_nul_in_the_context_stops_nothing(db: TempDatabase) {
        let world = World::start(db, |_| ()).await;
        let seller = world.seller("one", &["*"]);
        let context = Context { core_version: "1.2.5\u{0}".to_owned(), ..world.search() };
        world.carried(&context).await;
        assert_eq!(world.report(&context).await.of(&seller)["state"], "acked");
    }

    async fn a_refusal_is_final_and_told(db: TempDatabase) {
        let world = World::start(db, |_| ()).await;
        let seller = world.seller("one", &["*"]);
        let no = NetworkError::new(ErrorType::Domain, "30000", "no such thing");
        seller.behave(Behaviour::Reply(Reply::Nack(no)));
        let context = world.search();
        world.carried(&context).await;
        let report = world.report(&context).await;
        let row = report.of(&seller);
        assert_eq!((&row["state"], &row["attempts"]), (&json!("refused"), &json!(1)));
        assert!(row["detail"].as_str().unwrap().contains("30000"));
        pause().await;
        assert_eq!(seller.received().len(), 1, "a NACK is not tried again");
        let sellers = world.api("/api/sellers").await;
        assert_eq!((&sellers[0]["seller"], &sellers[0]["refused"]), (&json!(seller.id), &json!(1)));
    }

    async fn the_time_of_a_search_ends_its_carrying(db: TempDatabase) {
        let world = World::start(db, |config| config.node.retry_schedule_s = vec![1]).await;
        let seller = world.seller("one", &["*"]);
        seller.behave(Behaviour::Status(503, None));
        let context = Context { ttl: Some("PT3S".to_owned()), ..world.search() };
        world.carried(&context).await;
        let report = world.report(&context).await;
        let row = report.of(&seller);
        assert_eq!(row["state"], "dead");
        assert!(row["detail"].as_str().unwrap().contains("given up"), "{row}");
        let tries = seller.received().len();
        assert!((2..=4).contains(&tries), "{tries}");
        pause().await;
        assert_eq!(seller.received().len(), tries, "nothing comes after its time");
    }
}

impl World {
    /// The report, once every seller but this one has answered.
    async fn report_of_all_but(&self, context: &Context, gone: &str) -> crate::world::Report {
        eventually("the others have answered", async || {
            let found = self.api(&format!("/api/searches?of={}", context.message_id)).await;
            let id = found[0]["id"].as_str()?.to_owned();
            let value = self.api(&format!("/api/search?id={id}")).await;
            let open = value["asked"]
                .as_array()
                .unwrap()
                .iter()
                .any(|ask| ask["state"] == "waiting" && ask["seller"] != json!(gone));
            (!open).then_some(crate::world::Report { id, value })
        })
        .await
    }
}

/// A seller in the registry whose machine is off.
fn gone(world: &World) -> String {
    let peer = Peer::start("gone", Role::Seller);
    let port = { node::testing::listener().local_addr().unwrap().port() };
    let id = format!("gone.localhost:{port}");
    let url = Some(format!("http://{id}/network"));
    world.registry.add(Participant {
        subscriber_id: id.parse().unwrap(),
        subscriber_url: url,
        ..peer.participant(DOMAIN)
    });
    id
}

async fn a_nul_in_a_refusal(engine: Engine) {
    let Some(db) = temp_database(engine).await else { return };
    let world = World::start(db, |_| ()).await;
    let seller = world.seller("one", &["*"]);
    seller.behave(Behaviour::Reply(Reply::Nack(NetworkError::new(ErrorType::Domain, "30000", "no\u{0}thing"))));
    let context = world.search();
    world.carried(&context).await;
    assert_eq!(world.report(&context).await.of(&seller)["state"], "refused");
    pause().await;
    assert_eq!(seller.received().len(), 1);
}

#[tokio::test]
async fn a_nul_in_a_refusal_harms_nobody_on_sqlite() {
    a_nul_in_a_refusal(Engine::Sqlite).await;
}

/// A stranger's text must not stop the outbox from writing its outcome down.
#[tokio::test]
async fn a_nul_in_a_refusal_harms_nobody_on_postgres() {
    a_nul_in_a_refusal(Engine::Postgres).await;
}

async fn world() -> World {
    World::start(temp_database(Engine::Sqlite).await.unwrap(), |_| ()).await
}

#[tokio::test]
async fn the_buyers_signature_ends_the_carrying_too() {
    let world = world().await;
    let seller = world.seller("one", &["*"]);
    seller.behave(Behaviour::Status(503, None));
    let context = world.search();
    let bytes = body(&context);
    let now = SystemClock.now().as_second();
    let header = protocol::signature::sign(&bytes, &world.buyer.signer, now, now + 2);
    let answer = world.buyer.post_with(&world.running.url, "search", bytes, &[("authorization", &header)]).await;
    assert_eq!(Reply::parse(&answer.body), Ok(Reply::Ack));
    let row = world.report(&context).await.of(&seller);
    assert_eq!(row["state"], "dead", "no seller would take an expired signature");
}

#[tokio::test]
async fn a_search_for_one_seller_goes_to_it_alone() {
    let world = world().await;
    let (one, two) = (world.seller("one", &["std:011"]), world.seller("two", &["*"]));
    let context = world.buyer.context(&one.id, specs::Action::Search);
    world.carried(&context).await;
    first(&one).await;
    pause().await;
    assert!(two.received().is_empty());
}

#[tokio::test]
async fn the_address_comes_from_the_registry_not_from_the_message() {
    let world = world().await;
    let (one, two) = (world.seller("one", &["*"]), world.seller("two", &["std:011"]));
    let context = Context { bpp_uri: Some(two.url.clone()), ..world.buyer.context(&one.id, specs::Action::Search) };
    world.carried(&context).await;
    first(&one).await;
    pause().await;
    assert!(two.received().is_empty());
}

#[tokio::test]
async fn a_named_seller_that_nobody_knows_is_in_the_report() {
    let world = world().await;
    world.seller("one", &["*"]);
    let context = world.buyer.context(&"nobody.example.com".parse().unwrap(), specs::Action::Search);
    world.carried(&context).await;
    let report = world.report(&context).await;
    assert_eq!(report.value["search"]["asked"], 0);
    assert_eq!(report.why_not("nobody.example.com").as_deref(), Some("unknown"));
}

#[tokio::test]
async fn a_search_that_nobody_serves_is_an_ack_and_an_empty_report() {
    let world = world().await;
    let context = world.search();
    world.carried(&context).await;
    assert_eq!(world.report(&context).await.value["asked"], json!([]));
}

#[tokio::test]
async fn the_same_search_again_is_an_ack_and_no_work() {
    let world = world().await;
    let seller = world.seller("one", &["*"]);
    let context = world.search();
    let bytes = world.carried(&context).await;
    first(&seller).await;
    world.carried(&context).await;
    pause().await;
    assert_eq!(seller.received().len(), 1);
    let mut other = bytes.to_vec();
    other.push(b' ');
    let answer = world.post("search", other.into()).await;
    assert!(matches!(Reply::parse(&answer.body), Ok(Reply::Nack(_))), "other bytes under a known message id");
}

#[tokio::test]
async fn no_more_than_audience_max_are_asked_and_the_rest_is_told() {
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap(), |config| config.audience_max = 2).await;
    let sellers: Vec<Peer> = ["a", "b", "c"].iter().map(|name| world.seller(name, &["*"])).collect();
    let context = world.search();
    world.carried(&context).await;
    let report = world.report(&context).await;
    let asked = sellers.iter().filter(|seller| report.of(seller)["state"] == "acked").count();
    let limit = sellers.iter().filter(|seller| report.why_not(seller.id.as_str()).as_deref() == Some("limit")).count();
    assert_eq!((asked, limit), (2, 1));
}

#[tokio::test]
async fn it_joins_the_network_as_a_gateway() {
    let world = world().await;
    let bodies =
        eventually("a subscription", async || Some(world.registry.subscriptions()).filter(|all| !all.is_empty())).await;
    let entry = &bodies[0]["message"]["network_participant"][0];
    assert_eq!((&entry["type"], &entry["domain"]), (&json!("gateway"), &json!(DOMAIN)));
}
