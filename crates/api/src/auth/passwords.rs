//! Hashing and checking passwords with Argon2id, which is slow and large on purpose: half of the processors at most are
//! busy with it, and never the threads that answer requests.

use std::sync::LazyLock;

use actix_web::web;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::error::Code;
use tokio::sync::Semaphore;

use crate::http::error::{Refusal, Result};

/// What an unknown name is checked against, so that it takes as long as a known one.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_now("nobody has this password"));

pub struct Passwords {
    turns: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, |count| count.get());
        Self { turns: Semaphore::new((processors / 2).max(1)) }
    }
}

impl Passwords {
    pub async fn hash(&self, password: String) -> Result<String> {
        self.in_turn(move || hash_now(&password)).await?.ok_or_else(|| Code::Internal.into())
    }

    /// Whether a password is right. Without a hash to check against it takes as long and says no.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        self.in_turn(move || {
            let known = hash.is_some();
            let hash = hash.or_else(|| NOBODY.clone()).unwrap_or_default();
            is_right(&password, &hash) && known
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _turn = self.turns.acquire().await.map_err(|_| Refusal::from(Code::Unavailable))?;
        web::block(work).await.map_err(|_| Refusal::from(Code::Internal))
    }
}

/// For the command line, which has nobody to keep waiting.
pub fn hash_now(password: &str) -> Option<String> {
    Some(Argon2::default().hash_password(password.as_bytes()).ok()?.to_string())
}

fn is_right(password: &str, hash: &str) -> bool {
    PasswordVerifier::<str>::verify_password(&Argon2::default(), password.as_bytes(), hash).is_ok()
}

/// Letters and digits that nobody mistakes for each other when they are read out.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A password or a recovery code for one use, in groups that can be read out over the telephone; 80 bits.
pub fn temporary() -> Option<String> {
    let bytes = store::keys::random::<16>().ok()?;
    let letters: Vec<u8> = bytes.iter().map(|byte| ALPHABET[usize::from(byte % 32)]).collect();
    let groups: Vec<_> = letters.chunks(4).map(String::from_utf8_lossy).collect();
    Some(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_argon2id_of_its_own_salt() {
        let (first, second) = (hash_now("correct horse").expect("a hash"), hash_now("correct horse").expect("a hash"));
        assert!(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{first}");
        assert_ne!(first, second);
        assert!(is_right("correct horse", &first) && is_right("correct horse", &second));
        assert!(!is_right("correct hors", &first) && !is_right("correct horse", ""));
    }

    #[tokio::test]
    async fn nobodys_password_is_never_right() {
        let passwords = Passwords::default();
        assert!(!passwords.verify("nobody has this password".into(), None).await.expect("checked"));
    }

    #[test]
    fn a_temporary_password_can_be_read_out_and_keeps_our_own_rules() {
        let password = temporary().expect("random");
        assert_eq!(password.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4]);
        assert!(domain::platform::passwords::faults("/password", &password, "li").is_empty());
        assert_ne!(temporary(), temporary());
    }
}
