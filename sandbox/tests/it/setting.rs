//! A network for one test.

use protocol::randomness::{OsRandomness, Randomness};
use sandbox::journey::{Choice, Journey, local_http};
use sandbox::members::{Member, Storage};
use sandbox::network::{Builder, Network};
use sandbox::seed::Seeds;

pub const CITY: &str = "std:080";
pub const AREA_CODE: &str = "560034";
pub const GPS: &str = "12.9279,77.6271";

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A running network in a temporary folder, with the brand's goods.
pub struct Setting {
    pub network: Network,
    pub journey: Journey,
    _folder: tempfile::TempDir,
}

impl Setting {
    /// None, loudly, when the engine is not there; CI requires both.
    pub async fn start(engine: Engine, change: impl FnOnce(Builder) -> Builder) -> Option<Setting> {
        let folder = tempfile::tempdir().unwrap();
        let storage = match engine {
            Engine::Sqlite => Storage::Sqlite,
            Engine::Postgres => postgres()?,
        };
        let builder = Network::builder(folder.path()).storage(storage).seeds(Seeds::brand());
        let network = change(builder).start().await.unwrap();
        let journey = Journey {
            http: local_http().unwrap(),
            buyer: network.at.url(Member::Buyer),
            seller: network.at.url(Member::Seller),
        };
        Some(Setting { network, journey, _folder: folder })
    }

    pub async fn choice(&self) -> Choice {
        self.journey.discover(CITY, AREA_CODE, GPS).await.unwrap()
    }
}

fn postgres() -> Option<Storage> {
    match std::env::var("TEST_POSTGRES_URL") {
        Ok(url) => {
            let server = url.rsplit_once('/').expect("TEST_POSTGRES_URL names a database").0.to_owned();
            let prefix = format!("t{}_", OsRandomness.uuid_v4().simple());
            Some(Storage::Postgres { server, prefix })
        }
        Err(_) => {
            assert!(std::env::var("HAAT_REQUIRE_ALL").is_err(), "TEST_POSTGRES_URL is required here");
            println!("SKIPPED: no PostgreSQL; set TEST_POSTGRES_URL=postgres://USER@HOST/DATABASE");
            None
        }
    }
}
