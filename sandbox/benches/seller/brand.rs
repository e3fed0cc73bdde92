//! A brand of any size: every partner sells every item; partners stand along a road, each has ten postal codes that begin three
//! after its neighbour's, so in most of them three or four partners compete.

use anyhow::Context;
use node::{Tx, run};
use sandbox::seed::Seeds;
use seller_app::app::SellerApp;
use seller_app::catalogue::{Gps, Hours, Item, Partner};
use seller_app::partners::Kind;
use seller_app::store::{items, partners};

use crate::stage::Stage;

/// Postal codes of a partner, and how far its neighbour's begin from its own.
const REACH: usize = 10;
const STEP: usize = 3;
/// Rows that are saved in one transaction.
const CHUNK: usize = 500;

const OFFER: &str = "insert into offers (partner_id, sku, price, active, updated_at_ms) \
     select p.id, i.sku, null, true, $1 from partners p cross join items i where true on conflict do nothing";
/// One shelf in ten is empty.
const STOCK: &str = "insert into stock (partner_id, sku, on_hand, held, committed, safety, counted_at_ms, updated_at_ms) \
     select o.partner_id, o.sku, case when (length(o.sku) * 7 + row_number() over (order by o.partner_id, o.sku)) % 10 = 0 \
     then 0 else 40 end, 0, 0, 0, $1, $1 from offers o where true on conflict do nothing";
const FORGET_NOTES: &str = "delete from catalogue_changes";

pub fn partner_id(number: usize) -> String {
    format!("p{number:05}")
}

pub fn sku(number: usize) -> String {
    format!("I{number:05}")
}

/// Fills an empty database with partners, items and offers; no shelf is counted.
pub async fn fill(app: &SellerApp, (partners, skus): (usize, usize)) -> anyhow::Result<()> {
    let (model, goods) = models().await?;
    let stamp = app.stamp();
    for chunk in (0..partners).collect::<Vec<_>>().chunks(CHUNK) {
        let mut tx = app.node.db.begin().await?;
        for number in chunk {
            partners::save(&mut tx, &partner(&model, *number)?, Kind::Distributor, &stamp).await?;
        }
        tx.commit().await?;
    }
    let mut tx = app.node.db.begin().await?;
    for number in 0..skus {
        let like = &goods[number % goods.len()];
        items::save(
            &mut tx,
            &Item { sku: sku(number), name: format!("{} {number}", like.name), ..like.clone() },
            &stamp,
        )
        .await?;
    }
    execute(&mut tx, OFFER, app.now().as_millisecond()).await?;
    forget_notes(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Counts every shelf; nothing is noted for the catalogue.
pub async fn count(app: &SellerApp) -> anyhow::Result<()> {
    let mut tx = app.node.db.begin().await?;
    execute(&mut tx, STOCK, app.now().as_millisecond()).await?;
    Ok(tx.commit().await?)
}

async fn execute(tx: &mut Tx, sql: &'static str, ms: i64) -> Result<u64, sqlx::Error> {
    run!(tx, |c| sqlx::query(sql).bind(ms).execute(c).await.map(|done| done.rows_affected()))
}

/// What was done so far is no news.
pub async fn forget_notes(tx: &mut Tx) -> Result<u64, sqlx::Error> {
    run!(tx, |c| sqlx::query(FORGET_NOTES).execute(c).await.map(|done| done.rows_affected()))
}

/// A partner and the items of the seeds.
async fn models() -> anyhow::Result<(Partner, Vec<Item>)> {
    let stage = Stage::sqlite().await?;
    Seeds::brand().plant(&stage.app).await?;
    let record = partners::all(&stage.app.node.db).await?.into_iter().next().context("the seeds have no partner")?;
    let goods = items::all(&stage.app.node.db).await?;
    stage.close().await?;
    Ok((record.partner, goods))
}

fn partner(model: &Partner, number: usize) -> anyhow::Result<Partner> {
    let code = |at: usize| format!("{}", 560_000 + number * STEP + at);
    let gps = format!("12.{:06},77.{:06}", 100_000 + number % 60 * 10_000, 100_000 + number / 60 * 10_000);
    Ok(Partner {
        id: partner_id(number),
        name: format!("{} {number}", model.name),
        gps: Gps::parse(&gps).map_err(|error| anyhow::anyhow!("{gps}: {error:?}"))?,
        area_code: code(0),
        serves: (0..REACH).map(code).collect(),
        radius_km: None,
        hours: Hours::default(),
        holidays: Vec::new(),
        ..model.clone()
    })
}
