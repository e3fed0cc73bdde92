//! Passwords: argon2id, as PHC strings.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// Fewer characters can be guessed.
pub const CHARACTERS_MIN: usize = 12;
/// More costs time for nothing.
pub const BYTES_MAX: usize = 256;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("a password has at least {CHARACTERS_MIN} characters and at most {BYTES_MAX} bytes")]
    Length,
    #[error("the password could not be hashed")]
    Hash,
}

/// Hashes a new password. Takes tens of milliseconds and 19 MiB: not on an async thread.
///
/// # Errors
/// When it is too short or too long.
pub fn hash(password: &str, salt: &[u8; 16]) -> Result<String, PasswordError> {
    if password.chars().count() < CHARACTERS_MIN || password.len() > BYTES_MAX {
        return Err(PasswordError::Length);
    }
    let hashed: Result<argon2::password_hash::phc::PasswordHash, _> =
        Argon2::default().hash_password_with_salt(password.as_bytes(), salt);
    hashed.map(|hash| hash.to_string()).map_err(|_| PasswordError::Hash)
}

/// Whether a password is the one of this hash. Without a hash it takes as long and is false: nobody learns which logins exist.
pub fn is_right(password: &str, hash: Option<&str>) -> bool {
    if password.len() > BYTES_MAX {
        return false;
    }
    match hash.and_then(|hash| PasswordHash::new(hash).ok()) {
        Some(hash) => Argon2::default().verify_password(password.as_bytes(), &hash).is_ok(),
        None => {
            let mut out = [0; 32];
            let _ = Argon2::default().hash_password_into(password.as_bytes(), &[0; 16], &mut out);
            false
        }
    }
}
