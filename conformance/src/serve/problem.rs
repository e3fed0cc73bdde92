//! Errors of the API as problem+json (RFC 9457).

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Status of the answer.
    pub status: u16,
    /// The kind of problem in a few words.
    pub title: String,
    /// This problem, for a person.
    pub detail: String,
}

impl Problem {
    /// A problem of this status.
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        Problem { status: status.as_u16(), title, detail: detail.into() }
    }

    pub(super) fn bad(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(super) fn too_large(bytes_max: usize) -> Problem {
        let detail = format!("more than {bytes_max} bytes; check it with the program itself, or raise --upload-mb");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    pub(super) fn no_report() -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "there is no report of this id; it may have been removed")
    }

    /// Ours: the reason goes to the operator, not to the caller.
    pub(super) fn internal(error: impl fmt::Display) -> Problem {
        tracing::error!(%error, "a check could not be served");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "this server could not do it; its log says why")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).content_type("application/problem+json").json(self)
    }
}
