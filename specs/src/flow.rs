//! Flows of a book (`flows/index.yaml`): the ordered messages of one business story.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::action::{Action, Side};

/// One published or own flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// Stable id, for example `cancel-by-buyer`.
    pub id: String,
    /// Title for a person.
    #[serde(default, alias = "description")]
    pub title: String,
    /// Messages in order; empty when a published folder keeps them in separate files.
    #[serde(default)]
    pub steps: Vec<FlowStep>,
    /// Everything else that the flow says.
    #[serde(flatten)]
    pub attributes: Map<String, Value>,
}

/// One message of a flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowStep {
    /// The message.
    pub action: Action,
    /// Name of the step within the flow, for example `on_status_packed`; the action's name when the file gives none.
    #[serde(default)]
    pub step: String,
    /// Who must send it.
    pub owner: Side,
    /// True when a callback comes without a request (its own new message id).
    #[serde(default)]
    pub unsolicited: bool,
    /// Everything else that the step says.
    #[serde(flatten)]
    pub attributes: Map<String, Value>,
}
