//! A feed that counts every position: first all new, then all different, then all as they were; by the code that `POST /api/feed`
//! and the import use. The ceiling inserts the same positions into a table without rules, ledger and references.

use std::io::{BufReader, BufWriter, Write};
use std::time::{Duration, Instant};

use node::{Database, run};
use seller_app::feed;
use serde_json::{Value, json};

use crate::brand;
use crate::size::{Size, memory_peak};
use crate::stage::Stage;

/// As the feed.
const CHUNK: usize = 2_000;

const MAKE: &str = "create table bare_positions (partner_id text not null, sku text not null, on_hand bigint not null, \
     safety bigint not null, counted_at_ms bigint not null, primary key (partner_id, sku))";
const INSERT: &str = "insert into bare_positions select f.value ->> 'p', f.value ->> 's', cast(f.value ->> 'h' as bigint), 0, 0 \
     from json_each($1) as f";
const INSERT_POSTGRES: &str = "insert into bare_positions select f.value ->> 'p', f.value ->> 's', \
     cast(f.value ->> 'h' as bigint), 0, 0 from jsonb_array_elements($1::text::jsonb) as f(value)";

pub async fn measure(size: &Size) -> anyhow::Result<()> {
    println!("{:<10} {:<16} {:>9} {:>9} {:>9} {:>7} {:>9}", "", "", "rows", "wall s", "rows/s", "ratio", "peak MiB");
    let sqlite = Stage::sqlite().await?;
    on("SQLite", &sqlite, size).await?;
    sqlite.close().await?;
    if let Some(postgres) = Stage::postgres().await? {
        on("PostgreSQL", &postgres, size).await?;
        postgres.close().await?;
    }
    Ok(())
}

async fn on(name: &str, stage: &Stage, size: &Size) -> anyhow::Result<()> {
    let (partners, skus) = size.brand();
    brand::fill(&stage.app, (partners, skus)).await?;
    let rows = partners * skus;
    let bare = bare(&stage.app.node.db, (partners, skus)).await?;
    let line = |what: &str, took: Duration| {
        let rate = rows as f64 / took.as_secs_f64();
        let peak = memory_peak().unwrap_or(f64::NAN);
        let ratio = bare.as_secs_f64() / took.as_secs_f64();
        println!("{name:<10} {what:<16} {rows:>9} {:>9.1} {rate:>9.0} {ratio:>7.2} {peak:>9.0}", took.as_secs_f64());
    };
    line("bare insert", bare);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    for (what, more) in [("all new", 0), ("all different", 1), ("none different", 1)] {
        let path = folder.path().join("positions.csv");
        write(&path, (partners, skus), more)?;
        let file = BufReader::new(std::fs::File::open(&path)?);
        let started = Instant::now();
        let report = feed::read(&stage.app, file, "bench").await?;
        line(what, started.elapsed());
        anyhow::ensure!(
            report.rows == rows as u64 && report.faulty == 0,
            "the feed left rows out: {:?}",
            report.faults.first()
        );
    }
    Ok(())
}

fn on_hand(partner: usize, sku: usize, more: usize) -> usize {
    (partner * 7 + sku * 13) % 90 + more
}

fn write(path: &std::path::Path, (partners, skus): (usize, usize), more: usize) -> anyhow::Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    writeln!(file, "partner_id,sku,on_hand,safety")?;
    for partner in 0..partners {
        for sku in 0..skus {
            writeln!(file, "{},{},{},2", brand::partner_id(partner), brand::sku(sku), on_hand(partner, sku, more))?;
        }
    }
    Ok(file.flush()?)
}

async fn bare(db: &Database, (partners, skus): (usize, usize)) -> anyhow::Result<Duration> {
    let mut tx = db.begin().await?;
    run!(tx, |c| sqlx::query(MAKE).execute(c).await.map(|_| ()))?;
    tx.commit().await?;
    let started = Instant::now();
    let mut chunk: Vec<Value> = Vec::with_capacity(CHUNK);
    for partner in 0..partners {
        for sku in 0..skus {
            chunk.push(json!({ "p": brand::partner_id(partner), "s": brand::sku(sku), "h": on_hand(partner, sku, 0) }));
            let is_last = partner + 1 == partners && sku + 1 == skus;
            if chunk.len() == CHUNK || is_last {
                let mut tx = db.begin().await?;
                let (sql, list) =
                    (tx.sql(INSERT, INSERT_POSTGRES), Value::Array(std::mem::take(&mut chunk)).to_string());
                run!(tx, |c| sqlx::query(sql).bind(&list).execute(c).await.map(|_| ()))?;
                tx.commit().await?;
            }
        }
    }
    Ok(started.elapsed())
}
