//! What must be done before a partner goes live.

use std::fmt;

use jiff::Timestamp;

use super::Terms;
use crate::catalogue::Partner;

/// One point of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// Everything that the network and the law want to know of it.
    Data,
    Hours,
    Serviceability,
    /// Stock that was counted lately.
    Stock,
    /// Terms that a person agreed to.
    Fees,
    /// An order taken all the way to the door.
    TestOrder,
}

impl Point {
    pub const ALL: [Point; 6] =
        [Point::Data, Point::Hours, Point::Serviceability, Point::Stock, Point::Fees, Point::TestOrder];

    pub fn as_str(self) -> &'static str {
        match self {
            Point::Data => "data",
            Point::Hours => "hours",
            Point::Serviceability => "serviceability",
            Point::Stock => "stock",
            Point::Fees => "fees",
            Point::TestOrder => "test-order",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Point::Data => "Data complete",
            Point::Hours => "Opening hours",
            Point::Serviceability => "Where it delivers",
            Point::Stock => "Stock feed fresh",
            Point::Fees => "Fees agreed",
            Point::TestOrder => "Test order passed",
        }
    }
}

/// A point that is not done, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    pub point: Point,
    pub what: String,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.point.as_str(), self.what)
    }
}

/// What the list is made from.
#[derive(Clone, Debug)]
pub struct Evidence<'a> {
    pub partner: &'a Partner,
    pub terms: &'a Terms,
    /// Items that it offers, and how many of them have stock that was counted since `stock_since`.
    pub offers: usize,
    pub counted: usize,
    pub newest_count: Option<Timestamp>,
    pub stock_since: Timestamp,
    pub test_order: TestOrder,
    pub now: Timestamp,
}

/// How far the newest test order came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestOrder {
    None,
    /// Its state.
    Open(String),
    Failed,
    Passed,
}

/// Each point, done (`None`) or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checklist {
    pub points: Vec<(Point, Option<Missing>)>,
}

impl Checklist {
    /// What keeps the partner from going live; empty when nothing does.
    pub fn missing(&self) -> Vec<Missing> {
        self.points.iter().filter_map(|(_, missing)| missing.clone()).collect()
    }

    pub fn done(&self) -> usize {
        self.points.iter().filter(|(_, missing)| missing.is_none()).count()
    }
}

/// Looks at everything.
pub fn checklist(evidence: &Evidence<'_>) -> Checklist {
    let point = |point: Point| {
        let what = match point {
            Point::Data => data(evidence.partner),
            Point::Hours => hours(evidence),
            Point::Serviceability => reach(evidence.partner),
            Point::Stock => stock(evidence),
            Point::Fees => (!evidence.terms.agreed()).then(|| "nobody has agreed to the fees yet".to_owned()),
            Point::TestOrder => test_order(&evidence.test_order),
        };
        (point, what.map(|what| Missing { point, what }))
    };
    Checklist { points: Point::ALL.map(point).into() }
}

fn data(partner: &Partner) -> Option<String> {
    let mut wrong: Vec<String> =
        partner.faults().iter().map(|fault| format!("{} ({})", fault.field, fault.fix)).collect();
    if partner.tax_number.is_none() {
        wrong.push("tax_number is not given: invoices need it".to_owned());
    }
    (!wrong.is_empty()).then(|| wrong.join(", "))
}

fn hours(evidence: &Evidence<'_>) -> Option<String> {
    let partner = evidence.partner;
    if !partner.hours.is_readable() {
        return Some("the opening hours cannot be read".to_owned());
    }
    let open = super::service::work_time(partner, evidence.now).is_some();
    (!open).then(|| "it is closed for the coming two weeks".to_owned())
}

fn reach(partner: &Partner) -> Option<String> {
    let more = &partner.service.coverage;
    let said = !partner.serves.is_empty()
        || partner.radius_km.is_some()
        || !more.ranges.is_empty()
        || more.polygon.is_some()
        || more.country_wide
        || !more.categories.is_empty();
    if !said {
        return Some("no postal codes, radius, polygon or country is given".to_owned());
    }
    (!partner.service.capabilities.reaches_buyers())
        .then(|| "it neither delivers nor has a counter nor hands goods to a buyer's rider".to_owned())
}

fn stock(evidence: &Evidence<'_>) -> Option<String> {
    if evidence.offers == 0 {
        return Some("it offers no item yet: import its stock".to_owned());
    }
    if evidence.counted > 0 {
        return None;
    }
    Some(match evidence.newest_count {
        None => "no shelf was ever counted".to_owned(),
        Some(at) => format!("the newest count is of {}", at.strftime("%Y-%m-%d %H:%M UTC")),
    })
}

fn test_order(test_order: &TestOrder) -> Option<String> {
    match test_order {
        TestOrder::Passed => None,
        TestOrder::None => Some("make a test order and take it to the door".to_owned()),
        TestOrder::Open(state) => Some(format!("the test order is {state}: take it to the door")),
        TestOrder::Failed => Some("the test order was cancelled: make another".to_owned()),
    }
}
