//! A small plot of a share over the weeks, as SVG inside the page.

use crate::partners::scorecard::Ratio;

const WIDTH: u32 = 160;
const HEIGHT: u32 = 36;
const MARGIN: u32 = 3;

/// What the template draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plot {
    /// Corners of each line; a week without cases interrupts it.
    pub lines: Vec<String>,
    pub dots: Vec<(u32, u32)>,
    /// Height of the target.
    pub target_y: Option<u32>,
    /// The numbers in words, for those who do not see the picture.
    pub words: String,
}

/// Shares of the weeks, the oldest first, between the worst of them and the best, with the target in the picture.
pub(crate) fn plot(weeks: &[Ratio], target: Option<u32>) -> Plot {
    let shares: Vec<Option<u32>> = weeks.iter().map(|week| week.permille()).collect();
    let known = shares.iter().flatten().chain(target.as_ref());
    let (low, high) = known.fold((1_000, 0), |(low, high), share| (low.min(*share), high.max(*share)));
    // A flat line lies in the middle, not on an edge.
    let (low, high) = (low.saturating_sub(10), (high + 10).min(1_010));
    let y = |share: u32| {
        let span = high.saturating_sub(low).max(1);
        HEIGHT - MARGIN - share.saturating_sub(low) * (HEIGHT - 2 * MARGIN) / span
    };
    let step = (WIDTH - 2 * MARGIN) / u32::try_from(weeks.len().max(2) - 1).unwrap_or(1);
    let mut lines: Vec<Vec<(u32, u32)>> = vec![Vec::new()];
    let mut x = MARGIN;
    for share in &shares {
        match (share, lines.last_mut()) {
            (Some(share), Some(line)) => line.push((x, y(*share))),
            (None, Some(line)) if !line.is_empty() => lines.push(Vec::new()),
            (Some(_) | None, _) => {}
        }
        x += step;
    }
    let dots = lines.iter().flatten().copied().collect();
    let text = |line: &Vec<(u32, u32)>| line.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ");
    let words: Vec<String> = weeks.iter().map(|week| week.percent()).collect();
    Plot {
        lines: lines.iter().filter(|line| line.len() > 1).map(text).collect(),
        dots,
        target_y: target.map(y),
        words: format!("By week, the oldest first: {}", words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_without_orders_interrupts_the_line() {
        let ratio = |hits, of| Ratio { hits, of };
        let weeks = [ratio(9, 10), ratio(10, 10), ratio(0, 0), ratio(5, 10)];
        let drawn = plot(&weeks, Some(900));
        assert_eq!((drawn.lines.len(), drawn.dots.len()), (1, 3));
        assert!(drawn.dots.iter().all(|(x, y)| *x <= WIDTH && *y <= HEIGHT), "{drawn:?}");
        assert!(drawn.dots[1].1 < drawn.dots[0].1 && drawn.dots[0].1 < drawn.dots[2].1, "more is higher");
        assert!(drawn.words.ends_with("90.0 %, 100.0 %, –, 50.0 %"));
        assert_eq!(plot(&[], None).dots, []);
    }
}
