//! What a page's form says of a step: the same fields on the console and in the portal.

use serde::Deserialize;

use super::Input;
use crate::fulfilment::{Agent, Handover};
use crate::order::LineRef;
use crate::returns::receipt::Count;

/// One step with everything that any step may want. Fields that a form does not have are empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ActForm {
    pub action: String,
    reason: String,
    agent_name: String,
    agent_phone: String,
    code: String,
    note: String,
    photo: String,
    barcode: String,
    cause: String,
    item: String,
    count: String,
    received: String,
    wrong: String,
    damaged: String,
    partner: String,
    grade: String,
    disposition: String,
}

impl ActForm {
    /// What the desk makes a command of; what is no number counts as not said.
    pub fn into_input(self) -> Input {
        let count = self.received();
        let (name, phone) = (self.agent_name.trim().to_owned(), self.agent_phone.trim().to_owned());
        let item = self.item.trim().to_owned();
        let pieces = self.count.trim().parse().ok().filter(|_| !item.is_empty());
        Input {
            reason: Some(self.reason),
            agent: (!name.is_empty() && !phone.is_empty()).then_some(Agent { name, phone }),
            handover: Handover { code: self.code, note: self.note, photo: self.photo },
            barcode: self.barcode,
            cause: self.cause,
            items: pieces.map(|count| LineRef { id: item, parent_item_id: None, count }).into_iter().collect(),
            count,
            partner: self.partner.trim().to_owned(),
            grade: self.grade,
            disposition: self.disposition,
            ..Input::default()
        }
    }

    /// What was counted; an empty field is none. `None` when nothing was counted, or something is no number.
    fn received(&self) -> Option<Count> {
        let read = |text: &str| if text.trim().is_empty() { Some(0) } else { text.trim().parse().ok() };
        let received = self.received.trim().parse().ok()?;
        Some(Count { received, wrong: read(&self.wrong)?, damaged: read(&self.damaged)? })
    }
}
