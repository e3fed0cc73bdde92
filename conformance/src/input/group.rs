//! Messages that belong together: by folder, request or transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use specs::Action;

use super::message::action;
use super::order::{label, sort};
use super::sheet::{Kind, Sheet};
use crate::recording::{Claim, Recorded, RecordedFlow, Recording};

/// Gathers what the files hold.
#[derive(Debug, Default)]
pub(super) struct Groups {
    piles: Vec<Pile>,
    by_folder: HashMap<String, usize>,
}

/// The files of one folder.
#[derive(Debug, Default)]
struct Pile {
    folder: String,
    /// Set while one file, named by the user, is all there is.
    lone_file: Option<String>,
    files: usize,
    steps: Vec<Recorded>,
    guesses: Vec<String>,
    /// Flows that a file is by itself: requests and logs.
    flows: Vec<RecordedFlow>,
    /// Saved reports: read as flows only where the folder holds nothing else.
    reports: Vec<(String, Claim, Vec<Recorded>)>,
}

impl Groups {
    /// Adds a file with at least one message or report.
    pub fn add(&mut self, path: &str, folder: &str, named: bool, sheet: Sheet) {
        let at = *self.by_folder.entry(folder.to_owned()).or_insert(self.piles.len());
        if at == self.piles.len() {
            self.piles.push(Pile { folder: folder.to_owned(), ..Pile::default() });
        }
        let pile = &mut self.piles[at];
        pile.files += 1;
        pile.lone_file = (named && pile.files == 1).then(|| path.to_owned());
        let Sheet { kind, messages, requests, reports, guesses, documents: _, unread: _ } = sheet;
        pile.reports.extend(reports.into_iter().map(|(claim, messages)| (path.to_owned(), claim, messages)));
        for (claim, messages) in requests {
            pile.flows.push(flow(path.to_owned(), claim, messages, guesses.clone()));
        }
        match kind {
            Kind::Log => pile.flows.extend(by_transaction(path, &Claim::default(), messages, &guesses)),
            Kind::Steps if messages.is_empty() => {}
            Kind::Steps => {
                let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
                pile.guesses.extend(guesses.into_iter().map(|guess| format!("{name}: {guess}")));
                pile.guesses.extend(wrapper_guess(name, &messages));
                pile.steps.extend(messages);
            }
        }
    }

    /// All flows, in the order in which their folders were found.
    pub fn finish(self, recording: &mut Recording) {
        self.piles.into_iter().for_each(|pile| pile.finish(recording));
    }
}

impl Pile {
    fn finish(self, recording: &mut Recording) {
        let source = self.lone_file.unwrap_or(self.folder);
        let claim = Claim { flow: flow_in_name(&source), ..Claim::default() };
        let alone = self.steps.is_empty() && self.flows.is_empty();
        if orders(&self.steps) > 1 {
            recording.flows.extend(by_transaction(&source, &claim, self.steps, &self.guesses));
        } else if !self.steps.is_empty() {
            recording.flows.push(flow(source, claim, self.steps, self.guesses));
        }
        recording.flows.extend(self.flows);
        for (path, claim, messages) in self.reports {
            if alone && !messages.is_empty() {
                let guess = "the messages are those that a saved report of the official validator repeats".to_owned();
                recording.flows.push(flow(path, claim, messages, vec![guess]));
            } else {
                recording.without_message.push(path);
            }
        }
    }
}

/// How many orders were placed: transactions with a confirm, or with its callback.
fn orders(messages: &[Recorded]) -> usize {
    let placed = |wanted: Action| {
        let of = messages.iter().filter(|message| action(message) == Some(wanted));
        of.map(transaction).collect::<BTreeSet<_>>().len()
    };
    placed(Action::Confirm).max(placed(Action::OnConfirm))
}

fn transaction(message: &Recorded) -> &str {
    message.payload.pointer("/context/transaction_id").and_then(|id| id.as_str()).unwrap_or_default()
}

/// A flow for each transaction, in the order of their first messages.
fn by_transaction(source: &str, claim: &Claim, messages: Vec<Recorded>, guesses: &[String]) -> Vec<RecordedFlow> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut parts: Vec<(String, Vec<Recorded>)> = Vec::new();
    for message in messages {
        let id = transaction(&message).to_owned();
        let at = *places.entry(id.clone()).or_insert(parts.len());
        if at == parts.len() {
            parts.push((id, Vec::new()));
        }
        parts[at].1.push(message);
    }
    let several = parts.len() > 1;
    let name = |id: &str| match id {
        _ if !several => source.to_owned(),
        "" => format!("{source}#without-transaction"),
        id => format!("{source}#{id}"),
    };
    parts.into_iter().map(|(id, messages)| flow(name(&id), claim.clone(), messages, guesses.to_vec())).collect()
}

fn flow(source: String, claim: Claim, messages: Vec<Recorded>, mut guesses: Vec<String>) -> RecordedFlow {
    // The steps of a request are named one by one: two of them may be the same message.
    let is_request = claim.domain.is_some() || claim.version.is_some();
    let messages = if is_request { messages } else { without_repetitions(messages, &mut guesses) };
    guesses.extend(messages.iter().filter_map(action_guess));
    let (messages, told) = sort(messages);
    guesses.extend(told);
    RecordedFlow { source, claim, messages, guesses }
}

/// Keeps one of each message that was found again byte for byte; the one whose answer is known.
fn without_repetitions(messages: Vec<Recorded>, guesses: &mut Vec<String>) -> Vec<Recorded> {
    let mut kept: Vec<Recorded> = Vec::with_capacity(messages.len());
    let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
    for message in messages {
        let key = message.origin.source().map(fingerprint).unwrap_or_default();
        let same = seen.get(&key).copied().filter(|at| kept[*at].origin.source() == message.origin.source());
        let Some(at) = same else {
            seen.insert(key, kept.len());
            kept.push(message);
            continue;
        };
        guesses.push(format!("{} repeats {} byte for byte; it counts once", label(&message), label(&kept[at])));
        if message.answer.is_some() {
            let step = kept[at].step.take();
            kept[at] = Recorded { step: step.or(message.step.clone()), ..message };
        }
    }
    kept
}

/// Ends of a text and its length: enough to know most texts apart without keeping them.
fn fingerprint(text: &str) -> Vec<u8> {
    const END: usize = 512;
    let (bytes, length) = (text.as_bytes(), text.len());
    let (first, last) = (&bytes[..length.min(END)], &bytes[length.saturating_sub(END)..]);
    [first, last, &length.to_le_bytes()].concat()
}

fn action_guess(message: &Recorded) -> Option<String> {
    if message.payload.pointer("/context/action").is_some() {
        return None;
    }
    let label = label(message);
    Some(match action(message) {
        Some(action) => format!("{label}: no action in its context; taken for {action} by its name"),
        None => format!("{label}: no action in its context, and no name that tells one"),
    })
}

fn wrapper_guess(name: &str, messages: &[Recorded]) -> Option<String> {
    let pointer = &messages.iter().find(|message| !message.origin.pointer.is_empty())?.origin.pointer;
    let more = if messages.len() > 1 { ", and more" } else { "" };
    Some(format!("{name}: the message was taken from {pointer}{more}"))
}

/// The flow that a folder is named after: `6` in `logs/Flow-6/`, `flow6-ret10` or `FLOW 6 RET`.
fn flow_in_name(source: &str) -> Option<String> {
    source.split(['/', '\\']).rev().find_map(|part| {
        let lower = part.to_ascii_lowercase();
        let rest = &lower[lower.find("flow")? + 4..];
        let rest = rest.trim_start_matches(['-', '_', ' ', '.', ':']);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let number = rest[..end].to_ascii_uppercase();
        number.starts_with(|c: char| c.is_ascii_digit()).then_some(number)
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a/flow6-ret10", Some("6"))]
    #[case("Seller/Flow 2/logs", Some("2"))]
    #[case("FLOW_00C", Some("00C"))]
    #[case("workflow/x", None)]
    #[case("flows", None)]
    fn folders_name_flows(#[case] source: &str, #[case] flow: Option<&str>) {
        assert_eq!(flow_in_name(source).as_deref(), flow);
    }
}
