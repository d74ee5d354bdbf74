//! Chance that is a pure function of a row's number, so that every run makes the same population.

use uuid::Uuid;

/// One of the independent decisions about a row.
#[derive(Clone, Copy)]
pub struct Draw {
    row: u64,
    next: u64,
}

impl Draw {
    /// The decisions about one row of a kind, in the order in which they are asked for.
    pub fn of(kind: u64, row: u64) -> Self {
        Self { row, next: kind << 32 }
    }

    /// Uniform in 0..1.
    pub fn share(&mut self) -> f64 {
        self.next += 1;
        (mixed(mixed(self.row) ^ self.next) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn below(&mut self, end: usize) -> usize {
        ((self.share() * end as f64) as usize).min(end - 1)
    }

    /// Early numbers come more often, the more so the higher the power.
    pub fn skewed(&mut self, end: usize, power: f64) -> usize {
        ((self.share().powf(power) * end as f64) as usize).min(end - 1)
    }

    pub fn chance(&mut self, share: f64) -> bool {
        self.share() < share
    }

    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// The finalizer of SplitMix64.
fn mixed(value: u64) -> u64 {
    let mut value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The id of a row: laid out as a UUIDv7 whose random part is kind and number.
pub fn id(kind: u64, milliseconds: u64, row: u64) -> Uuid {
    let high = (milliseconds << 16) | 0x7000 | (kind & 0xfff);
    let low = 0x8000_0000_0000_0000 | row;
    Uuid::from_u64_pair(high, low)
}
