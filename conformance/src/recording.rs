//! What a participant recorded, as read: flows of messages, with where each stood.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

pub(crate) mod level;
pub(crate) mod locate;
mod part;
mod split;
pub(crate) mod wire_time;

pub use locate::Text;
pub use part::Part;
pub use split::Split;

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Recording {
    /// One for each folder of messages, validator request, or transaction of a mixed file.
    pub flows: Vec<RecordedFlow>,
    /// Files, or places in files, that could not be read.
    pub unread: Vec<Unread>,
    /// Files that were read and hold no message, for example a saved report.
    pub without_message: Vec<String>,
}

/// A file or place that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The file as the user named it, or as it was found below a named folder.
    pub path: String,
    /// Why, in words, with line and column where there is one.
    pub reason: String,
    /// The user named this very file.
    pub named: bool,
}

/// Messages that belong together, in the order in which they were sent.
#[derive(Debug, Default)]
pub struct RecordedFlow {
    /// The folder or file, as named by the user or as found below a named folder; with the transaction behind `#` when
    /// one file holds several.
    pub source: String,
    /// What the recording says of itself.
    pub claim: Claim,
    /// The messages, by the time in their context, then by name of file.
    pub messages: Vec<Recorded>,
    /// What was guessed while reading, one sentence each.
    pub guesses: Vec<String>,
}

/// What a recording says of itself, where it says anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// Number or name of the flow, for example `6` (a validator request, or a folder called `flow6`).
    pub flow: Option<String>,
    /// For example `ONDC:RET10`.
    pub domain: Option<String>,
    /// For example `1.2.0`.
    pub version: Option<String>,
}

/// One recorded message.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    /// Where it stood.
    pub origin: Origin,
    /// Name that the recording gives to the step, for example `on_status_packed`; a hint, never the truth.
    pub step: Option<String>,
    /// `{context, message, …}`. Of a large catalogue the first part only: see [`Recorded::parts`].
    pub payload: Arc<Value>,
    /// Set when the message is a catalogue too large to be held as a whole.
    pub split: Option<Arc<Split>>,
    /// HTTP headers of the request, when they were recorded: name in lower case, value.
    pub headers: Vec<(String, String)>,
    /// The exact bytes, when the recording keeps them (a signature can be checked only over these).
    pub raw: Option<Arc<[u8]>>,
    /// The synchronous answer, when it was recorded.
    pub answer: Option<Answer>,
    /// When it was sent or received by the clock of the recorder.
    pub at: Option<Timestamp>,
}

/// The synchronous answer to a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: Option<u16>,
    /// The body; `Null` when there was none.
    pub body: Value,
    /// Milliseconds until it came.
    pub took_ms: Option<u64>,
}

/// Where a message stood.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The file.
    pub path: String,
    /// JSON pointer of the message in its document; empty when the document is the message.
    pub pointer: String,
    /// The text that holds the message, to find lines in; absent for messages that no file holds.
    pub text: Option<Text>,
}

/// Line and column in a file, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Position {
    #[allow(missing_docs)]
    pub line: u32,
    #[allow(missing_docs)]
    pub column: u32,
}
