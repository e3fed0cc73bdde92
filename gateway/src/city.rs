//! Is `context.city` a city code of this network? The pattern is the network's (`city_pattern` in `network.yaml`).

use fancy_regex::Regex;
use protocol::ack::{ErrorType, NetworkError};

/// Where the network does not say: `std:` and a telephone area code, or `*`.
const USUAL: &str = r"^(std:\d{3,5}|\*)$";
/// Longest code that is looked at.
const CHARS_MAX: usize = 32;

/// The network's form of city codes.
#[derive(Clone, Debug)]
pub struct CityCodes {
    pattern: Regex,
}

impl CityCodes {
    /// The pattern of the network's policy, or the usual one.
    ///
    /// # Errors
    /// The pattern is no regular expression.
    pub fn of(policy: &specs::NetworkPolicy) -> Result<Self, Box<fancy_regex::Error>> {
        let pattern = policy.attributes.get("city_pattern").and_then(serde_json::Value::as_str).unwrap_or(USUAL);
        Ok(Self { pattern: Regex::new(pattern).map_err(Box::new)? })
    }

    /// Refuses what is no city code.
    ///
    /// # Errors
    /// 10002.
    pub fn check(&self, city: &str) -> Result<(), NetworkError> {
        if city.chars().count() <= CHARS_MAX && self.pattern.is_match(city).unwrap_or(false) {
            return Ok(());
        }
        let shown: String = city.chars().take(CHARS_MAX).collect();
        let text = format!("{shown:?} is no city code: one like \"std:080\", or \"*\" for all cities, is expected");
        Err(NetworkError::new(ErrorType::Context, "10002", text).at("context.city"))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("std:080", true)]
    #[case("std:0172", true)]
    #[case("*", true)]
    #[case("std:", false)]
    #[case("std:80", false)]
    #[case("STD:080", false)]
    #[case("std:080 ", false)]
    #[case("std:080\n", false)]
    #[case("Bengaluru", false)]
    #[case("", false)]
    #[case("**", false)]
    fn codes(#[case] city: &str, #[case] good: bool) {
        let codes = CityCodes::of(&specs::NetworkPolicy::default()).unwrap();
        let verdict = codes.check(city);
        assert_eq!(verdict.is_ok(), good);
        if let Err(error) = verdict {
            assert_eq!((error.code.as_str(), error.path.as_deref()), ("10002", Some("context.city")));
        }
    }

    #[test]
    fn another_network_has_another_form() {
        let mut policy = specs::NetworkPolicy::default();
        policy.attributes.insert("city_pattern".to_owned(), "^FR-[0-9]{5}$".into());
        let codes = CityCodes::of(&policy).unwrap();
        assert!(codes.check("FR-75056").is_ok() && codes.check("std:080").is_err());
    }
}
