//! How one data key seals values.
//!
//! New values are sealed with AES-256-GCM-SIV, for which processors have instructions and which forgives a nonce that comes
//! twice. Values of the first form, XChaCha20-Poly1305, are still opened; with these a third of the processor time of a
//! page of customers, which has a hundred sealed values, went into opening them. Values of the second form do not know
//! their place in a list, nor when they were sealed.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{NONCE, Place, random, xchacha};
use crate::error::{Error, Result};

const FIRST: &str = "v1";
const SECOND: &str = "v2";
const CURRENT: &str = "v3";

pub struct Cipher {
    current: LessSafeKey,
    first: XChaCha20Poly1305,
}

impl Cipher {
    pub fn of(key: &[u8]) -> Result<Self> {
        // Two algorithms never share a key.
        let mut derived = Zeroizing::new([0u8; 32]);
        let derivation = Hkdf::<Sha256>::new(None, key);
        derivation.expand(b"zhiyin seal v2", derived.as_mut_slice()).map_err(|_| Error::Secret("derivation failed"))?;
        let current = UnboundKey::new(&AES_256_GCM_SIV, derived.as_slice());
        let current = current.map_err(|_| Error::Secret("a key has the wrong length"))?;
        Ok(Self { current: LessSafeKey::new(current), first: xchacha(key)? })
    }

    /// `v3.<key>.<age>.<base64 of nonce and ciphertext>`; it opens only in its place.
    pub fn seal(&self, key_id: &str, place: &Place<'_>, plain: &str) -> Result<String> {
        let nonce = random::<NONCE_LEN>()?;
        let age = place.age.unwrap_or_default();
        let mut sealed = plain.as_bytes().to_vec();
        let aad = Aad::from(place.bytes_of_age(age));
        let done = self.current.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed);
        done.map_err(|_| Error::Secret("sealing failed"))?;
        Ok(format!("{CURRENT}.{key_id}.{age}.{}", BASE64.encode([nonce.as_slice(), &sealed].concat())))
    }

    /// Opens what follows the key's name in a sealed value. Where the place says of what age its value must be, neither one
    /// of another age opens nor one of a form that knows none.
    pub fn open(&self, version: &str, place: &Place<'_>, rest: &str) -> Option<String> {
        let plain = match version {
            CURRENT => {
                let (age, body) = rest.split_once('.')?;
                let age = age.parse().ok().filter(|age| place.age.is_none_or(|expected| expected == *age))?;
                self.open_current(&place.bytes_of_age(age), body)?
            }
            SECOND if place.age.is_none() => self.open_current(&place.bytes(), rest)?,
            FIRST if place.age.is_none() => {
                let bytes = BASE64.decode(rest).ok()?;
                let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
                let nonce: [u8; NONCE] = nonce.try_into().ok()?;
                let payload = Payload { msg: sealed, aad: &place.bytes() };
                self.first.decrypt(&XNonce::from(nonce), payload).ok()?
            }
            _ => return None,
        };
        String::from_utf8(plain).ok()
    }

    fn open_current(&self, place: &[u8], body: &str) -> Option<Vec<u8>> {
        let mut bytes = BASE64.decode(body).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        Some(self.current.open_in_place(nonce, Aad::from(place), sealed).ok()?.to_vec())
    }

    /// The algorithm for bytes in bulk.
    pub fn bulk(&self) -> &XChaCha20Poly1305 {
        &self.first
    }
}

/// The age that a sealed value tells of itself; those of earlier forms know none.
pub fn age(sealed: &str) -> Option<i64> {
    sealed.strip_prefix(CURRENT)?.split('.').nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const PLACE: Place<'_> = Place { table: "customers", column: "phones", row: Uuid::nil(), index: 0, age: Some(7) };

    /// What follows the key's name.
    fn rest(sealed: &str) -> &str {
        sealed.splitn(3, '.').last().unwrap_or_default()
    }

    #[test]
    fn what_was_sealed_opens_in_its_place_alone() {
        let cipher = Cipher::of(&[7; 32]).expect("a key");
        let sealed = cipher.seal("seal-1", &PLACE, "13812345678").expect("sealed");
        assert!(sealed.starts_with("v3.seal-1.7.") && !sealed.contains("138"), "{sealed}");
        assert_eq!(cipher.open("v3", &PLACE, rest(&sealed)).as_deref(), Some("13812345678"));
        let log = Place { age: None, ..PLACE };
        assert_eq!(cipher.open("v3", &log, rest(&sealed)).as_deref(), Some("13812345678"), "the log takes any age");
        let elsewhere = [
            Place { table: "contacts", ..PLACE },
            Place { column: "fax", ..PLACE },
            Place { row: Uuid::from_u128(1), ..PLACE },
            Place { index: 1, ..PLACE },
            Place { age: Some(8), ..PLACE },
        ];
        assert!(elsewhere.iter().all(|place| cipher.open("v3", place, rest(&sealed)).is_none()));
        let younger = rest(&sealed).replacen("7.", "8.", 1);
        assert!(cipher.open("v3", &log, &younger).is_none(), "nobody makes a value younger than it is");
        assert!(Cipher::of(&[8; 32]).expect("a key").open("v3", &PLACE, rest(&sealed)).is_none());
    }

    #[test]
    fn an_altered_value_does_not_open() {
        let cipher = Cipher::of(&[7; 32]).expect("a key");
        let sealed = cipher.seal("seal-1", &PLACE, "13812345678").expect("sealed");
        let (_, body) = rest(&sealed).split_once('.').expect("an age");
        let bytes = BASE64.decode(body).expect("base64");
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            assert!(cipher.open("v3", &PLACE, &format!("7.{}", BASE64.encode(altered))).is_none(), "byte {at}");
        }
        for broken in ["", "7.", "7.AAAA", "7.!", body] {
            assert!(cipher.open("v3", &PLACE, broken).is_none());
        }
        assert!(cipher.open("v4", &PLACE, rest(&sealed)).is_none());
    }

    #[test]
    fn equal_values_look_different() {
        let cipher = Cipher::of(&[7; 32]).expect("a key");
        let seal = || cipher.seal("seal-1", &PLACE, "13812345678").expect("sealed");
        assert_ne!(seal(), seal());
    }

    #[test]
    fn values_of_earlier_forms_still_open_where_none_of_the_present_form_was() {
        let cipher = Cipher::of(&[7; 32]).expect("a key");
        let earlier = Place { age: None, ..PLACE };
        let payload = Payload { msg: "13812345678".as_bytes(), aad: &PLACE.bytes() };
        let sealed = cipher.first.encrypt(&XNonce::from([9; NONCE]), payload).expect("sealed");
        let first = BASE64.encode([[9; NONCE].as_slice(), &sealed].concat());
        let mut sealed = b"13812345678".to_vec();
        let nonce = Nonce::assume_unique_for_key([9; NONCE_LEN]);
        cipher.current.seal_in_place_append_tag(nonce, Aad::from(PLACE.bytes()), &mut sealed).expect("sealed");
        let second = BASE64.encode([[9; NONCE_LEN].as_slice(), &sealed].concat());
        for (version, body) in [("v1", &first), ("v2", &second)] {
            assert_eq!(cipher.open(version, &earlier, body).as_deref(), Some("13812345678"));
            assert!(cipher.open(version, &PLACE, body).is_none(), "put back over one of the present form");
        }
        assert!(cipher.open("v2", &earlier, &first).is_none());
    }
}
