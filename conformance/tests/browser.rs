//! `conformance serve` in a real browser: logs are dropped, the report is read down to how a finding is mended.
#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do

use std::io::{BufRead, BufReader, Cursor, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fantoccini::Locator;
use fantoccini::elements::Element;
use serde_json::{Value, json};
use zip::write::{SimpleFileOptions, ZipWriter};

#[path = "../../sandbox/tests/it/chromium.rs"]
mod chromium;

use chromium::Browser;

const PATIENCE: Duration = Duration::from_secs(20);

/// The program, listening, with its reports in a folder that goes with it.
struct Server {
    child: Child,
    url: String,
    _data: tempfile::TempDir,
}

impl Server {
    fn start() -> Server {
        let data = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
        command.args(["serve", "--data"]).arg(data.path()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let first = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        let url = first.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
        Server { url: url.trim_end_matches(',').to_owned(), child, _data: data }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the sandbox recorded, each message a file; in `on_confirm` the buyer has another name.
fn files() -> Vec<(String, Value)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/flows/delivered-1.2.5.ndjson");
    let text = std::fs::read_to_string(path).unwrap();
    let file = |(at, line): (usize, &str)| {
        let entry: Value = serde_json::from_str(line).unwrap();
        let mut body: Value = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
        let action = entry["action"].as_str().unwrap().to_owned();
        if action == "on_confirm" {
            body["message"]["order"]["billing"]["name"] = json!("Another Name");
        }
        (format!("logs/flow2/{:02}_{action}.json", at + 1), body)
    };
    text.lines().enumerate().map(file).collect()
}

fn zipped(files: &[(String, Value)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, body) in files {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(&serde_json::to_vec_pretty(body).unwrap()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

async fn see(browser: &Browser, css: &str) -> Element {
    let found = browser.page.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
    match found {
        Ok(element) => element,
        Err(error) => {
            let text = browser.page.find(Locator::Css("body")).await.unwrap().text().await.unwrap();
            panic!("{css} is not there ({error}):\n{text}");
        }
    }
}

/// Waits until the element says this.
async fn says(browser: &Browser, css: &str, wanted: &str) {
    let until = std::time::Instant::now() + PATIENCE;
    loop {
        let text = see(browser, css).await.text().await.unwrap_or_default();
        if text.contains(wanted) {
            return;
        }
        assert!(std::time::Instant::now() < until, "{css} says {text:?}, not {wanted:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Presses Check and opens the report when it is there.
async fn checked(browser: &Browser) {
    see(browser, "#go").await.click().await.unwrap();
    says(browser, "#done-title", "1 error to mend").await;
    browser.picture("conformance-serve-done").await;
    see(browser, "#open").await.click().await.unwrap();
    says(browser, "h1", "1 error").await;
}

#[tokio::test]
async fn a_zip_is_dropped_and_its_finding_read() {
    let Some(browser) = Browser::open().await else { return };
    let server = Server::start();
    browser.page.goto(&server.url).await.unwrap();
    browser.picture("conformance-serve").await;
    let drop =
        "const bytes = Uint8Array.from(atob(arguments[0]), one => one.charCodeAt(0)); const data = new DataTransfer();
        data.items.add(new File([bytes], 'logs.zip'));
        document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));";
    browser.page.execute(drop, vec![json!(STANDARD.encode(zipped(&files())))]).await.unwrap();
    says(&browser, "#chosen", "12 files").await;
    checked(&browser).await;
    // The timeline leads to the message, the message to the finding.
    let step = see(&browser, "a.step:not(.clean)").await;
    assert!(
        step.text().await.unwrap().contains("on_confirm"),
        "the first step with a finding is the one that was broken"
    );
    step.click().await.unwrap();
    let finding = see(&browser, ".finding.error").await;
    let text = finding.text().await.unwrap();
    for words in ["Another Name", "Sandbox Shopper", "/message/order/billing/name", "06_on_confirm.json"] {
        assert!(text.contains(words), "{words} is not in the finding:\n{text}");
    }
    let fix = see(&browser, ".finding.error .fix").await.text().await.unwrap();
    assert!(!fix.is_empty(), "the finding says how to mend it");
    finding.find(Locator::Css("a")).await.unwrap().click().await.unwrap();
    let there = browser.page.current_url().await.unwrap();
    assert!(there.fragment().is_some(), "the other message is one click away: {there}");
    browser.picture("conformance-serve-finding").await;
}

#[tokio::test]
async fn a_folder_is_chosen_and_its_link_opens_the_report_again() {
    let Some(browser) = Browser::open().await else { return };
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    for (name, body) in files() {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, body.to_string()).unwrap();
    }
    browser.page.goto(&server.url).await.unwrap();
    let input = see(&browser, "#folder").await;
    input.send_keys(&folder.path().join("logs").display().to_string()).await.unwrap();
    says(&browser, "#chosen", "12 files").await;
    see(&browser, "#go").await.click().await.unwrap();
    says(&browser, "#done-title", "1 error to mend").await;
    let link = see(&browser, "#link").await.prop("value").await.unwrap().unwrap();
    browser.page.goto(&link).await.unwrap();
    says(&browser, "h1", "1 error").await;
    says(&browser, "section.flow h2", "logs/flow2").await;
    browser.page.set_window_size(390, 844).await.unwrap();
    let wide = browser.page.execute("return document.documentElement.scrollWidth - innerWidth", vec![]).await.unwrap();
    assert!(wide.as_i64().unwrap() <= 0, "the report is wider than a telephone by {wide} pixels");
    browser.picture("conformance-serve-phone").await;
}
