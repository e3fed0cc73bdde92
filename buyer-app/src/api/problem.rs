//! Errors of the API: RFC 9457 problem+json, with the network's code and the rule where there is one.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::asks::error::AskError;
use crate::store::orders::StoreError;

/// What went wrong.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem: not-found, invalid-call, not-allowed, rule-broken…
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The HTTP status in words.
    pub title: &'static str,
    pub status: u16,
    pub detail: String,
    /// Field of the call, or path in the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Code of the network's error catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// Rule of the network's book that the message would break.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub rule: Option<Box<str>>,
}

impl Problem {
    pub fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Problem {
        Problem {
            kind,
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: detail.into(),
            field: None,
            code: None,
            rule: None,
        }
    }

    pub fn not_found(what: &str, id: &str) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "not-found", format!("there is no {what} `{id}`"))
    }

    fn field(mut self, field: impl Into<String>) -> Problem {
        self.field = Some(field.into());
        self
    }

    /// A body or a query that cannot be read.
    pub fn unreadable(field: impl Into<String>, detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-call", detail).field(field)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.status, self.kind, self.detail)
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

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        match error {
            StoreError::Conflict(what) => Problem::new(
                StatusCode::CONFLICT,
                "changed-meanwhile",
                format!("the {what} changed meanwhile; read it and try again"),
            ),
            StoreError::Database(_) | StoreError::Record(_) => {
                tracing::error!(%error, "the API could not use its records");
                Problem::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "storage",
                    "the node's records cannot be used now; see its log",
                )
            }
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Problem {
        StoreError::Database(error).into()
    }
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Problem {
        let detail = error.to_string();
        match error {
            AskError::NotFound { .. } => Problem::new(StatusCode::NOT_FOUND, "not-found", detail),
            AskError::Invalid { field, message } => Problem::unreadable(field, message),
            AskError::Refused(refusal) => {
                let mut problem =
                    Problem::new(StatusCode::CONFLICT, "not-allowed", refusal.message).field(refusal.path);
                problem.code = Some(refusal.code);
                problem
            }
            AskError::RuleBroken { violations, .. } => {
                let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "rule-broken", detail);
                if let Some(first) = violations.into_iter().next() {
                    problem.field = Some(first.path);
                    problem.rule = Some(first.rule.into());
                }
                problem
            }
            AskError::NoPeer { .. } | AskError::Registry(_) => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no-peer", detail)
            }
            AskError::KeyReused => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused", detail),
            AskError::Repeated { .. } => Problem::new(StatusCode::CONFLICT, "repeated", detail),
            AskError::Store(error) => error.into(),
        }
    }
}
