//! A gateway that is stopped goes on where it was.

use node::testing::{Behaviour, TempDatabase};
use protocol::ack::Reply;

use crate::world::{World, assert_signatures};

node::both_engines! {
    async fn what_was_accepted_is_carried_after_a_restart(db: TempDatabase) {
        let world = World::start(db, |_| ()).await;
        let (up, down) = (world.seller("up", &["*"]), world.seller("down", &["*"]));
        down.behave(Behaviour::Status(503, None));
        let context = world.search();
        let bytes = world.carried(&context).await;
        crate::world::first(&up).await;
        crate::world::first(&down).await;
        let world = world.restart(|_| ()).await;
        down.behave(Behaviour::Reply(Reply::Ack));
        let report = world.report(&context).await;
        assert_eq!((report.of(&up)["state"].as_str(), report.of(&down)["state"].as_str()), (Some("acked"), Some("acked")));
        let last = down.received().last().cloned().unwrap();
        assert_eq!(last.bytes, bytes);
        assert_signatures(&world, &last, &world.buyer);
        assert_eq!(up.received().len(), 1, "who has answered is not asked again");
    }
}
