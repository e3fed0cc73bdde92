//! Debian's Chromium, headless, driven over WebDriver.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// A browser window that ends with the test.
pub struct Browser {
    pub page: Client,
    driver: Child,
    _profile: tempfile::TempDir,
}

const FLAGS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,900",
];

impl Browser {
    /// None, loudly, where Chromium or its driver is not installed; CI requires them.
    #[allow(dead_code)] // each test opens the one it needs
    pub async fn open() -> Option<Browser> {
        Self::with(json!({})).await
    }

    /// The same with a small phone's screen.
    #[allow(dead_code)] // as above
    pub async fn open_phone() -> Option<Browser> {
        let screen = json!({ "width": 360, "height": 740, "pixelRatio": 2.0, "touch": true, "mobile": true });
        Self::with(json!({ "deviceMetrics": screen })).await
    }

    async fn with(emulation: Value) -> Option<Browser> {
        let mut command = Command::new("chromedriver");
        // A group of its own, so that the browser ends with its driver also when the test fails.
        command.arg("--port=0").process_group(0).stdout(Stdio::piped()).stderr(Stdio::null());
        let spawned = command.spawn();
        let Ok(mut driver) = spawned else {
            assert!(std::env::var("HAAT_REQUIRE_ALL").is_err(), "chromedriver is required here (apt: chromium-driver)");
            println!("SKIPPED: no chromedriver on this machine (apt: chromium chromium-driver)");
            return None;
        };
        let output = BufReader::new(driver.stdout.take().unwrap());
        let started = output.lines().map_while(Result::ok).find(|line| line.contains("started successfully on port"));
        let port: String = started.expect("chromedriver starts").chars().filter(char::is_ascii_digit).collect();
        let profile = tempfile::tempdir().unwrap();
        let mut flags: Vec<_> = FLAGS.map(str::to_owned).to_vec();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let mut chrome = json!({ "args": flags });
        if emulation.as_object().is_some_and(|settings| !settings.is_empty()) {
            chrome["mobileEmulation"] = emulation;
        }
        let options = json!({ "goog:chromeOptions": chrome });
        let page = ClientBuilder::new(HttpConnector::new())
            .capabilities(options.as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a browser session");
        Some(Browser { page, driver, _profile: profile })
    }

    /// Keeps a picture of the page when `HAAT_SCREENSHOTS` names a folder.
    pub async fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("HAAT_SCREENSHOTS") else { return };
        let png = self.page.screenshot().await.expect("a screenshot");
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), png).expect("the picture is written");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-9", "--", &format!("-{}", self.driver.id())]).status();
        let _ = self.driver.wait();
    }
}
