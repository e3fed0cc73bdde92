//! When a delivery that failed is tried again: soon, then later and later, for some three days.

/// Pauses between tries, in seconds, as Standard Webhooks advises.
const PAUSES_S: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// Milliseconds until the next try after `attempts` of them; `None` when it was the last one. `chance` (0 to 255) spreads
/// what failed together over a tenth of the pause.
pub fn pause_ms(attempts: i64, chance: u8) -> Option<i64> {
    let place = usize::try_from(attempts.checked_sub(1)?).ok()?;
    let pause = PAUSES_S.get(place)? * 1000;
    Some(pause + pause / 10 * i64::from(chance) / 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_after_three_days() {
        let pauses: Vec<i64> = (1..).map_while(|attempts| pause_ms(attempts, 0)).collect();
        assert_eq!(pauses.len(), 9);
        assert!(pauses.is_sorted() && (72..=80).contains(&(pauses.iter().sum::<i64>() / 3_600_000)));
        assert_eq!((pause_ms(1, 255), pause_ms(0, 0)), (Some(5_500), None));
    }
}
