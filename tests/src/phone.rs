//! An authenticator app in somebody's pocket: RFC 6238 done once more, by other means than the server's.

use std::time::Duration;

use aws_lc_rs::hmac;
use chrono::Utc;

const STEP: i64 = 30;

/// A phone that has learnt a secret.
pub struct Phone(Vec<u8>);

impl Phone {
    /// From the text that people may type instead of photographing it.
    pub fn learn(secret: &str) -> Self {
        let (mut bits, mut held, mut bytes) = (0u32, 0, Vec::new());
        for letter in secret.bytes() {
            let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == letter);
            bits = bits << 5 | value.expect("base 32") as u32;
            held += 5;
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held) as u8);
            }
        }
        Self(bytes)
    }

    /// The code of the present step, or of one so many steps later.
    pub fn code(&self, later: i64) -> String {
        let step = Utc::now().timestamp() / STEP + later;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let digest = tag.as_ref();
        let start = usize::from(digest[digest.len() - 1] & 15);
        let part: [u8; 4] = digest[start..start + 4].try_into().expect("four bytes");
        format!("{:06}", (u32::from_be_bytes(part) & 0x7fff_ffff) % 1_000_000)
    }

    /// A code that is right for no step around now.
    pub fn wrong_code(&self) -> String {
        let right: Vec<_> = (-3..=3).map(|later| self.code(later)).collect();
        let mut numbers = (0..1_000_000).map(|number| format!("{number:06}"));
        numbers.find(|code| !right.contains(code)).expect("one of a million")
    }
}

/// Waits, if need be, until the present step has some seconds left, so that it is still the present one for the server.
pub async fn in_the_middle_of_a_step() {
    let left = STEP - Utc::now().timestamp() % STEP;
    if left <= 5 {
        tokio::time::sleep(Duration::from_secs(left.unsigned_abs())).await;
    }
}
