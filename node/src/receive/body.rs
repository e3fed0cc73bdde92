//! Reads a request's body, up to a limit of bytes and of time.

use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, web};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use protocol::ack::{ErrorType, NetworkError};
use protocol::trust::refusal::RefusalCodes;

/// A whole body must arrive within this time.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// What is read and thrown away of a body that is too large, so that its sender can read our answer.
const DRAIN_BYTES_MAX: usize = 64 * 1024 * 1024;
const DRAIN_TIMEOUT: Duration = Duration::from_secs(3);

/// Why there is no body.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the body has more than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the body did not arrive within {} s", READ_TIMEOUT.as_secs())]
    Slow,
    #[error("the body ended too early")]
    Broken,
    #[error(
        "Content-Encoding {0} is not accepted: the signature is over the bytes on the wire; send JSON uncompressed"
    )]
    Encoded(String),
}

impl BodyError {
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::TooLarge { .. } => 413,
            Self::Slow => 408,
            Self::Broken => 400,
            Self::Encoded(_) => 200,
        }
    }

    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::Slow => "slow",
            Self::Broken => "broken",
            Self::Encoded(_) => "encoded",
        }
    }

    pub(crate) fn network_error(&self, codes: &RefusalCodes) -> NetworkError {
        NetworkError::new(ErrorType::Core, codes.schema, self.to_string())
    }
}

/// The whole body.
pub(super) async fn read(request: &HttpRequest, mut payload: web::Payload, limit: usize) -> Result<Bytes, BodyError> {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(encoding) = text(header::CONTENT_ENCODING)
        && !encoding.eq_ignore_ascii_case("identity")
    {
        return Err(BodyError::Encoded(encoding.chars().take(20).collect()));
    }
    let announced = text(header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        drain(payload).await;
        return Err(BodyError::TooLarge { limit });
    }
    match tokio::time::timeout(READ_TIMEOUT, collect(&mut payload, announced, limit)).await {
        Ok(Err(error @ BodyError::TooLarge { .. })) => {
            drain(payload).await;
            Err(error)
        }
        Ok(done) => done,
        Err(_) => Err(BodyError::Slow),
    }
}

async fn collect(payload: &mut web::Payload, announced: Option<usize>, limit: usize) -> Result<Bytes, BodyError> {
    let Some(first) = payload.next().await else { return Ok(Bytes::new()) };
    let first = first.map_err(|_| BodyError::Broken)?;
    if announced == Some(first.len()) && first.len() <= limit {
        return Ok(first); // most messages come in one piece: nothing is copied
    }
    let mut all = BytesMut::with_capacity(announced.unwrap_or(first.len() * 2).min(limit));
    let mut next = Some(Ok(first));
    while let Some(chunk) = next {
        let chunk = chunk.map_err(|_| BodyError::Broken)?;
        if all.len() + chunk.len() > limit {
            return Err(BodyError::TooLarge { limit });
        }
        all.extend_from_slice(&chunk);
        next = payload.next().await;
    }
    Ok(all.freeze())
}

async fn drain(mut payload: web::Payload) {
    let read_away = async {
        let mut seen = 0;
        while let Some(Ok(chunk)) = payload.next().await {
            seen += chunk.len();
            if seen > DRAIN_BYTES_MAX {
                return;
            }
        }
    };
    // Out of time is fine: the sender then sees a closed connection.
    let _ = tokio::time::timeout(DRAIN_TIMEOUT, read_away).await;
}
