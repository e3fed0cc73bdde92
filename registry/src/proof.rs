//! The two proofs of a subscription: the page under the domain, signed with the offered key, and the challenge for the offered
//! encryption key. Both calls go through the address guard, follow no redirect and read little.

use std::time::Duration;

use node::Node;
use protocol::challenge;
use protocol::http::Http;
use protocol::site_proof;
use serde_json::{Value, json};

use crate::address::Addresses;
use crate::application::Application;
use crate::refusal::Refusal;

/// Longest answer to the challenge, in bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// Longest part of a stranger's text that we repeat.
const QUOTED_CHARS_MAX: usize = 120;

/// Has the applicant control over its domain, and over both keys?
///
/// # Errors
/// Which proof failed, where and why.
pub async fn prove(
    node: &Node,
    application: &Application,
    addresses: Addresses,
    timeout: Duration,
) -> Result<(), Refusal> {
    site(&node.http.with_limits(timeout, site_proof::PAGE_BYTES_MAX), application, addresses).await?;
    encryption(node, &node.http.with_limits(timeout, ANSWER_BYTES_MAX), application, addresses).await
}

async fn site(http: &Http, application: &Application, addresses: Addresses) -> Result<(), Refusal> {
    let url = addresses.site_page(&application.subscriber_id);
    let page = http.get(&url, &[("accept", "text/html")]).await;
    let page = page.map_err(|failure| Refusal::Domain { url: url.clone(), why: failure.to_string() })?;
    if page.status != 200 {
        return Err(Refusal::SiteMissing { url, status: page.status });
    }
    let html = String::from_utf8_lossy(&page.body);
    let proved = site_proof::verify(&html, &application.request_id, &application.key.signing);
    proved.map_err(|error| Refusal::SiteProof { url, why: error.to_string() })
}

async fn encryption(node: &Node, http: &Http, application: &Application, addresses: Addresses) -> Result<(), Refusal> {
    let url = addresses.on_subscribe(&application.subscriber_id, &application.callback_path);
    let failed = |why: String| Refusal::Encryption { url: url.clone(), why };
    // Upper case, as participants have always received it. Fresh for every attempt and used once.
    let secret = node.randomness.uuid_v4().to_string().to_uppercase();
    let encrypted = challenge::encrypt(&secret, &node.keys.encryption(), &application.key.encryption);
    let encrypted = encrypted.map_err(|error| failed(error.to_string()))?;
    let body = json!({ "subscriber_id": application.subscriber_id, "challenge": encrypted }).to_string();
    let answer = http.post(&url, body.into(), &[]).await.map_err(|failure| failed(failure.to_string()))?;
    if answer.status != 200 {
        return Err(failed(format!("it answered HTTP {}", answer.status)));
    }
    let given: Value = serde_json::from_slice(&answer.body).map_err(|_| failed("the answer is not JSON".to_owned()))?;
    let Some(given) = given.get("answer").and_then(Value::as_str) else {
        return Err(failed("the answer has no member `answer`".to_owned()));
    };
    if challenge::answer_matches(given, &secret) {
        return Ok(());
    }
    Err(failed(hint(given, &secret)))
}

/// What is likely wrong with a wrong answer. The secret is used up, so nothing is given away.
fn hint(given: &str, secret: &str) -> String {
    if given.trim_end_matches(|c: char| c.is_control()) == secret {
        return "the answer still has its padding: remove the PKCS#7 bytes".to_owned();
    }
    if given.trim().eq_ignore_ascii_case(secret) {
        return "the answer must be exactly the decrypted text: same case, no blanks".to_owned();
    }
    let shown: String = given.chars().filter(|c| !c.is_control()).take(QUOTED_CHARS_MAX).collect();
    format!("the answer {shown:?} is not the decrypted challenge: AES-256-ECB, PKCS#7, key = raw X25519 secret")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_usual_mistakes() {
        let secret = "BCA53D77-A9F5-4C6B-829E-B5A93CC9BF43";
        assert!(hint(&format!("{secret}\u{c}\u{c}"), secret).contains("PKCS#7 bytes"));
        assert!(hint(&secret.to_lowercase(), secret).contains("same case"));
        assert!(hint("something else", secret).contains("AES-256-ECB"));
        assert!(hint(&"x".repeat(1000), secret).len() < 300);
    }
}
