//! The geometry of the histogram's bars, in the drawing's own units.

use model::Verdict;

/// The height of the drawing.
pub const HEIGHT: u64 = 100;
/// The least height of a part, so that one forged webhook among thousands is seen.
const LEAST: u64 = 4;

/// From the ground up: what is well first, what needs a person on top.
pub const STACK: [Verdict; 8] = [
    Verdict::Verified,
    Verdict::Confirmed,
    Verdict::Unsigned,
    Verdict::Unconfigured,
    Verdict::IntegrityOnly,
    Verdict::Stale,
    Verdict::Missing,
    Verdict::Invalid,
];

/// What the bars of one drawing have in common.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// The count of the highest bar.
    pub highest: u64,
    /// The most verdicts in a bar.
    pub most: u64,
}

/// One verdict's share of a bar, in the drawing's units; `y` is its upper edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub verdict: Verdict,
    pub y: u64,
    pub height: u64,
}

/// The parts of a bar from the ground up. Each is at least [`LEAST`] high, and the highest bar fits with the most verdicts.
pub fn parts(counts: &[(Verdict, u64)], scale: Scale) -> Vec<Part> {
    let room = u128::from(HEIGHT.saturating_sub(LEAST * scale.most));
    let mut y = HEIGHT;
    let mut parts = Vec::new();
    for verdict in STACK {
        let count: u64 = counts.iter().filter(|(of, _)| *of == verdict).map(|(_, count)| count).sum();
        if count == 0 {
            continue;
        }
        let share = room * u128::from(count) / u128::from(scale.highest.max(count));
        let height = LEAST + u64::try_from(share).unwrap_or(0);
        y -= height;
        parts.push(Part { verdict, y, height });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(counts: &[(Verdict, u64)], highest: u64, expected: &[(Verdict, u64, u64)]) {
        let scale = Scale { highest, most: 3 };
        let parts: Vec<_> = parts(counts, scale)
            .into_iter()
            .map(|part| (part.verdict, part.y, part.height))
            .collect();
        assert_eq!(parts, expected);
    }

    #[test]
    fn what_is_well_stands_on_the_ground_and_what_is_not_on_top() {
        check(
            &[(Verdict::Invalid, 10), (Verdict::Verified, 90)],
            100,
            &[(Verdict::Verified, 17, 83), (Verdict::Invalid, 5, 12)],
        );
    }

    #[test]
    fn one_among_many_is_still_seen() {
        check(
            &[(Verdict::Verified, 999_999), (Verdict::Invalid, 1)],
            1_000_000,
            &[(Verdict::Verified, 9, 91), (Verdict::Invalid, 5, 4)],
        );
    }

    #[test]
    fn the_highest_bar_with_every_verdict_fits() {
        let counts = STACK.map(|verdict| (verdict, u64::MAX / 8));
        let highest = counts.iter().map(|(_, count)| count).sum();
        let parts = parts(&counts, Scale { highest, most: 8 });
        assert_eq!(parts.len(), 8);
        assert_eq!(parts.iter().map(|part| part.height).sum::<u64>() + parts[7].y, HEIGHT);
    }

    #[test]
    fn nothing_has_no_parts() {
        check(&[], 100, &[]);
        check(&[], 0, &[]);
    }
}
