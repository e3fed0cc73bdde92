//! Secrets, and what is signed with them (Standard Webhooks, symmetric form).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use protocol::randomness::Randomness;
use sha2::Sha256;
use zeroize::Zeroizing;

/// How long the former secret signs beside a new one.
pub const FORMER_MS: i64 = 24 * 3_600_000;
const SECRET_BYTES: usize = 32;
const PREFIX: &str = "whsec_";

/// A new secret, in the form in which it is shown: `whsec_` and base64 of 32 bytes.
pub fn new_secret(randomness: &dyn Randomness) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
    randomness.fill(&mut *bytes);
    Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(*bytes)))
}

/// The header `webhook-signature`: a signature for each secret, divided by spaces. A secret that cannot be read signs nothing.
pub fn header<'s>(secrets: impl IntoIterator<Item = &'s str>, id: &str, timestamp_s: i64, body: &[u8]) -> String {
    let signatures = secrets.into_iter().filter_map(|secret| sign(secret, id, timestamp_s, body));
    signatures.map(|signature| format!("v1,{signature}")).collect::<Vec<_>>().join(" ")
}

fn sign(secret: &str, id: &str, timestamp_s: i64, body: &[u8]) -> Option<String> {
    let key = Zeroizing::new(STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp_s}.").as_bytes());
    mac.update(body);
    Some(STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use protocol::randomness::OsRandomness;

    use super::*;

    /// The published example of Standard Webhooks.
    #[test]
    fn signs_as_the_standard_does() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let signed = header([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn each_secret_signs() {
        let (new, former) = (new_secret(&OsRandomness), new_secret(&OsRandomness));
        let both = header([new.as_str(), former.as_str()], "e1", 1, b"{}");
        assert_eq!(both, [header([new.as_str()], "e1", 1, b"{}"), header([former.as_str()], "e1", 1, b"{}")].join(" "));
        assert_ne!(header([new.as_str()], "e1", 1, b"{}"), header([new.as_str()], "e1", 2, b"{}"));
    }
}
