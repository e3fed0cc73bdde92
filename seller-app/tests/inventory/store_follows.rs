//! The store does what the model does, command by command, also when the process dies in the middle of one. So what the
//! simulation proves of the model is true of the store.

use std::future::Future;
use std::task::Poll;

use node::testing::TempDatabase;
use node::{Database, Tx, both_engines, read, run};
use seller_app::inventory::{Balance, decide};
use seller_app::store::reservation::{self, Cart, StockError};
use seller_app::store::shelf::ShelfKey;
use seller_app::store::{rebuild, stock};

use super::model::{Act, SHELVES, World};
use super::shelves::{PARTNER, at, line, seeded, set, stamp};
use super::simulation::{Dice, Fate, act, fate, needs_inbox, suffer};

const SKUS: [&str; SHELVES] = ["NG-001", "NG-002", "NG-003"];
const STEPS: u64 = 1_200;

/// Stands for the inbox of the node: a message that was finished is not worked on again.
const INBOX: &str = "create table test_inbox (id bigint not null primary key)";
const FIRST_TIME: &str = "insert into test_inbox (id) values ($1) on conflict (id) do nothing";

fn key(shelf: usize) -> ShelfKey {
    ShelfKey::new(PARTNER, SKUS[shelf])
}

fn lines(demand: [i64; SHELVES]) -> Vec<seller_app::inventory::StockMove> {
    let wanted = demand.into_iter().enumerate().filter(|(_, units)| *units > 0);
    wanted.map(|(shelf, units)| line(SKUS[shelf], u32::try_from(units).unwrap())).collect()
}

/// One transaction of the store. The world's clock is in milliseconds, the stamp's too: the base is the same.
async fn work(db: &Database, world: &World, act: Act, message: i64) -> Result<(), StockError> {
    let now = at(0).checked_add(jiff::SignedDuration::from_millis(world.now)).unwrap();
    let stamp = &seller_app::store::stamp::Stamp::new(now, &protocol::randomness::OsRandomness);
    let mut tx = db.begin().await?;
    if needs_inbox(act) && !first_time(&mut tx, message).await? {
        return Ok(());
    }
    let cart = |cart: usize| Cart {
        bap_id: "buyer.example".to_owned(),
        transaction_id: format!("{cart}-{}", world.carts[cart].number),
    };
    let tx_ref = &mut tx;
    match act {
        Act::Hold { cart: one, demand, until } => {
            let until = at(0).checked_add(jiff::SignedDuration::from_millis(until)).unwrap();
            reservation::hold(tx_ref, &cart(one), World::channel(one), &lines(demand), until, stamp).await?;
        }
        Act::Commit { cart: one, demand } => {
            reservation::commit(tx_ref, &cart(one), World::channel(one), &lines(demand), stamp).await?;
        }
        Act::Release { cart: one } | Act::NewCart { cart: one } => {
            reservation::release(tx_ref, &cart(one), &[], stamp).await?;
        }
        Act::ReleasePart { cart: one, shelf, units } => {
            let part = [line(SKUS[shelf], u32::try_from(units).unwrap())];
            reservation::release(tx_ref, &cart(one), &part, stamp).await?;
        }
        Act::Ship { cart: one } => reservation::ship(tx_ref, &cart(one), &[], stamp).await?,
        Act::Count { shelf, units } => {
            stock::count(tx_ref, &key(shelf), units, None, "count", stamp).await?;
        }
        Act::Adjust { shelf, units } => {
            stock::adjust(tx_ref, &key(shelf), units, "adjust", stamp).await?;
        }
        Act::Restock { shelf, units } => {
            let part = [line(SKUS[shelf], u32::try_from(units).unwrap())];
            reservation::restock(tx_ref, &part, "back", stamp).await?;
        }
        Act::Reject { shelf, correction } => stock::reject(tx_ref, &key(shelf), correction, "o", stamp).await?,
        Act::Quota { shelf, reserve, cap } => {
            stock::set_quota(tx_ref, &key(shelf), (Some(reserve), Some(cap)), "quota", stamp).await?;
        }
        Act::Sweep { shelf } => reservation::sweep(tx_ref, &key(shelf), stamp).await?,
        Act::Wait { .. } => {}
    }
    tx.commit().await?;
    Ok(())
}

async fn first_time(tx: &mut Tx, message: i64) -> Result<bool, sqlx::Error> {
    let rows = run!(tx, |c| sqlx::query(FIRST_TIME).bind(message).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// The process dies after so many steps of the work. `None` = it died.
async fn dies_after<F: Future>(steps: u64, work: F) -> Option<F::Output> {
    let mut work = Box::pin(work);
    let mut left = steps;
    std::future::poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

async fn balance(db: &Database, shelf: usize) -> Balance {
    const RAW: &str = "select on_hand, held, committed, safety, reserve_b2b, cap_network from stock where partner_id = $1 and sku = $2";
    let row: (i64, i64, i64, i64, i64, i64) =
        read!(db, |c| sqlx::query_as(RAW).bind(PARTNER).bind(SKUS[shelf]).fetch_one(c).await).unwrap();
    let (on_hand, held, committed, safety, reserve_b2b, cap_network) = row;
    Balance { on_hand, held, committed, safety, reserve_b2b, cap_network }
}

both_engines! {
    async fn the_store_follows_the_model_through_crashes(temp: TempDatabase) {
        let db = seeded(&temp).await;
        let mut tx = db.begin().await.unwrap();
        run!(tx, |c| sqlx::query(INBOX).execute(c).await.map(|_| ())).unwrap();
        tx.commit().await.unwrap();
        for sku in SKUS {
            set(&db, sku, 0).await;
        }
        let (mut dice, mut world) = (Dice::new(5), World::new(decide));
        let (mut died, mut refused) = (0, 0);
        for message in 0..STEPS {
            let act = act(&mut dice, &world);
            // A new transaction of a buyer is no message: nothing of it can be lost.
            let fate = if matches!(act, Act::NewCart { .. }) { Fate::Done } else { fate(&mut dice) };
            let message = i64::try_from(message).unwrap();
            let before = world;
            let expected = suffer(&mut world, act, fate);
            match fate {
                Fate::Done => {}
                Fate::Lost => {
                    let steps = 1 + dice.below(24);
                    died += u64::from(dies_after(steps, work(&db, &before, act, message)).await.is_none());
                }
                Fate::AnswerLost => drop(work(&db, &before, act, message).await),
            }
            let done = work(&db, &before, act, message).await;
            if let Err(error @ (StockError::Sql(_) | StockError::NoShelf(_) | StockError::TooManyHolds { .. })) = &done {
                panic!("step {message}, {act:?} ({fate:?}): {error}");
            }
            refused += u64::from(done.is_err());
            assert_eq!(done.is_ok(), expected.is_ok(), "step {message}, {act:?} ({fate:?}): {done:?}");
            for (shelf, model) in world.shelves.iter().enumerate() {
                let stored = balance(&db, shelf).await;
                assert_eq!(stored, *model, "step {message}, shelf {shelf} after {act:?} ({fate:?})");
            }
        }
        assert!(died > 10 && refused > 50, "too tame: {died} died, {refused} refused");
        assert_eq!(rebuild::verify(&db).await.unwrap(), []);
        let mut tx = db.begin().await.unwrap();
        reservation::sweep(&mut tx, &key(0), &stamp(1_000_000)).await.unwrap();
        tx.rollback().await.unwrap();
    }
}
