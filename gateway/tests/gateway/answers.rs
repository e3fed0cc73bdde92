//! `on_search` through the gateway, in networks whose version says so.

use node::testing::{Peer, TempDatabase};
use protocol::ack::Reply;
use protocol::context::Context;
use serde_json::json;
use specs::Action;

use crate::world::{World, assert_signatures, body, first, nack, pause};

/// The seller's answer to a search.
fn answer_of(seller: &Peer, context: &Context) -> Context {
    context.reply(&seller.id, &seller.url, jiff_now()).unwrap()
}

fn jiff_now() -> jiff::Timestamp {
    use protocol::clock::Clock;
    protocol::clock::SystemClock.now()
}

node::both_engines! {
    async fn a_catalogue_is_carried_back_unchanged(db: TempDatabase) {
        let world = World::start(db, |config| config.relay_on_search = true).await;
        let seller = world.seller("one", &["*"]);
        let context = world.search();
        world.carried(&context).await;
        let asked = first(&seller).await;
        assert_eq!(asked.action, "search");
        let bytes = body(&answer_of(&seller, &context));
        let answer = seller.post(&world.running.url, "on_search", bytes.clone()).await;
        assert_eq!(Reply::parse(&answer.body), Ok(Reply::Ack), "{}", String::from_utf8_lossy(&answer.body));
        let got = first(&world.buyer).await;
        assert_eq!((got.action.as_str(), &got.bytes), ("on_search", &bytes));
        assert_signatures(&world, &got, &seller);
        assert_eq!(world.report(&context).await.value["search"]["relayed"], json!(1));
    }

    async fn nobody_sends_catalogues_that_were_not_asked_for(db: TempDatabase) {
        let world = World::start(db, |config| config.relay_on_search = true).await;
        let (asked, far) = (world.seller("one", &["std:080"]), world.seller("far", &["std:011"]));
        let context = world.search();
        world.carried(&context).await;
        first(&asked).await;
        let not_asked = far.post(&world.running.url, "on_search", body(&answer_of(&far, &context))).await;
        assert_eq!(nack(&not_asked).path.as_deref(), Some("context.transaction_id"), "left out because of its city");
        let other = Context { transaction_id: "made-up".parse().unwrap(), ..answer_of(&asked, &context) };
        assert_eq!(other.action, Action::OnSearch);
        let unknown = asked.post(&world.running.url, "on_search", body(&other)).await;
        assert_eq!(nack(&unknown).code, "10000");
        pause().await;
        assert!(world.buyer.received().is_empty());
    }
}
