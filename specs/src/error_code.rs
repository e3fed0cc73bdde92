//! Error codes of the network (`errors.yaml`).

use serde::{Deserialize, Serialize};

/// One error code, as it stands in a NACK or in the `error` object of a callback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorCode {
    /// The code on the wire: always text, for example `30016`.
    #[serde(deserialize_with = "crate::text::text_or_number")]
    pub code: String,
    /// Who may send it: `gateway`, `buyer`, `seller`, `logistics`, `settlement` or `issue`.
    #[serde(default)]
    pub sender: String,
    /// `error.type` on the wire, for example `DOMAIN-ERROR`.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// What it means, in our words.
    #[serde(default)]
    pub meaning: String,
}
