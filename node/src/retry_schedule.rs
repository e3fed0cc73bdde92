//! When a message that could not be delivered is tried again. Pure: same inputs, same answer.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Longest pause that a counterparty can ask for with `Retry-After`.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);
/// Share of the pause that chance may add or take, so that many messages do not come back at the same moment.
const JITTER: f64 = 0.1;

/// What to do after a failed try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    At(Timestamp),
    GiveUp,
}

/// The next try after `tried` failed ones (at least 1). `chance` lies in 0..1. The pause is the schedule's, or the
/// counterparty's when it asks for a longer one (up to [`RETRY_AFTER_MAX`]). A try that would come after `give_up_at` is not made.
pub fn next(
    schedule_s: &[u64],
    tried: u32,
    retry_after: Option<Duration>,
    chance: f64,
    now: Timestamp,
    give_up_at: Timestamp,
) -> Next {
    let step = usize::try_from(tried.max(1) - 1).unwrap_or(usize::MAX);
    let scheduled = schedule_s.get(step).or(schedule_s.last()).copied().unwrap_or(1);
    let jitter = 1.0 - JITTER + 2.0 * JITTER * chance.clamp(0.0, 1.0);
    let pause_ms = (scheduled as f64 * 1000.0 * jitter) as u64;
    let asked_ms = retry_after.map_or(0, |asked| asked.min(RETRY_AFTER_MAX).as_millis() as u64);
    let pause = SignedDuration::from_millis(i64::try_from(pause_ms.max(asked_ms)).unwrap_or(i64::MAX));
    match now.checked_add(pause) {
        Ok(at) if at <= give_up_at => Next::At(at),
        Ok(_) | Err(_) => Next::GiveUp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: [u64; 3] = [1, 5, 60];

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    fn pause_ms(tried: u32, after: Option<u64>, chance: f64) -> i64 {
        match next(&SCHEDULE, tried, after.map(Duration::from_secs), chance, at(0), at(100_000)) {
            Next::At(then) => then.as_millisecond() - at(0).as_millisecond(),
            Next::GiveUp => panic!("gave up"),
        }
    }

    #[test]
    fn follows_the_schedule_and_repeats_its_last_step() {
        assert_eq!([1, 2, 3, 4, 90].map(|tried| pause_ms(tried, None, 0.5)), [1_000, 5_000, 60_000, 60_000, 60_000]);
    }

    #[test]
    fn chance_moves_the_pause_by_a_tenth_at_most() {
        assert_eq!(pause_ms(3, None, 0.0), 54_000);
        assert_eq!(pause_ms(3, None, 1.0), 66_000);
    }

    #[test]
    fn the_counterparty_may_ask_for_more_time_but_not_for_days() {
        assert_eq!(pause_ms(1, Some(30), 0.5), 30_000);
        assert_eq!(pause_ms(3, Some(2), 0.5), 60_000, "a shorter wish does not hurry us");
        assert_eq!(pause_ms(1, Some(86_400), 0.5), 3_600_000);
    }

    #[test]
    fn gives_up_when_the_next_try_would_come_too_late() {
        assert_eq!(next(&SCHEDULE, 2, None, 0.5, at(0), at(4)), Next::GiveUp);
        assert_eq!(next(&SCHEDULE, 2, None, 0.5, at(0), at(5)), Next::At(at(5)));
        assert_eq!(next(&SCHEDULE, 1, None, 0.5, Timestamp::MAX, Timestamp::MAX), Next::GiveUp);
    }

    #[test]
    fn an_empty_schedule_still_pauses() {
        assert_eq!(next(&[], 1, None, 0.5, at(0), at(9)), Next::At(at(1)));
    }
}
