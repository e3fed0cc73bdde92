//! Who takes part, and the settings that make four programs one network on one machine.

use std::net::TcpListener;
use std::path::Path;

use anyhow::Context as _;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// The four programs, in the order in which they start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    Registry,
    Gateway,
    Seller,
    Buyer,
}

impl Member {
    pub const ALL: [Self; 4] = [Self::Registry, Self::Gateway, Self::Seller, Self::Buyer];

    /// Its word in addresses, folders and the timeline.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Gateway => "gateway",
            Self::Seller => "seller",
            Self::Buyer => "buyer",
        }
    }

    /// The compiled program.
    pub fn program(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Gateway => "gateway",
            Self::Seller => "seller-app",
            Self::Buyer => "buyer-app",
        }
    }
}

/// An open port for each member, so that ids and addresses are known before anything starts.
#[derive(Debug)]
pub struct Ports {
    listeners: Vec<(Member, TcpListener)>,
}

impl Ports {
    /// Ports `first`, `first + 1`, … when all are free; otherwise any free ports.
    pub fn starting_at(first: u16) -> anyhow::Result<Self> {
        match Self::bind(|index| first + index) {
            Ok(ports) => Ok(ports),
            Err(_) => Self::any(),
        }
    }

    /// Any free ports.
    pub fn any() -> anyhow::Result<Self> {
        Self::bind(|_| 0)
    }

    fn bind(port: impl Fn(u16) -> u16) -> anyhow::Result<Self> {
        let open = |(index, member): (usize, Member)| {
            let address = ("127.0.0.1", port(u16::try_from(index)?));
            let listener = TcpListener::bind(address).with_context(|| format!("no port for the {}", member.name()))?;
            anyhow::Ok((member, listener))
        };
        let listeners = Member::ALL.into_iter().enumerate().map(open).collect::<Result<_, _>>()?;
        Ok(Self { listeners })
    }

    /// The addresses; they stay true when the listeners are handed out.
    pub fn addresses(&self) -> anyhow::Result<Addresses> {
        let port = |(member, listener): &(Member, TcpListener)| anyhow::Ok((*member, listener.local_addr()?.port()));
        Ok(Addresses { ports: self.listeners.iter().map(port).collect::<Result<_, _>>()? })
    }

    /// Hands out the listener of one member, once.
    pub fn take(&mut self, member: Member) -> Option<TcpListener> {
        let index = self.listeners.iter().position(|(who, _)| *who == member)?;
        Some(self.listeners.swap_remove(index).1)
    }
}

/// Where each member is reached.
#[derive(Clone, Debug)]
pub struct Addresses {
    ports: Vec<(Member, u16)>,
}

impl Addresses {
    /// Port on loopback.
    pub fn port(&self, member: Member) -> u16 {
        self.ports.iter().find(|(who, _)| *who == member).map_or(0, |(_, port)| *port)
    }

    /// The id in the registry. It carries the port, because all members live on one machine.
    pub fn id(&self, member: Member) -> String {
        format!("{}.localhost:{}", member.name(), self.port(member))
    }

    /// The address of its pages and its API.
    pub fn url(&self, member: Member) -> String {
        format!("http://{}", self.id(member))
    }
}

/// Where the members keep what they must not lose.
#[derive(Clone, Debug)]
pub enum Storage {
    /// A file per member in the data folder.
    Sqlite,
    /// One database per member on this server (its URL without a database name), named prefix + member.
    Postgres { server: String, prefix: String },
}

impl Storage {
    /// The `database_url` of a member; empty for the file in its data folder.
    pub fn url(&self, member: Member) -> String {
        match self {
            Self::Sqlite => String::new(),
            Self::Postgres { server, prefix } => format!("{}/{prefix}{}", server.trim_end_matches('/'), member.name()),
        }
    }

    /// Makes the databases that are missing.
    pub async fn prepare(&self) -> anyhow::Result<()> {
        let Self::Postgres { server, prefix } = self else { return Ok(()) };
        let url = format!("{}/postgres", server.trim_end_matches('/'));
        let mut server = PgConnection::connect(&url).await.with_context(|| format!("no PostgreSQL at {url}"))?;
        for member in Member::ALL {
            let name = format!("{prefix}{}", member.name());
            let known = sqlx::query("select 1 from pg_database where datname = $1").bind(&name);
            if known.fetch_optional(&mut server).await?.is_none() {
                sqlx::query(AssertSqlSafe(format!("create database \"{}\"", name.replace('"', ""))))
                    .execute(&mut server)
                    .await?;
            }
        }
        Ok(())
    }
}

/// The settings of one member, as the keys of its settings file. `registry_key` is the registry's public encryption key.
pub fn settings(
    member: Member,
    at: &Addresses,
    folder: &Path,
    database_url: &str,
    registry_key: &str,
    core_version: &str,
) -> Vec<(String, String)> {
    let data_dir = folder.join(member.name());
    let mut settings = vec![
        ("environment", "development".to_owned()),
        ("listen", format!("127.0.0.1:{}", at.port(member))),
        ("data_dir", data_dir.display().to_string()),
        ("database_url", database_url.to_owned()),
        ("subscriber_id", at.id(member)),
        ("subscriber_url", format!("{}/network", at.url(member))),
        ("registry_url", at.url(Member::Registry)),
        ("registry_encryption_keys", registry_key.to_owned()),
        ("core_versions", core_version.to_owned()),
        ("danger_allow_private_addresses", "true".to_owned()),
        ("danger_open_console", "true".to_owned()),
        ("workers", "1".to_owned()),
    ];
    if member == Member::Registry {
        settings.push(("approve", "automatic".to_owned()));
    }
    settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The same settings as a TOML file. Lists are those keys whose values are comma separated in [`settings`].
pub fn settings_file(settings: &[(String, String)]) -> String {
    let mut text = String::new();
    for (key, value) in settings {
        let value = match (key.as_str(), value.as_str()) {
            ("registry_encryption_keys" | "core_versions", "") => "[]".to_owned(),
            ("registry_encryption_keys" | "core_versions", value) => {
                let items: Vec<_> = value.split(',').map(|item| format!("{item:?}")).collect();
                format!("[{}]", items.join(", "))
            }
            ("workers", value) => value.to_owned(),
            (_, "true" | "false") => value.clone(),
            (_, value) => format!("{value:?}"),
        };
        text.push_str(&format!("{key} = {value}\n"));
    }
    text
}
