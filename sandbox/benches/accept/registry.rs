//! The registry of the benchmark: one record, told over HTTP as `/v2.0/lookup` tells it.

use std::net::TcpListener;

use actix_web::{App, HttpResponse, HttpServer, web};
use protocol::participant::Participant;
use serde_json::Value;

/// Serves until this process ends; gives the base URL.
pub fn start(participant: Participant) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    let record = web::Data::new(participant);
    let server =
        HttpServer::new(move || App::new().app_data(record.clone()).route("/v2.0/lookup", web::post().to(lookup)));
    tokio::spawn(server.workers(1).disable_signals().listen(listener)?.run());
    Ok(url)
}

async fn lookup(record: web::Data<Participant>, question: web::Json<Value>) -> HttpResponse {
    let asked = |name: &str| question.get(name).and_then(Value::as_str);
    let known = asked("subscriber_id") == Some(record.subscriber_id.as_str())
        && asked("ukId").is_none_or(|id| id == record.unique_key_id.as_str());
    let found: Vec<&Participant> = known.then_some(&**record).into_iter().collect();
    HttpResponse::Ok().json(found)
}
