//! The pages `/inspect`: recent messages, one transaction as a time line, one message raw, the queues. For staff.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::access::staff;
use crate::inbox::InboxCounts;
use crate::ledger::LedgerEntry;
use crate::node::Node;
use crate::outbox::OutboxCounts;
use crate::pages;

mod view;

use view::{DeadView, OutboxView, RowView, StepView};

const PAGE_ROWS: u32 = 100;
/// Longest body that is shown on a page; longer ones can be downloaded.
const SHOWN_BYTES_MAX: usize = 512 * 1024;

pub(crate) fn mount(app: &mut web::ServiceConfig) {
    app.route("/inspect", web::get().to(messages))
        .route("/inspect/", web::get().to(messages))
        .route("/inspect/find", web::get().to(find))
        .route("/inspect/queues", web::get().to(queues))
        .route("/inspect/messages/{id}", web::get().to(message))
        .route("/inspect/messages/{id}/bytes", web::get().to(bytes))
        .route("/inspect/transactions/{id}", web::get().to(transaction))
        .route("/inspect/transactions/{id}/log", web::get().to(log))
        .route("/inspect/outbox/{id}/resend", web::post().to(resend))
        .route("/inspect/inbox/{id}/retry", web::post().to(retry));
}

/// What the frame of these pages shows.
struct Frame<'a> {
    name: &'a str,
    subscriber_id: &'a str,
    here: &'a str,
}

impl<'a> Frame<'a> {
    fn of(node: &'a Node, here: &'a str) -> Self {
        Self { name: node.name, subscriber_id: node.identity.subscriber_id.as_str(), here }
    }
}

#[derive(Template)]
#[template(path = "inspect/messages.html")]
struct MessagesPage<'a> {
    frame: Frame<'a>,
    rows: Vec<RowView>,
    older: Option<String>,
}

#[derive(Template)]
#[template(path = "inspect/transaction.html")]
struct TransactionPage<'a> {
    frame: Frame<'a>,
    transaction_id: String,
    transaction_url: String,
    lanes: Vec<String>,
    steps: Vec<StepView>,
}

#[derive(Template)]
#[template(path = "inspect/message.html")]
struct MessagePage<'a> {
    frame: Frame<'a>,
    row: RowView,
    headers: Vec<(String, String)>,
    pretty: String,
    exact: String,
    digest: String,
}

#[derive(Template)]
#[template(path = "inspect/queues.html")]
struct QueuesPage<'a> {
    frame: Frame<'a>,
    inbox: InboxCounts,
    outbox: OutboxCounts,
    stuck: Vec<OutboxView>,
    open: Vec<OutboxView>,
    dead: Vec<DeadView>,
}

#[derive(Deserialize)]
struct Before {
    before: Option<String>,
}

#[derive(Deserialize)]
struct Find {
    q: String,
}

async fn messages(request: HttpRequest, node: web::Data<Node>, query: web::Query<Before>) -> HttpResponse {
    if let Err(answer) = staff(&request, &node.config) {
        return answer;
    }
    let entries = match node.ledger.recent(PAGE_ROWS, query.before.as_deref()).await {
        Ok(entries) => entries,
        Err(error) => return failed(&error),
    };
    let full = entries.len() == PAGE_ROWS as usize;
    let older = entries.last().filter(|_| full).map(|entry| entry.id.clone());
    let rows = entries.into_iter().map(RowView::from).collect();
    pages::render(&MessagesPage { frame: Frame::of(&node, "messages"), rows, older })
}

async fn find(query: web::Query<Find>) -> HttpResponse {
    pages::see_other(&format!("/inspect/transactions/{}", pages::url_encode(query.q.trim())))
}

async fn transaction(request: HttpRequest, node: web::Data<Node>, id: web::Path<String>) -> HttpResponse {
    if let Err(answer) = staff(&request, &node.config) {
        return answer;
    }
    let entries = match node.ledger.transaction(&id).await {
        Ok(entries) => entries,
        Err(error) => return failed(&error),
    };
    let own = node.identity.subscriber_id.as_str();
    let lanes = view::lanes(own, &entries);
    let steps = view::steps(own, &lanes, entries);
    let page = TransactionPage {
        frame: Frame::of(&node, "messages"),
        transaction_url: pages::url_encode(&id),
        transaction_id: id.into_inner(),
        lanes,
        steps,
    };
    pages::render(&page)
}

async fn message(request: HttpRequest, node: web::Data<Node>, id: web::Path<String>) -> HttpResponse {
    if let Err(answer) = staff(&request, &node.config) {
        return answer;
    }
    let record = match node.ledger.entry(&id).await {
        Ok(Some(record)) => record,
        Ok(None) => return HttpResponse::NotFound().body("No such message."),
        Err(error) => return failed(&error),
    };
    let shown = record.bytes.len() <= SHOWN_BYTES_MAX;
    let exact = if shown {
        String::from_utf8_lossy(&record.bytes).into_owned()
    } else {
        "Too long to show; download it.".to_owned()
    };
    let parsed = if shown { serde_json::from_slice::<serde_json::Value>(&record.bytes).ok() } else { None };
    let pretty = parsed.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| exact.clone());
    let page = MessagePage {
        frame: Frame::of(&node, "messages"),
        digest: protocol::digest::digest(&record.bytes),
        row: RowView::from(record.entry),
        headers: record.headers.into_iter().collect(),
        pretty,
        exact,
    };
    pages::render(&page)
}

async fn bytes(request: HttpRequest, node: web::Data<Node>, id: web::Path<String>) -> HttpResponse {
    if let Err(answer) = staff(&request, &node.config) {
        return answer;
    }
    match node.ledger.entry(&id).await {
        Ok(Some(record)) => download("application/json", &format!("{}.json", file_name(&record.entry)), record.bytes),
        Ok(None) => HttpResponse::NotFound().body("No such message."),
        Err(error) => failed(&error),
    }
}

async fn log(request: HttpRequest, node: web::Data<Node>, id: web::Path<String>) -> HttpResponse {
    if let Err(answer) = staff(&request, &node.config) {
        return answer;
    }
    match node.ledger.export(&id).await {
        Ok(text) => download("application/x-ndjson", "transaction.ndjson", text.into()),
        Err(error) => failed(&error),
    }
}

async fn queues(request: HttpRequest, node: web::Data<Node>) -> HttpResponse {
    if let Err(answer) = staff(&request, &node.config) {
        return answer;
    }
    let found = async {
        let views = |rows: Vec<_>| rows.into_iter().map(OutboxView::from).collect();
        Ok::<_, sqlx::Error>(QueuesPage {
            frame: Frame::of(&node, "queues"),
            inbox: node.inbox.counts().await?,
            outbox: node.outbox.pending().await?,
            stuck: views(node.outbox.rows(false, PAGE_ROWS).await?),
            open: views(node.outbox.rows(true, PAGE_ROWS).await?),
            dead: node.inbox.dead(PAGE_ROWS).await?.into_iter().map(DeadView::from).collect(),
        })
    };
    match found.await {
        Ok(page) => pages::render(&page),
        Err(error) => failed(&error),
    }
}

async fn resend(request: HttpRequest, node: web::Data<Node>, id: web::Path<String>) -> HttpResponse {
    if let Err(answer) = staff(&request, &node.config) {
        return answer;
    }
    match node.outbox.resend(&id).await {
        Ok(true) => pages::see_other("/inspect/queues"),
        Ok(false) => HttpResponse::NotFound().body("No such message waits to be sent again."),
        Err(error) => failed(&error),
    }
}

async fn retry(request: HttpRequest, node: web::Data<Node>, id: web::Path<String>) -> HttpResponse {
    if let Err(answer) = staff(&request, &node.config) {
        return answer;
    }
    match node.inbox.retry(&id).await {
        Ok(true) => pages::see_other("/inspect/queues"),
        Ok(false) => HttpResponse::NotFound().body("No such message was laid aside."),
        Err(error) => failed(&error),
    }
}

fn download(kind: &str, name: &str, bytes: bytes::Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(bytes)
}

fn file_name(entry: &LedgerEntry) -> String {
    format!("{}-{}", entry.action, entry.id)
}

fn failed(error: &sqlx::Error) -> HttpResponse {
    tracing::error!(%error, "a page for staff could not be made");
    HttpResponse::ServiceUnavailable().body("The database does not answer; try again.")
}
