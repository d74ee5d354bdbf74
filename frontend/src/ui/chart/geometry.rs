//! Where things stand in a chart.

use std::f64::consts::TAU;

/// From zero to a round number above the largest value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    top: f64,
}

impl Scale {
    pub fn over(values: impl Iterator<Item = f64>) -> Self {
        let largest = values.fold(0.0, f64::max);
        if largest <= 0.0 {
            return Self { top: 4.0 };
        }
        // Four even steps of 1, 2, 2.5 or 5 times a power of ten.
        let rough = largest / 4.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough);
        Self { top: step.unwrap_or(rough) * 4.0 }
    }

    /// The values at which lines are drawn.
    pub fn lines(self) -> Vec<f64> {
        [0.0, 0.25, 0.5, 0.75, 1.0].map(|part| part * self.top).to_vec()
    }

    /// The distance from the top of a field of this height, leaving a little air.
    pub fn place(self, value: f64, height: f64) -> f64 {
        8.0 + (height - 8.0) * (1.0 - value / self.top)
    }
}

/// A ring's part between two shares of the whole, around the origin.
pub fn pie_path(from: f64, to: f64) -> String {
    const OUTER: f64 = 96.0;
    const INNER: f64 = 58.0;
    // A full circle has no two ends; a hair less looks the same.
    let to = to.min(from + 0.9999);
    let at = |share: f64, radius: f64| {
        let angle = share * TAU;
        format!("{:.2} {:.2}", radius * angle.sin(), -radius * angle.cos())
    };
    let large = u8::from(to - from > 0.5);
    format!(
        "M{} A{OUTER} {OUTER} 0 {large} 1 {} L{} A{INNER} {INNER} 0 {large} 0 {}Z",
        at(from, OUTER),
        at(to, OUTER),
        at(to, INNER),
        at(from, INNER)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers_above_the_largest_value() {
        let top = |values: &[f64]| Scale::over(values.iter().copied()).top;
        assert!((top(&[91.0, 12.0]) - 100.0).abs() < 1e-9);
        assert!((top(&[0.0]) - 4.0).abs() < 1e-9);
        assert!((top(&[7.0]) - 8.0).abs() < 1e-9);
    }

    #[test]
    fn a_whole_pie_is_still_drawn() {
        assert!(pie_path(0.0, 1.0).contains("A96 96 0 1 1"));
        assert!(pie_path(0.0, 0.25).starts_with("M0.00 -96.00"));
    }
}
