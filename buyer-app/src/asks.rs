//! What a marketplace or a shopper can ask for, one file per ask. Each checks what can be checked here, makes one
//! network message and stores it with the change it causes, in one transaction. The API and the shop both come here.

pub mod cancel;
pub mod confirm;
pub mod error;
pub mod follow;
pub mod init;
pub mod refund;
pub mod returns;
pub mod search;
pub mod select;

/// Who asks, and under which idempotency key.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// Shopper session or API caller; orders belong to it.
    pub owner: String,
    pub idempotency: Option<IdempotencyKey>,
}

/// `Idempotency-Key` of a call.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    pub key: String,
    pub route: &'static str,
    /// Digest of the body: the same key with another body is a mistake of the caller.
    pub digest: String,
}

/// The message that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub message_id: String,
}

impl Caller {
    pub fn new(owner: &str) -> Caller {
        Caller { owner: owner.to_owned(), idempotency: None }
    }
}
