//! The servers that are measured, each in a process of its own (`serve KIND …`).

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::{Context, bail};
use gateway::GatewayConfig;
use node::config::{DEFAULTS, load};
use node::telemetry::LogFormat;
use node::{StopSignal, Surroundings};
use protocol::keys::{parse_encryption_public, parse_signing_public};
use protocol::participant::Participant;
use registry::application::{Application, OfferedEntry, OfferedKey, Operation};
use registry::store::membership;
use registry::{Registry, RegistryConfig};

use crate::network::DOMAIN;

/// Serves until the parent closes our standard input.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    std::thread::spawn(|| {
        // End of input or an error: the parent is gone.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match arguments[..] {
        ["fixed", file] => actix_web::rt::System::new().block_on(fixed(std::fs::read(file)?)),
        ["sellers", count] => actix_web::rt::System::new().block_on(crate::sellers::serve(count.parse()?)),
        ["registry", folder] => runtime()?.block_on(registry(Path::new(folder))),
        ["gateway", folder, registry, key] => runtime()?.block_on(gateway(Path::new(folder), registry, key)),
        _ => bail!("unknown server {arguments:?}"),
    }
}

/// Tells the parent where we are.
pub fn announce(address: SocketAddr) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{address}")?;
    Ok(out.flush()?)
}

fn own_settings(folder: &Path, name: &str, address: SocketAddr) -> Vec<(String, String)> {
    let id = format!("{name}.localhost:{}", address.port());
    let settings = [
        ("environment", "development".to_owned()),
        ("data_dir", folder.join(name).display().to_string()),
        ("subscriber_url", format!("http://{id}/network")),
        ("subscriber_id", id),
        ("danger_allow_private_addresses", "true".to_owned()),
    ];
    settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The ceiling of lookups: reads the question, tells always the same.
async fn fixed(answer: Vec<u8>) -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    announce(listener.local_addr()?)?;
    let answer = web::Data::new(web::Bytes::from(answer));
    let tell = |_question: web::Bytes, answer: web::Data<web::Bytes>| async move {
        HttpResponse::Ok().content_type("application/json").body(answer.get_ref().clone())
    };
    let server = HttpServer::new(move || App::new().app_data(answer.clone()).default_service(web::to(tell)));
    Ok(server.disable_signals().listen(listener)?.run().await?)
}

async fn registry(folder: &Path) -> anyhow::Result<()> {
    node::telemetry::init(LogFormat::Text);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let settings = own_settings(folder, "registry", address);
    let config: RegistryConfig = load(&[DEFAULTS, registry::config::DEFAULTS], None, "", &settings)?;
    let running = registry::start(config, Some(listener), Surroundings::system()).await?;
    let known: Vec<Participant> = serde_json::from_slice(&std::fs::read(folder.join("participants.json"))?)?;
    seed(&running.registry, &known).await.context("the participants cannot be written")?;
    announce(address)?;
    running.wait(StopSignal::listen()?).await;
    Ok(())
}

/// Writes participants down as if each had proved itself.
async fn seed(registry: &Registry, known: &[Participant]) -> anyhow::Result<()> {
    let now = registry.node.clock.now();
    let mut tx = registry.node.db.begin().await?;
    for one in known {
        let entry = OfferedEntry {
            domain: one.domain.clone(),
            role: one.role,
            url: one.subscriber_url.clone().unwrap_or_default(),
            cities: one.city.clone(),
        };
        let application = Application {
            operation: Operation::Seller,
            request_id: one.unique_key_id.to_string(),
            timestamp: now,
            subscriber_id: one.subscriber_id.clone(),
            country: one.country.clone(),
            callback_path: String::new(),
            key: OfferedKey {
                unique_key_id: one.unique_key_id.clone(),
                signing_text: one.signing_public_key.clone(),
                signing: parse_signing_public(&one.signing_public_key)?,
                encryption_text: one.encr_public_key.clone(),
                encryption: parse_encryption_public(&one.encr_public_key)?,
                valid_from: one.valid_from,
                valid_until: one.valid_until,
            },
            entries: vec![entry],
            entity: serde_json::Value::Null,
            digest: String::new(),
        };
        membership::grant(&mut tx, &application, &[one.status], now).await?;
    }
    tx.commit().await?;
    registry.directory.changed();
    Ok(())
}

async fn gateway(folder: &Path, registry: &str, key: &str) -> anyhow::Result<()> {
    node::telemetry::init(LogFormat::Text);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let mut settings = own_settings(folder, "gateway", address);
    let own = [
        ("registry_url", registry),
        ("registry_encryption_keys", key),
        ("domains", DOMAIN),
        ("searches_per_minute", "0"),
    ];
    settings.extend(own.map(|(key, value)| (key.to_owned(), value.to_owned())));
    settings.extend(crate::settings::overrides()?);
    let config: GatewayConfig = load(&[DEFAULTS, gateway::config::DEFAULTS], None, "", &settings)?;
    let running = gateway::start(config, Some(listener), Surroundings::system()).await?;
    announce(address)?;
    running.wait(StopSignal::listen()?).await;
    Ok(())
}
