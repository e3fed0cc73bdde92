//! The name with which a person signs in.

/// A name in lower case that no other actor has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login(String);

/// Why a text is no login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    #[error("a login has 2 to 64 characters: letters a to z, digits, and . _ @ + -")]
    Characters,
    #[error("`brand` and `system` stand in records for the node itself: take another login")]
    Reserved,
}

impl Login {
    /// Letters are made small.
    ///
    /// # Errors
    /// When it is too long, too short, has other characters or is reserved.
    pub fn parse(text: &str) -> Result<Self, LoginError> {
        let text = text.trim().to_ascii_lowercase();
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._@+-".contains(c);
        if !(2..=64).contains(&text.len()) || !text.chars().all(good) {
            return Err(LoginError::Characters);
        }
        if matches!(text.as_str(), "brand" | "system") {
            return Err(LoginError::Reserved);
        }
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}
