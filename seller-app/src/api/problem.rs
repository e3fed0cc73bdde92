//! Errors of the API as problem+json (RFC 9457).

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::ActionError;
use crate::import::{Fault, ImportError};
use crate::partner_work::PartnerError;
use crate::people_work::PeopleError;
use crate::processing::WorkError;
use crate::store::reservation::StockError;
use crate::webhooks::places::WebhookError;

/// What went wrong and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Status of the answer.
    pub status: u16,
    /// The kind of problem in a few words.
    pub title: String,
    /// This problem, for a person.
    pub detail: String,
    /// Error code of the network, when its rules are the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Faults of an import, by row and column.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        Self { status: status.as_u16(), title, detail: detail.into(), code: None, faults: Vec::new() }
    }

    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "a call of the API failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "this node could not do it; its log says why")
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        if self.status == StatusCode::UNAUTHORIZED.as_u16() {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        let body = serde_json::to_string(self).unwrap_or_default();
        answer.content_type("application/problem+json").body(body)
    }
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Database(error) => Self::internal(&error),
            WebhookError::Unknown(_) | WebhookError::UnknownDelivery(_) => Self::not_found(error.to_string()),
            WebhookError::TooMany => Self::new(StatusCode::CONFLICT, error.to_string()),
            WebhookError::Long
            | WebhookError::Address(_)
            | WebhookError::Kind(_)
            | WebhookError::NoKind
            | WebhookError::Description
            | WebhookError::Span => Self::bad_request(error.to_string()),
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        Self::internal(&error)
    }
}

impl From<StockError> for Problem {
    fn from(error: StockError) -> Self {
        match error {
            StockError::Sql(error) => error.into(),
            StockError::NoShelf(_) => Self::not_found(error.to_string()),
            StockError::Shortage { .. } | StockError::BelowZero { .. } | StockError::TooManyHolds { .. } => {
                Self::new(StatusCode::CONFLICT, error.to_string())
            }
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Format(error) => Problem::bad_request(error.to_string()),
            ImportError::Database(error) => error.into(),
            ImportError::Stock(error) => error.into(),
        }
    }
}

impl From<ActionError> for Problem {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Unknown(_) => Self::not_found(error.to_string()),
            ActionError::NoReason
            | ActionError::NoAgent
            | ActionError::NoCause
            | ActionError::NoBarcode
            | ActionError::NoCount
            | ActionError::NoGrade => Self::bad_request(error.to_string()),
        }
    }
}

impl From<WorkError> for Problem {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Refused(refusal) => {
                let code = Some(refusal.code.clone());
                Self { code, ..Self::new(StatusCode::CONFLICT, refusal.message) }
            }
            WorkError::Busy => Self::new(StatusCode::CONFLICT, error.to_string()),
            WorkError::Database(error) => error.into(),
            WorkError::Stock(error) => error.into(),
            WorkError::Book(_) | WorkError::Address(_) => Self::internal(&error),
        }
    }
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        let status = match error {
            PeopleError::Database(error) => return error.into(),
            PeopleError::Wrong => StatusCode::UNAUTHORIZED,
            PeopleError::TooMany => StatusCode::TOO_MANY_REQUESTS,
            PeopleError::Unknown(_) | PeopleError::NoToken(_) => StatusCode::NOT_FOUND,
            PeopleError::Taken(_) | PeopleError::LastAdmin => StatusCode::CONFLICT,
            PeopleError::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            PeopleError::Login(_)
            | PeopleError::Password(_)
            | PeopleError::Role(_)
            | PeopleError::Partner(_)
            | PeopleError::TokenName
            | PeopleError::TokenDays
            | PeopleError::Permission(_)
            | PeopleError::BeyondRole { .. }
            | PeopleError::TokenOfAccount
            | PeopleError::NotOfPartner => StatusCode::BAD_REQUEST,
        };
        Self::new(status, error.to_string())
    }
}

impl From<PartnerError> for Problem {
    fn from(error: PartnerError) -> Self {
        match error {
            PartnerError::Unknown(_) | PartnerError::NoClaim(_) | PartnerError::NoProposal(_) => {
                Self::not_found(error.to_string())
            }
            PartnerError::NotNow { .. }
            | PartnerError::NotReady(_)
            | PartnerError::NoTestOrder(_)
            | PartnerError::Changed => Self::new(StatusCode::CONFLICT, error.to_string()),
            PartnerError::NotByHand(_)
            | PartnerError::NoReason
            | PartnerError::NoOrder(_)
            | PartnerError::BadTerms(..)
            | PartnerError::NoMonth(_)
            | PartnerError::Targets(_) => Self::bad_request(error.to_string()),
            PartnerError::Work(error) => error.into(),
            PartnerError::Database(error) => error.into(),
        }
    }
}

/// Bodies that are not what a call expects.
pub fn json_config() -> web::JsonConfig {
    web::JsonConfig::default().error_handler(|error, _| Problem::bad_request(error.to_string()).into())
}

/// Query strings that are not what a call expects.
pub fn query_config() -> web::QueryConfig {
    web::QueryConfig::default().error_handler(|error, _| Problem::bad_request(error.to_string()).into())
}

/// Paths that are not what a call expects.
pub fn path_config() -> web::PathConfig {
    web::PathConfig::default().error_handler(|error, _| Problem::not_found(error.to_string()).into())
}

pub async fn no_such_call() -> Problem {
    Problem::not_found("there is no such call; see /openapi.json")
}

impl actix_web::Responder for Problem {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &actix_web::HttpRequest) -> HttpResponse {
        self.error_response()
    }
}
