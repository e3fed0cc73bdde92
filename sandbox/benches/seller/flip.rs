//! A shelf that empties or fills, until the message that tells the new winner stands in the outbox; and how often the winner of a
//! postal code and an item changed by that.
//!
//! Edges come at a fixed rate, whatever the node does (open load). The round that tells them starts as its worker starts it. The
//! ceiling changes one row and stores one message. Beside it stands the whole map made once, as every search for everything does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use node::{Outgoing, run};
use protocol::participant::Role;
use seller_app::app::SellerApp;
use seller_app::catalogue::Partner;
use seller_app::publishing::{self, Focus, known_centres};
use seller_app::routing::{Facts, Offer, Shelf, assignment};
use seller_app::store::changes::Change;
use seller_app::store::shelf::ShelfKey;
use seller_app::store::{partners, stock, subscriptions};
use seller_app::workers;
use serde_json::json;
use specs::Action;

use crate::brand;
use crate::buyer::Buyer;
use crate::size::{Dice, Size, Times, memory_peak};
use crate::stage::Stage;

const PER_SECOND: u32 = 50;
const CEILING: usize = 200;
const TOUCH: &str = "update stock set on_hand = on_hand + 1 where partner_id = $1 and sku = $2";

/// A shelf that was emptied (or filled), and when that was asked for.
struct Edge {
    key: ShelfKey,
    on_hand: i64,
    asked: Instant,
}

pub async fn measure(size: &Size) -> anyhow::Result<()> {
    let stage = Stage::sqlite().await?;
    let app = &stage.app;
    let (partners, skus) = size.brand();
    brand::fill(app, (partners, skus)).await?;
    brand::count(app).await?;
    let buyer = Buyer::new(8_083)?;
    let search = buyer.context(&app.node.identity.subscriber_id, Action::Search)?;
    let mut tx = app.node.db.begin().await?;
    subscriptions::start(&mut tx, &search, &app.stamp()).await?;
    tx.commit().await?;
    println!(
        "{partners} partners × {skus} items, {} positions; peak {:.0} MiB",
        partners * skus,
        memory_peak().unwrap_or(f64::NAN)
    );
    let ceiling = ceiling(app, &buyer).await?;
    let (edges, times) = told(app, size.time, (partners, skus)).await?;
    let (p50, p99) = (times.percentile(50), times.percentile(99));
    println!("{} edges, {PER_SECOND} a second: edge to told p50 {p50:.0} ms, p99 {p99:.0} ms (goal 2000)", edges.len());
    let alone = alone(app, (partners, skus)).await?;
    println!(
        "one edge alone, without the worker's wait: p50 {:.1} ms, p99 {:.1} ms; bare p50 {:.2} ms; ratio {:.3}",
        alone.percentile(50),
        alone.percentile(99),
        ceiling.percentile(50),
        ceiling.percentile(50) / alone.percentile(50)
    );
    flips(app, &edges).await?;
    let started = Instant::now();
    std::hint::black_box(publishing::snapshot(app).await?);
    println!(
        "the whole map once: {:.1} s, peak {:.0} MiB",
        started.elapsed().as_secs_f64(),
        memory_peak().unwrap_or(f64::NAN)
    );
    stage.close().await
}

/// One row changed and one message stored, in one commit.
async fn ceiling(app: &SellerApp, buyer: &Buyer) -> anyhow::Result<Times> {
    let mut times = Vec::with_capacity(CEILING);
    for number in 0..CEILING {
        let context = buyer.context(&app.node.identity.subscriber_id, Action::OnSearch)?;
        let message = json!({ "catalog": { "bpp/providers": [{ "id": brand::partner_id(0) }] } });
        let outgoing = Outgoing::new(context.bap_id.clone(), Role::Buyer, &context, &message, None);
        let started = Instant::now();
        let mut tx = app.node.db.begin().await?;
        let (partner_id, sku) = (brand::partner_id(0), brand::sku(number % 20));
        run!(tx, |c| sqlx::query(TOUCH).bind(&partner_id).bind(&sku).execute(c).await.map(|_| ()))?;
        app.node.outbox.enqueue(&mut tx, outgoing).await?;
        tx.commit().await?;
        times.push(started.elapsed());
    }
    Ok(Times::new(times))
}

/// Empties or fills a shelf.
async fn make(
    app: &SellerApp,
    dice: &mut Dice,
    (partners, skus): (usize, usize),
    asked: Instant,
) -> anyhow::Result<Edge> {
    let key = ShelfKey::new(brand::partner_id(dice.below(partners)), brand::sku(dice.below(skus)));
    let row = stock::one(&app.node.db, &key, app.now().as_millisecond()).await?;
    let on_hand = if row.is_some_and(|row| row.on_hand > 0) { 0 } else { 40 };
    let mut tx = app.node.db.begin().await?;
    stock::count(&mut tx, &key, on_hand, None, "bench", &app.stamp()).await?;
    tx.commit().await?;
    Ok(Edge { key, on_hand, asked })
}

/// Edges at a fixed rate beside the worker's rounds.
async fn told(app: &Arc<SellerApp>, time: Duration, brand: (usize, usize)) -> anyhow::Result<(Vec<Edge>, Times)> {
    let made: Arc<Mutex<Vec<Edge>>> = Arc::default();
    let started = Instant::now();
    let maker = tokio::spawn({
        let (app, made) = (app.clone(), made.clone());
        async move {
            let mut dice = Dice(88_172_645_463_325_252);
            for number in 0.. {
                let asked = started + Duration::from_secs(1) / PER_SECOND * number;
                if asked.duration_since(started) >= time {
                    break;
                }
                tokio::time::sleep_until(asked.into()).await;
                let edge = make(&app, &mut dice, brand, asked).await?;
                made.lock().unwrap_or_else(PoisonError::into_inner).push(edge);
            }
            anyhow::Ok(())
        }
    });
    let count = || made.lock().unwrap_or_else(PoisonError::into_inner).len();
    let (mut times, mut done) = (Vec::new(), 0);
    loop {
        let is_last = maker.is_finished();
        let before = count();
        workers::push(app).await?;
        let told = Instant::now();
        times.extend(
            made.lock().unwrap_or_else(PoisonError::into_inner)[done..before].iter().map(|edge| told - edge.asked),
        );
        done = before;
        if is_last {
            break;
        }
        tokio::time::sleep(app.config.push_every()).await;
    }
    maker.await??;
    let edges = std::mem::take(&mut *made.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((edges, Times::new(times)))
}

/// One edge and at once the round that tells it, one after the other.
async fn alone(app: &SellerApp, brand: (usize, usize)) -> anyhow::Result<Times> {
    let mut dice = Dice(362_436_069);
    let mut times = Vec::new();
    for _ in 0..50 {
        let started = Instant::now();
        make(app, &mut dice, brand, started).await?;
        anyhow::ensure!(workers::push(app).await? > 0, "an edge told nobody anything");
        times.push(started.elapsed());
    }
    Ok(Times::new(times))
}

/// Replays the edges on the map and counts in how many cells the winner of the item changed.
async fn flips(app: &SellerApp, edges: &[Edge]) -> anyhow::Result<()> {
    let partners: Vec<Partner> = partners::all(&app.node.db).await?.into_iter().map(|record| record.partner).collect();
    let mut flipped: BTreeMap<(String, String), u32> = BTreeMap::new();
    for edge in edges {
        let noted = [Change { partner_id: edge.key.partner_id.clone(), sku: edge.key.sku.clone() }];
        let focus = Focus::new(&partners, &noted);
        let near: Vec<Partner> = partners.iter().filter(|partner| focus.has(&partner.id)).cloned().collect();
        let winners = |units: i64| winners(app, &near, &edge.key, units);
        let (without, with) = (winners(0), winners(40));
        let (before, after) = if edge.on_hand == 0 { (with, without) } else { (without, with) };
        for (cell, winner) in after {
            if before.get(&cell) != Some(&winner) {
                *flipped.entry((cell, edge.key.sku.clone())).or_default() += 1;
            }
        }
    }
    let all: u32 = flipped.values().sum();
    println!(
        "flips: {all} of {} pairs of postal code and item, {:.2} an edge, at most {} of one pair; all by stock at zero or back",
        flipped.len(),
        f64::from(all) / edges.len().max(1) as f64,
        flipped.values().max().unwrap_or(&0)
    );
    Ok(())
}

/// Who wins the item in each cell of these partners when one shelf has so many units and the others have some.
fn winners(app: &SellerApp, near: &[Partner], key: &ShelfKey, units: i64) -> BTreeMap<String, Option<String>> {
    let offer = |partner: &Partner| Offer { partner_id: partner.id.clone(), sku: key.sku.clone() };
    let offers: BTreeSet<Offer> = near.iter().map(offer).collect();
    let available = |offer: &Offer| if offer.partner_id == key.partner_id { units } else { 40 };
    let shelf = |offer: &Offer| Shelf { available: u32::try_from(available(offer)).unwrap_or(0), ..Shelf::default() };
    let shelves: BTreeMap<Offer, Shelf> = offers.iter().map(|offer| (offer.clone(), shelf(offer))).collect();
    let (centres, standing) = (known_centres(near), BTreeMap::new());
    let policy = &app.routing_policy;
    let map = assignment(&Facts {
        partners: near,
        offers: &offers,
        shelves: &shelves,
        centres: &centres,
        standing: &standing,
        policy,
        published: &[],
    });
    let cells: BTreeSet<&str> = near.iter().flat_map(Partner::territory).collect();
    cells.into_iter().map(|cell| (cell.to_owned(), map.partner(cell, &key.sku).map(str::to_owned))).collect()
}
