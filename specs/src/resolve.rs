//! Which book judges a message.

use serde_json::Value;

use crate::action::Action;
use crate::book::Book;
use crate::network_policy::{Complaints, DomainAlias};
use crate::rules::finds_any;

/// What a message says of the law it was written by.
#[derive(Debug, Clone, Copy)]
struct Claim<'p> {
    domain: &'p str,
    /// `core_version`, or `version` where the network names it so; empty when the message does not say.
    version: &'p str,
    action: Option<Action>,
}

impl<'p> Claim<'p> {
    fn of(payload: &'p Value) -> Claim<'p> {
        let context = payload.get("context").unwrap_or(&Value::Null);
        let text = |key: &str| context.get(key).and_then(Value::as_str).unwrap_or_default();
        let version = Some(text("core_version")).filter(|version| !version.is_empty());
        Claim {
            domain: text("domain"),
            version: version.unwrap_or_else(|| text("version")),
            action: text("action").parse().ok(),
        }
    }
}

/// The book of the domain and version in the context; for complaints the book of the complaints' own protocol; else that of a
/// domain under another name.
pub(crate) fn book_of<'b>(
    books: &'b [Book],
    complaints: Option<&Complaints>,
    aliases: &[DomainAlias],
    payload: &Value,
) -> Option<&'b Book> {
    let claim = Claim::of(payload);
    let find =
        |domain: &str, version: &str| books.iter().find(|book| book.domain() == domain && book.version() == version);
    if claim.action.is_some_and(Action::is_complaint) {
        let issue = payload.get("message").and_then(|message| message.get("issue")).unwrap_or(&Value::Null);
        let of_complaints =
            complaints.and_then(|complaints| find(&complaints.domain, complaints.version(issue, claim.version)?));
        // Without such a book: that of the domain, whose own version says nothing of the complaint's.
        let of_domain = || books.iter().find(|book| book.domain() == claim.domain);
        return of_complaints.or_else(|| find(claim.domain, claim.version)).or_else(of_domain);
    }
    find(claim.domain, claim.version).or_else(|| {
        let aliases = aliases.iter().filter(|alias| alias.domain == claim.domain && alias.fits(payload));
        aliases.into_iter().find_map(|alias| find(&alias.book, claim.version))
    })
}

impl Complaints {
    /// By shape, because the context carries the version of the order; else by the context; else the last.
    fn version<'c>(&'c self, issue: &Value, of_context: &str) -> Option<&'c str> {
        let told = |version: &&crate::ComplaintVersion| version.told_by.iter().any(|field| issue.get(field).is_some());
        let by_shape = self.versions.iter().find(told);
        let by_context = || self.versions.iter().find(|version| version.version == of_context);
        by_shape.or_else(by_context).or(self.versions.last()).map(|version| version.version.as_str())
    }
}

impl DomainAlias {
    fn fits(&self, payload: &Value) -> bool {
        self.when.is_empty() || self.when.iter().any(|(path, wanted)| finds_any(payload, path, wanted))
    }
}
