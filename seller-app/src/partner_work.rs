//! Work on partners: what the pure room `partners` decides, made true. Steps of a partner's life with their checks, places
//! in a day, test orders, scorecards, proposals, statements.

use crate::partners::checklist::Missing;
use crate::partners::targets::TargetsError;
use crate::partners::{Stage, Step};
use crate::processing::WorkError;
use crate::state_table::Misfit;

pub mod full;
pub mod life;
pub mod money;
pub mod onboarding;
pub mod scores;
pub mod test_order;

/// Why something about a partner was not done.
#[derive(Debug, thiserror::Error)]
pub enum PartnerError {
    #[error("there is no partner `{0}`")]
    Unknown(String),
    #[error("a partner that is {stage} cannot take the step `{step}`: {}", why(.misfit))]
    NotNow { stage: Stage, step: Step, misfit: Misfit },
    #[error("the node itself takes the step `{0}`")]
    NotByHand(Step),
    #[error("give a reason: it stays in the partner's history")]
    NoReason,
    #[error("not ready to go live: {}", listed(.0))]
    NotReady(Vec<Missing>),
    #[error("no test order: {0}")]
    NoTestOrder(String),
    #[error("{0} {1}")]
    BadTerms(&'static str, &'static str),
    #[error("the partner has no order `{0}`: leave it empty when the claim is about none")]
    NoOrder(String),
    #[error("there is no open claim `{0}`")]
    NoClaim(String),
    #[error("there is no proposal `{0}`")]
    NoProposal(String),
    #[error("`{0}` is no month such as 2026-11")]
    NoMonth(String),
    #[error("somebody else decided it meanwhile: read it again")]
    Changed,
    #[error(transparent)]
    Targets(#[from] TargetsError),
    #[error(transparent)]
    Work(#[from] WorkError),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

fn why(misfit: &Misfit) -> &'static str {
    match misfit {
        Misfit::Done => "it is done already",
        Misfit::TooEarly => "something else comes first",
        Misfit::TooLate => "it is past that",
        Misfit::Closed => "it has left for good",
        Misfit::NotThisWay => "there is no such step",
    }
}

fn listed(missing: &[Missing]) -> String {
    missing.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
