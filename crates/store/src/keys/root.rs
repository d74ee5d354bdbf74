//! The root key, and how it wraps the data keys.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{NONCE, random, xchacha};
use crate::error::{Error, Result};

/// The key outside the database, 32 bytes, from a file or the environment.
pub struct RootKey(Zeroizing<[u8; 32]>);

impl RootKey {
    pub fn generate() -> Result<Self> {
        Ok(Self(Zeroizing::new(random()?)))
    }

    /// Reads 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut key = Zeroizing::new([0; 32]);
        for (index, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
        }
        Some(Self(key))
    }

    pub fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(super) fn wrapping(&self) -> Result<Wrapping> {
        let mut key = Zeroizing::new([0u8; 32]);
        let derivation = Hkdf::<Sha256>::new(None, self.0.as_slice());
        derivation.expand(b"zhiyin wrap v1", key.as_mut_slice()).map_err(|_| Error::Secret("derivation failed"))?;
        Ok(Wrapping(xchacha(key.as_slice())?))
    }
}

/// What the root key does with the data keys. Each is wrapped for its own id.
pub(super) struct Wrapping(XChaCha20Poly1305);

impl Wrapping {
    pub fn wrap(&self, id: &str, secret: &[u8]) -> Result<String> {
        let nonce = random::<NONCE>()?;
        let wrapped = self.0.encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: id.as_bytes() });
        let wrapped = wrapped.map_err(|_| Error::Secret("wrapping failed"))?;
        Ok(BASE64.encode([nonce.as_slice(), &wrapped].concat()))
    }

    /// Nothing if another root key wrapped it.
    pub fn unwrap(&self, id: &str, wrapped: &str) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = BASE64.decode(wrapped).ok()?;
        let (nonce, wrapped) = bytes.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let payload = Payload { msg: wrapped, aad: id.as_bytes() };
        self.0.decrypt(&XNonce::from(nonce), payload).ok().map(Zeroizing::new)
    }
}
