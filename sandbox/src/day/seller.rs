//! The real seller node on a clock of our own: its doors are open, its workers wait for the simulation to call them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use jiff::Timestamp;
use node::{Running, Surroundings};
use protocol::clock::ManualClock;
use protocol::randomness::SeededRandomness;
use seller_app::app::SellerApp;
use seller_app::config::Acceptance;
use seller_app::import::{self, Options, Tables};
use seller_app::network::handler::SellerHandler;
use seller_app::publishing::{self, Snapshot};
use seller_app::routing_desk::carts;
use seller_app::{SellerConfig, intake, workers};

use super::brand::Brand;
use super::market::Market;

/// Real time that the outbox may take to become empty.
const PATIENCE: Duration = Duration::from_secs(60);
const HOUR_MS: i64 = 3_600_000;

pub struct Seller {
    pub app: Arc<SellerApp>,
    pub url: String,
    pub clock: ManualClock,
    /// What the catalogue says; as old as the last push.
    pub snapshot: Snapshot,
    running: Running,
    aged_ms: i64,
    pushed_ms: i64,
}

impl Seller {
    pub async fn start(
        folder: &Path,
        seed: u64,
        now: Timestamp,
        market: &Market,
        brand: &Brand,
    ) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let mut config = SellerConfig::defaults()?;
        let id = format!("seller.localhost:{port}");
        config.node.listen = listener.local_addr()?;
        config.node.workers = 1;
        config.node.data_dir = folder.to_owned();
        config.node.subscriber_url = format!("http://{id}/network");
        config.node.subscriber_id = id;
        config.node.registry_url = market.registry_url.clone();
        config.node.core_versions = vec!["1.2.5".to_owned()];
        config.node.danger_allow_private_addresses = true;
        config.subscribe_at_start = false;
        config.accept = Acceptance::Manual;
        let clock = ManualClock::new(now);
        let randomness = Arc::new(SeededRandomness::new(seed));
        let surroundings = Surroundings { clock: Arc::new(clock.clone()), randomness, specs: None };
        let app = seller_app::open(config, surroundings).await?;
        plant(&app, brand).await?;
        market.list(&app.node, now);
        let handler = Arc::new(SellerHandler::new(app.clone()));
        let running = node::serve(app.node.clone(), listener, handler, |_| {}).await?;
        let snapshot = publishing::snapshot(&app).await?;
        let now_ms = now.as_millisecond();
        Ok(Self {
            url: format!("http://127.0.0.1:{port}"),
            app,
            clock,
            snapshot,
            running,
            aged_ms: now_ms,
            pushed_ms: now_ms,
        })
    }

    /// One turn of each worker, as a running node gives them by its own clock.
    pub async fn work(&mut self, push_every_ms: i64) -> anyhow::Result<()> {
        let app = &*self.app;
        workers::sweep(app).await?;
        workers::watch(app).await?;
        workers::tell_carriers(app).await?;
        workers::partner_round(app).await?;
        intake::placing::finish_left_behind(app, Duration::from_secs(60)).await?;
        let now_ms = app.now().as_millisecond();
        if now_ms - self.pushed_ms >= push_every_ms {
            self.pushed_ms = now_ms;
            workers::push(app).await?;
            while carts::decide_waiting(app).await? > 0 {}
            self.snapshot = publishing::snapshot(app).await?;
        }
        if now_ms - self.aged_ms >= HOUR_MS {
            workers::ageing_round(app, self.aged_ms).await?;
            self.aged_ms = now_ms;
        }
        Ok(())
    }

    /// Waits until every message has left: the clock must not run away from the outbox.
    pub async fn settle(&self) -> anyhow::Result<()> {
        let settled = async {
            loop {
                let waits = self.app.node.outbox.pending().await?.pending;
                if waits + self.app.node.inbox.counts().await?.waiting == 0 {
                    return anyhow::Ok(());
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, settled).await.context("messages do not leave the outbox")?
    }

    pub async fn stop(self) {
        self.running.stop().await;
    }
}

async fn plant(app: &SellerApp, brand: &Brand) -> anyhow::Result<()> {
    let tables = Tables {
        partners: Some(brand.partners_csv.as_bytes()),
        items: Some(brand.items_csv.as_bytes()),
        stock: Some(brand.stock_csv.as_bytes()),
    };
    let known = |category: &str| app.category_known(category);
    let report = import::import(&app.node.db, tables, Options::default(), &known, &app.stamp()).await?;
    if let Some(fault) = report.faults.first() {
        bail!("the made-up brand has a fault: {fault:?}");
    }
    ensure!(report.written, "the made-up brand was not written");
    Ok(())
}
