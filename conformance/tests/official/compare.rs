//! Official findings against ours, flow by flow.

use std::collections::{BTreeMap, BTreeSet};

use conformance::official::{Kind, OfficialMap};
use serde_json::Value;

use crate::corpus::{self, Flow};

/// What became of the official findings of one kind.
#[derive(Debug, Default)]
pub struct Tally {
    pub official: usize,
    pub flows: BTreeSet<String>,
    pub found: usize,
    pub refuted: usize,
    pub rules: BTreeSet<String>,
    pub reason: String,
}

/// What one of our rules found that the official validator did not.
#[derive(Debug, Default)]
pub struct Extra {
    pub findings: usize,
    pub flows: BTreeSet<String>,
    pub severity: String,
}

#[derive(Debug, Default)]
pub struct Comparison<'r> {
    pub kinds: BTreeMap<String, Tally>,
    pub extras: BTreeMap<String, Extra>,
    /// Each of them with its flow.
    pub beyond: Vec<(String, &'r Value)>,
    missed: Vec<(String, String, String)>,
}

impl Comparison<'_> {
    /// Official findings that we neither find nor refute.
    pub fn missed(&self) -> impl Iterator<Item = String> {
        self.missed
            .iter()
            .map(|(dir, step, words)| format!("{dir} {step}: {}", words.chars().take(220).collect::<String>()))
    }
}

/// One of our findings, with the name of the file it is about.
struct Ours<'r> {
    file: &'r str,
    finding: &'r Value,
}

pub fn compare<'r>(map: &OfficialMap, flows: &[Flow], report: &'r Value) -> Comparison<'r> {
    let mut comparison = Comparison::default();
    for flow in flows {
        let judged = corpus::of(report, flow);
        let ours: Vec<Ours<'r>> = judged.iter().flat_map(|one| findings(one)).collect();
        let mut matched: BTreeSet<usize> = BTreeSet::new();
        for (step, words) in corpus::sentences(flow) {
            let same = place_of(map, flow, &ours, &step, &words, &mut comparison);
            matched.extend(same);
        }
        for (_, one) in ours.iter().enumerate().filter(|(at, _)| !matched.contains(at)) {
            let extra = comparison.extras.entry(one.text("rule").to_owned()).or_default();
            extra.findings += 1;
            extra.flows.insert(flow.dir.clone());
            one.text("severity").clone_into(&mut extra.severity);
            comparison.beyond.push((flow.dir.clone(), one.finding));
        }
    }
    comparison
}

/// Counts one official finding; gives those of ours that say the same.
fn place_of(
    map: &OfficialMap,
    flow: &Flow,
    ours: &[Ours<'_>],
    step: &str,
    words: &str,
    all: &mut Comparison<'_>,
) -> Vec<usize> {
    let missed = (flow.dir.clone(), step.to_owned(), words.to_owned());
    let Some(kind) = map.kind(step, words) else {
        all.missed.push(missed);
        return Vec::new();
    };
    let tally = all.kinds.entry(kind.name.clone()).or_default();
    tally.official += 1;
    tally.flows.insert(flow.dir.clone());
    tally.reason.clone_from(&kind.false_because);
    let files = files_of(flow, step);
    let same: Vec<usize> = (0..ours.len()).filter(|&at| says_the_same(map, kind, &ours[at], &files, words)).collect();
    tally.rules.extend(same.iter().map(|&at| ours[at].text("rule").to_owned()));
    match (same.is_empty(), kind.false_because.is_empty()) {
        (false, _) => tally.found += 1,
        (true, false) => tally.refuted += 1,
        (true, true) => all.missed.push(missed),
    }
    same
}

/// The files of a step, and those with the same bytes: a message that a log holds twice is judged once, where it stands first.
fn files_of<'f>(flow: &'f Flow, step: &str) -> Vec<&'f str> {
    let of_step = flow.messages.iter().filter(|message| message.utility_key.as_deref() == Some(step));
    let bytes: Vec<&str> = of_step.map(|message| message.sha256.as_str()).collect();
    let same = flow.messages.iter().filter(|message| bytes.contains(&message.sha256.as_str()));
    same.map(|message| message.file.as_str()).collect()
}

fn says_the_same(map: &OfficialMap, kind: &Kind, ours: &Ours<'_>, files: &[&str], words: &str) -> bool {
    let in_message = kind.elsewhere || files.contains(&ours.file);
    let by_rule = || map.says_the_same(kind, ours.text("rule"), ours.text("place"));
    in_message && (by_rule() || (kind.at_pointer && ours.stands_at(words)))
}

fn findings(flow: &Value) -> Vec<Ours<'_>> {
    let messages = flow["messages"].as_array().unwrap();
    let file = |finding: &Value| {
        let at = usize::try_from(finding["message"].as_u64()?).ok()?;
        messages.get(at)?["path"].as_str()?.rsplit('/').next()
    };
    let found = flow["findings"].as_array().unwrap().iter();
    found.map(|finding| Ours { file: file(finding).unwrap_or(""), finding }).collect()
}

impl<'r> Ours<'r> {
    fn text(&self, member: &str) -> &'r str {
        self.finding[member].as_str().unwrap_or("")
    }

    /// Do the words begin with the pointer of this finding, or of what it stands for?
    fn stands_at(&self, words: &str) -> bool {
        let Some(pointer) = words.split_whitespace().next() else { return false };
        let missing = words.split('\'').nth(1).filter(|_| words.contains("required property"));
        let wanted = match missing {
            Some(member) => format!("{pointer}/{}", member.replace('~', "~0").replace('/', "~1")),
            None => pointer.to_owned(),
        };
        let (own, place) = (self.text("place"), starred(&wanted));
        let above = !own.is_empty() && place.strip_prefix(own).is_some_and(|rest| rest.starts_with('/'));
        own == place || own == starred(pointer) || above
    }
}

/// The pointer with indices as `*`.
fn starred(pointer: &str) -> String {
    let is_index = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    pointer.split('/').map(|part| if is_index(part) { "*" } else { part }).collect::<Vec<_>>().join("/")
}
