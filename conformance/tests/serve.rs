//! The server as a browser or a script meets it.
#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do

use std::path::Path;

use actix_web::http::{StatusCode, header};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};
use conformance::serve::{Office, openapi_json, routes, safe_headers};
use serde_json::{Value, json};

const UPLOAD_BYTES_MAX: usize = 100_000;
const BOUNDARY: &str = "xXx";

/// One answer of a server with its reports in `data`.
struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

async fn ask(data: &Path, request: TestRequest) -> Answer {
    let office = web::Data::new(Office::open(data.to_owned(), None, UPLOAD_BYTES_MAX).unwrap());
    let app = init_service(App::new().wrap(safe_headers()).app_data(office).configure(routes)).await;
    let response = call_service(&app, request.to_request()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: read_body(response).await.to_vec() }
}

fn search() -> Value {
    json!({
        "context": {"domain": "ONDC:RET10", "core_version": "1.2.0", "action": "search", "country": "IND", "city": "std:080",
            "transaction_id": "t-1", "message_id": "m-1", "bap_id": "buyer.example", "bap_uri": "https://buyer.example/ondc",
            "timestamp": "2026-05-01T10:00:00.000Z", "ttl": "PT30S"},
        "message": {"intent": {}},
    })
}

fn form(files: &[(&str, &str)], fields: &[(&str, &str)]) -> TestRequest {
    let mut body = String::new();
    for (name, value) in fields {
        body += &format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    for (name, content) in files {
        body += &format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n{content}\r\n"
        );
    }
    body += &format!("--{BOUNDARY}--\r\n");
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    TestRequest::post().uri("/v1/reports").insert_header((header::CONTENT_TYPE, kind)).set_payload(body)
}

#[actix_web::test]
async fn files_of_a_form_become_a_report_that_is_shared_by_link() {
    let data = tempfile::tempdir().unwrap();
    let text = search().to_string();
    let answer = ask(data.path(), form(&[("logs/1_search.json", &text)], &[("role", "buyer")])).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    let created = answer.json();
    assert_eq!(answer.header(header::LOCATION), created["links"]["page"].as_str().unwrap());
    let report = ask(data.path(), TestRequest::get().uri(created["links"]["json"].as_str().unwrap())).await.json();
    assert_eq!((&report["flows"][0]["source"], &report["options"]["role"]), (&json!("logs"), &json!("buyer")));
    assert_eq!(report["flows"][0]["messages"][0]["path"], "logs/1_search.json");
    let folder = data.path().display().to_string();
    for (link, begins) in [
        ("page", "<!doctype"),
        ("html", "<!doctype"),
        ("junit", "<?xml"),
        ("sarif", "{"),
        ("markdown", "##"),
        ("text", "logs"),
    ] {
        let read = ask(data.path(), TestRequest::get().uri(created["links"][link].as_str().unwrap())).await;
        assert_eq!(read.status, StatusCode::OK, "{link}");
        assert!(read.text().starts_with(begins), "{link}");
        assert!(!read.text().contains(&folder), "{link} tells where this server keeps things");
        assert_eq!(read.header("referrer-policy"), "no-referrer", "a link is a secret");
    }
}

#[actix_web::test]
async fn a_document_as_the_body_is_checked_too() {
    let data = tempfile::tempdir().unwrap();
    let request = TestRequest::post().uri("/v1/reports?role=seller").set_json(json!({"log": [search()]}));
    let created = ask(data.path(), request).await.json();
    assert_eq!((&created["messages"], &created["flows"]), (&json!(1), &json!(1)), "{created}");
    assert_eq!(created["verdict"], "not_evaluated", "the seller sent nothing");
}

#[actix_web::test]
async fn what_was_uploaded_does_not_stay() {
    let data = tempfile::tempdir().unwrap();
    ask(data.path(), form(&[("a.json", &search().to_string())], &[])).await;
    assert_eq!(std::fs::read_dir(data.path().join("work")).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(data.path().join("reports")).unwrap().count(), 1);
}

#[actix_web::test]
async fn names_cannot_leave_the_folder() {
    let data = tempfile::tempdir().unwrap();
    let place = data.path().join("inner");
    let names = [("../../escaped.json", "{}"), ("/tmp/escaped.json", "{}"), ("a/../../../escaped.json", "{}")];
    let answer = ask(&place, form(&names, &[])).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let names: Vec<_> = std::fs::read_dir(data.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["inner"]);
    for id in ["../inner", "..%2f..%2fetc%2fpasswd", "%2e%2e", &"0".repeat(32), &"G".repeat(32)] {
        let read = ask(&place, TestRequest::get().uri(&format!("/v1/reports/{id}"))).await;
        assert_eq!(read.status, StatusCode::NOT_FOUND, "{id}");
    }
}

#[actix_web::test]
async fn too_much_is_refused_and_nothing_of_it_stays() {
    let data = tempfile::tempdir().unwrap();
    let large = "x".repeat(UPLOAD_BYTES_MAX + 1);
    for request in [form(&[("a.json", &large)], &[]), TestRequest::post().uri("/v1/reports").set_payload(large.clone())]
    {
        let answer = ask(data.path(), request).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.json()["detail"].as_str().unwrap().contains("--upload-mb"));
    }
    assert_eq!(std::fs::read_dir(data.path().join("work")).unwrap().count(), 0);
}

#[actix_web::test]
async fn wrong_requests_are_told_what_is_wrong() {
    let data = tempfile::tempdir().unwrap();
    for (request, words) in [
        (form(&[], &[]), "nothing was sent"),
        (form(&[("a.json", "{}")], &[("role", "gateway")]), "is no role"),
        (form(&[("a.json", "{}")], &[("colour", "red")]), "has no field"),
        (TestRequest::post().uri("/v1/reports"), "nothing was sent"),
    ] {
        let answer = ask(data.path(), request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.header(header::CONTENT_TYPE), "application/problem+json");
        assert!(answer.json()["detail"].as_str().unwrap().contains(words), "{}", answer.text());
    }
}

#[actix_web::test]
async fn a_report_can_be_removed() {
    let data = tempfile::tempdir().unwrap();
    let created = ask(data.path(), form(&[("a.json", &search().to_string())], &[])).await.json();
    let id = created["id"].as_str().unwrap();
    let remove = || TestRequest::delete().uri(&format!("/v1/reports/{id}"));
    assert_eq!(ask(data.path(), remove()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ask(data.path(), remove()).await.status, StatusCode::NOT_FOUND);
    let page = ask(data.path(), TestRequest::get().uri(&format!("/r/{id}"))).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text().contains("There is no such report"));
}

#[actix_web::test]
async fn the_page_works_without_scripts_and_without_the_world() {
    let data = tempfile::tempdir().unwrap();
    let page = ask(data.path(), TestRequest::get().uri("/")).await.text();
    assert!(page.contains("enctype=\"multipart/form-data\"") && page.contains("name=\"files\""));
    for outside in ["http://", "https://", "src="] {
        assert!(!page.contains(outside), "{outside}");
    }
    // What such a form sends leads straight to the report.
    let answer = ask(data.path(), form(&[("a.json", &search().to_string())], &[("role", ""), ("lead", "1")])).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.header(header::LOCATION).starts_with("/r/"));
}

/// `UPDATE_OPENAPI=1` writes it anew.
#[test]
fn openapi_is_committed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, openapi_json()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), openapi_json(), "run with UPDATE_OPENAPI=1");
}
