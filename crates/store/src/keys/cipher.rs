//! How one data key seals values.
//!
//! New values are sealed with AES-256-GCM-SIV, for which processors have instructions and which forgives a nonce that comes
//! twice. Values of the first form, XChaCha20-Poly1305, are still opened; with these a third of the processor time of a
//! page of customers, which has a hundred sealed values, went into opening them.

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
const CURRENT: &str = "v2";

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

    /// `v2.<key>.<base64 of nonce and ciphertext>`; it opens only in its place.
    pub fn seal(&self, key_id: &str, place: &Place<'_>, plain: &str) -> Result<String> {
        let nonce = random::<NONCE_LEN>()?;
        let mut sealed = plain.as_bytes().to_vec();
        let aad = Aad::from(place.bytes());
        let done = self.current.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed);
        done.map_err(|_| Error::Secret("sealing failed"))?;
        Ok(format!("{CURRENT}.{key_id}.{}", BASE64.encode([nonce.as_slice(), &sealed].concat())))
    }

    /// Opens the last part of a sealed value.
    pub fn open(&self, version: &str, place: &Place<'_>, body: &str) -> Option<String> {
        let mut bytes = BASE64.decode(body).ok()?;
        let plain = match version {
            CURRENT => {
                let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
                let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
                self.current.open_in_place(nonce, Aad::from(place.bytes()), sealed).ok()?.to_vec()
            }
            FIRST => {
                let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
                let nonce: [u8; NONCE] = nonce.try_into().ok()?;
                let payload = Payload { msg: sealed, aad: &place.bytes() };
                self.first.decrypt(&XNonce::from(nonce), payload).ok()?
            }
            _ => return None,
        };
        String::from_utf8(plain).ok()
    }

    /// The algorithm for bytes in bulk.
    pub fn bulk(&self) -> &XChaCha20Poly1305 {
        &self.first
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const PLACE: Place<'_> = Place { table: "customers", column: "phones", row: Uuid::nil() };

    fn body(sealed: &str) -> &str {
        sealed.rsplit('.').next().unwrap_or_default()
    }

    #[test]
    fn what_was_sealed_opens_in_its_place_alone() {
        let cipher = Cipher::of(&[7; 32]).expect("a key");
        let sealed = cipher.seal("seal-1", &PLACE, "13812345678").expect("sealed");
        assert!(sealed.starts_with("v2.seal-1.") && !sealed.contains("138"), "{sealed}");
        assert_eq!(cipher.open("v2", &PLACE, body(&sealed)).as_deref(), Some("13812345678"));
        let elsewhere = [
            Place { table: "contacts", ..PLACE },
            Place { column: "fax", ..PLACE },
            Place { row: Uuid::from_u128(1), ..PLACE },
        ];
        assert!(elsewhere.iter().all(|place| cipher.open("v2", place, body(&sealed)).is_none()));
        assert!(Cipher::of(&[8; 32]).expect("a key").open("v2", &PLACE, body(&sealed)).is_none());
    }

    #[test]
    fn an_altered_value_does_not_open() {
        let cipher = Cipher::of(&[7; 32]).expect("a key");
        let sealed = cipher.seal("seal-1", &PLACE, "13812345678").expect("sealed");
        let bytes = BASE64.decode(body(&sealed)).expect("base64");
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            assert!(cipher.open("v2", &PLACE, &BASE64.encode(altered)).is_none(), "byte {at}");
        }
        for broken in ["", "AAAA", "!"] {
            assert!(cipher.open("v2", &PLACE, broken).is_none());
        }
        assert!(cipher.open("v3", &PLACE, body(&sealed)).is_none());
    }

    #[test]
    fn equal_values_look_different() {
        let cipher = Cipher::of(&[7; 32]).expect("a key");
        let seal = || cipher.seal("seal-1", &PLACE, "13812345678").expect("sealed");
        assert_ne!(seal(), seal());
    }

    #[test]
    fn a_value_of_the_first_form_still_opens() {
        let cipher = Cipher::of(&[7; 32]).expect("a key");
        let payload = Payload { msg: "13812345678".as_bytes(), aad: &PLACE.bytes() };
        let sealed = cipher.first.encrypt(&XNonce::from([9; NONCE]), payload).expect("sealed");
        let body = BASE64.encode([[9; NONCE].as_slice(), &sealed].concat());
        assert_eq!(cipher.open("v1", &PLACE, &body).as_deref(), Some("13812345678"));
        assert!(cipher.open("v2", &PLACE, &body).is_none());
    }
}
