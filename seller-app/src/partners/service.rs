//! What a partner can do for buyers, for whom, and how much of it. Part of [`crate::catalogue::Partner`].

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::capability::Capabilities;
use super::capacity::{Capacity, WorkTime};
use super::coverage::Coverage;
use crate::catalogue::Partner;

/// The default is a store that delivers, packs, takes cash, has no limit, and serves what `serves` and `radius_km` say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Service {
    pub coverage: Coverage,
    pub capabilities: Capabilities,
    pub capacity: Capacity,
    /// `HHMM` of the partner's day: what is ordered later is worked on the next open day.
    pub cut_off: Option<String>,
}

/// When a partner begins to work on an order that comes now. `None` when it stays closed for two weeks.
pub fn work_time(partner: &Partner, now: Timestamp) -> Option<WorkTime> {
    let opens = partner.hours.next_open(now, &partner.holidays)?;
    let late =
        partner.service.cut_off.as_deref().is_some_and(|cut_off| partner.hours.clock_text(opens).as_str() > cut_off);
    let starts = if late { next_day(partner, opens)? } else { opens };
    let day = partner.hours.today(starts);
    let slot = partner.service.capacity.slot(&partner.hours.clock_text(starts)).map(|slot| slot.from.clone());
    Some(WorkTime { starts, day, slot: slot.unwrap_or_default() })
}

/// The day on which an order that comes now is worked on; today when the partner is closed for long.
pub fn work_day(partner: &Partner, now: Timestamp) -> Date {
    work_time(partner, now).map_or_else(|| partner.hours.today(now), |time| time.day)
}

fn next_day(partner: &Partner, after: Timestamp) -> Option<Timestamp> {
    partner.hours.next_open(partner.hours.midnight_after(after)?, &partner.holidays)
}
