//! A message as JSON for people: what a finding speaks of is marked, the rest is folded.

use serde_json::Value;
use specs::Severity;

use super::fold::{escape, fold, one_line};
use super::top::anchor;
use crate::finding::Finding;
use crate::judge::FlowReport;
use crate::judge::words::severity;
use crate::recording::Recorded;

/// Lines that are open to the eye; more is a wall.
const LINES_MAX: usize = 400;

/// A place that a finding speaks of.
struct Mark {
    /// The nearest place that exists.
    pointer: String,
    /// What is missing below it.
    missing: Option<String>,
    severity: Severity,
    /// HTML that leads to the finding.
    link: String,
}

/// The message as HTML.
pub(super) fn html(flow_at: usize, flow: &FlowReport, index: usize, recorded: &Recorded) -> String {
    let about = flow.findings.iter().enumerate().filter(|(_, finding)| finding.message == Some(index));
    let labelled = about.zip(1..).flat_map(|((number, finding), label)| {
        let link = format!(" <a class=\"flag\" href=\"#{}\">◀ {label}</a>", anchor(flow_at, number));
        marks(finding, &recorded.payload, &link)
    });
    let marks: Vec<Mark> = labelled.collect();
    let mut excerpt = Excerpt { marks, out: String::new(), lines: 0 };
    if recorded.split.is_some() {
        excerpt.out.push_str("<p class=\"aside\">A large catalogue: only its first part is shown.</p>");
    }
    excerpt.value(None, &recorded.payload, "", 0, true);
    excerpt.out
}

/// The places of a finding in the message; a missing one is told at its nearest parent.
fn marks(finding: &Finding, payload: &Value, link: &str) -> Vec<Mark> {
    let all = std::iter::once(&finding.pointer).chain(finding.also.iter().map(|one| &one.pointer));
    all.map(|pointer| {
        let mut nearest = pointer.as_str();
        while payload.pointer(nearest).is_none() {
            nearest = nearest.rfind('/').map_or("", |end| &nearest[..end]);
        }
        let rest = &pointer[nearest.len()..];
        Mark {
            pointer: nearest.to_owned(),
            missing: (!rest.is_empty()).then(|| rest.trim_start_matches('/').to_owned()),
            severity: finding.severity,
            link: link.to_owned(),
        }
    })
    .collect()
}

struct Excerpt {
    marks: Vec<Mark>,
    out: String,
    lines: usize,
}

impl Excerpt {
    /// Is this place marked?
    fn mark(&self, pointer: &str) -> Option<&Mark> {
        let here = self.marks.iter().filter(|mark| mark.pointer == pointer && mark.missing.is_none());
        here.min_by_key(|mark| mark.severity)
    }

    fn marked_within(&self, pointer: &str) -> bool {
        self.marks
            .iter()
            .any(|mark| mark.pointer.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// A value with its key; what has no mark in it becomes one line or a fold.
    fn value(&mut self, key: Option<&str>, value: &Value, pointer: &str, indent: usize, last: bool) {
        let comma = if last { "" } else { "," };
        let label = key
            .map(|key| format!("<span class=\"k\">{}</span>: ", escape(&Value::from(key).to_string())))
            .unwrap_or_default();
        let opened = self.marked_within(pointer) || pointer.is_empty();
        let children: Vec<(Option<&str>, String, &Value)> = match value {
            Value::Object(map) if opened && !map.is_empty() => map
                .iter()
                .map(|(key, child)| (Some(key.as_str()), format!("{pointer}/{}", token(key)), child))
                .collect(),
            Value::Array(items) if opened && !items.is_empty() => {
                items.iter().enumerate().map(|(at, child)| (None, format!("{pointer}/{at}"), child)).collect()
            }
            _ => return self.leaf(&label, value, pointer, indent, comma),
        };
        let (open, close) = if value.is_array() { ("[", "]") } else { ("{", "}") };
        self.line(indent, &format!("{label}{open}"), pointer);
        self.children(&children, indent + 1);
        self.line(indent, &format!("{close}{comma}"), "\0");
    }

    fn children(&mut self, children: &[(Option<&str>, String, &Value)], indent: usize) {
        let mut at = 0;
        while at < children.len() {
            let (key, pointer, child) = &children[at];
            let last = at + 1 == children.len();
            // A run of unmarked entries of a list is told by its number.
            let run = children[at..]
                .iter()
                .take_while(|(key, pointer, _)| key.is_none() && !self.marked_within(pointer))
                .count();
            if run > 1 {
                let values: Vec<&Value> = children[at..at + run].iter().map(|(_, _, child)| *child).collect();
                let summary = format!("<span class=\"n\">… {run} entries</span>");
                self.out.push_str(&fold(indent, &summary, &values));
                at += run;
                continue;
            }
            if self.lines > LINES_MAX {
                self.line(indent, "<span class=\"n\">… the rest is in the file</span>", "\0");
                return;
            }
            self.value(*key, child, pointer, indent, last);
            at += 1;
        }
    }

    /// Something that is not opened.
    fn leaf(&mut self, label: &str, value: &Value, pointer: &str, indent: usize, comma: &str) {
        match one_line(value) {
            Some(text) => {
                self.line(indent, &format!("{label}<span class=\"v\">{}</span>{comma}", escape(&text)), pointer)
            }
            None => {
                let (count, open, close) = match value {
                    Value::Array(items) => (items.len(), "[", "]"),
                    Value::Object(map) => (map.len(), "{", "}"),
                    _ => (0, "", ""),
                };
                let summary = format!("{label}{open} <span class=\"n\">… {count}</span> {close}{comma}");
                self.lines += 1;
                self.out.push_str(&fold(indent, &summary, &[value]));
            }
        }
    }

    fn line(&mut self, indent: usize, html: &str, pointer: &str) {
        self.lines += 1;
        let class = self.mark(pointer).map(|mark| format!(" m {}", severity(mark.severity))).unwrap_or_default();
        let here: Vec<&Mark> = self.marks.iter().filter(|mark| mark.pointer == pointer).collect();
        let mut links: Vec<&str> = Vec::new();
        let mut missing: Vec<(&str, &Mark, Vec<&str>)> = Vec::new();
        for mark in here {
            match (&mark.missing, missing.iter_mut().find(|(name, ..)| Some(*name) == mark.missing.as_deref())) {
                (None, _) if !links.contains(&mark.link.as_str()) => links.push(&mark.link),
                (None, _) => {}
                (Some(_), Some((.., links))) => links.push(&mark.link),
                (Some(name), None) => missing.push((name, mark, vec![&mark.link])),
            }
        }
        let mut out = format!("<div class=\"l{class}\" style=\"--i:{indent}\">{html}{}</div>", links.concat());
        for (name, mark, links) in missing {
            let (class, deeper, name) = (severity(mark.severity), indent + 1, escape(name));
            let links = links.concat();
            out.push_str(&format!(
                "<div class=\"l m missing {class}\" style=\"--i:{deeper}\">{name} is expected here{links}</div>"
            ));
        }
        self.out.push_str(&out);
    }
}

fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn excerpt(payload: &Value, pointers: &[&str]) -> String {
        let finding = |pointer: &&str| Mark {
            pointer: (*pointer).to_owned(),
            missing: None,
            severity: Severity::Error,
            link: String::new(),
        };
        let mut excerpt = Excerpt { marks: pointers.iter().map(finding).collect(), out: String::new(), lines: 0 };
        excerpt.value(None, payload, "", 0, true);
        excerpt.out
    }

    #[test]
    fn only_what_is_spoken_of_is_open() {
        let long = "x".repeat(90);
        let payload = json!({"a": {"b": "<bad>", "c": [long.clone()]}, "d": {"e": long}});
        let html = excerpt(&payload, &["/a/b"]);
        assert!(html.contains("l m error") && html.contains("&lt;bad&gt;"), "{html}");
        assert_eq!(html.matches("<details").count(), 2, "c and d are folded: {html}");
        assert!(!html.contains("<bad>"), "{html}");
    }

    #[test]
    fn a_run_of_entries_is_one_fold() {
        let items: Vec<Value> = (0..50).map(|at| json!({"id": at})).collect();
        let html = excerpt(&json!({"items": items}), &["/items/20/id"]);
        assert!(html.contains("… 20 entries") && html.contains("… 29 entries"), "{html}");
        assert_eq!(html.matches("l m error").count(), 1);
    }
}
