//! Where things stand in a chart.

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
        let mut power = 1.0;
        while power > rough {
            power /= 10.0;
        }
        while power * 10.0 <= rough {
            power *= 10.0;
        }
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

/// A share of a whole in thousandths: what a ring's part is long.
#[expect(clippy::cast_possible_truncation, reason = "from 0 to 1000")]
pub fn thousandths(part: f64, whole: f64) -> i32 {
    if whole > 0.0 { (1000.0 * part / whole + 0.5) as i32 } else { 0 }
}

/// A place in a picture, which is never negative, with one digit behind the point. Written by hand, because the
/// library's way of writing such numbers is as large as a page of this client.
#[expect(clippy::cast_possible_truncation, reason = "a picture is some hundred points wide")]
pub fn px(value: f64) -> String {
    let tenths = (value * 10.0 + 0.5) as i32;
    format!("{}.{}", tenths / 10, tenths % 10)
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
    fn scales_hold_for_parts_and_for_millions() {
        let top = |value: f64| Scale::over([value].into_iter()).top;
        assert!((top(0.07) - 0.08).abs() < 1e-9);
        assert!((top(3_900_000.0) - 4_000_000.0).abs() < 1e-3);
    }

    #[test]
    fn places_are_rounded_to_a_tenth() {
        assert_eq!(px(12.04), "12.0");
        assert_eq!(px(9.96), "10.0");
        assert_eq!(thousandths(1.0, 3.0), 333);
        assert_eq!(thousandths(0.0, 0.0), 0);
    }
}
