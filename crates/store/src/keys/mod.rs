//! The secrets of an installation: values sealed at rest, digests to find them by, signatures on cursors and tokens.
//!
//! One root key stands outside the database. It wraps the data keys, which are rows, so that a dump without the root
//! key holds nothing personal in the clear.

mod cipher;

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use domain::field::{Field, Kind};
use domain::text::phone;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use schema::data_keys;
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use self::cipher::Cipher;
use crate::error::{Error, Result};

const NONCE: usize = 24;

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

    fn wrapping_cipher(&self) -> Result<XChaCha20Poly1305> {
        let mut key = Zeroizing::new([0u8; 32]);
        let derivation = Hkdf::<Sha256>::new(None, self.0.as_slice());
        derivation.expand(b"zhiyin wrap v1", key.as_mut_slice()).map_err(|_| Error::Secret("derivation failed"))?;
        xchacha(key.as_slice())
    }
}

/// The id of a key and the key.
type NamedSecret = (String, Zeroizing<Vec<u8>>);

/// The opened data keys of one installation.
pub struct KeyRing {
    /// By id, newest first: the first one seals.
    seal: Vec<(String, Cipher)>,
    blind: Hmac<Sha256>,
    cursor: Hmac<Sha256>,
    /// Private keys that sign access tokens, newest first: id and PKCS#8 document.
    sign: Vec<NamedSecret>,
}

impl KeyRing {
    /// Opens the keys in the database; makes those that are missing. `new_signing_key` yields a PKCS#8 document.
    pub async fn open(
        root: &RootKey,
        connection: &mut AsyncPgConnection,
        new_signing_key: impl Fn() -> Result<Vec<u8>>,
    ) -> Result<Self> {
        let wrapping = root.wrapping_cipher()?;
        for purpose in ["seal", "blind", "cursor", "sign"] {
            let secret = Zeroizing::new(if purpose == "sign" { new_signing_key()? } else { random::<32>()?.to_vec() });
            add_first_key(connection, &wrapping, purpose, &secret).await?;
        }
        let rows: Vec<(String, String, String)> = data_keys::table
            .filter(data_keys::retired_at.is_null())
            .order(data_keys::created_at.desc())
            .select((data_keys::id, data_keys::purpose, data_keys::wrapped))
            .load(connection)
            .await?;
        Self::of_rows(&wrapping, rows)
    }

    fn of_rows(wrapping: &XChaCha20Poly1305, rows: Vec<(String, String, String)>) -> Result<Self> {
        let mut opened: HashMap<String, Vec<NamedSecret>> = HashMap::new();
        for (id, purpose, wrapped) in rows {
            let secret = open(wrapping, &wrapped, id.as_bytes())
                .ok_or(Error::Secret("the root key does not fit this database; restore the key it was made with"))?;
            opened.entry(purpose).or_default().push((id, Zeroizing::new(secret)));
        }
        let mut take = |purpose: &str| {
            opened.remove(purpose).filter(|keys| !keys.is_empty()).ok_or(Error::Secret("a key is missing"))
        };
        let seal = take("seal")?.into_iter().map(|(id, key)| Ok((id, Cipher::of(&key)?)));
        Ok(Self {
            seal: seal.collect::<Result<_>>()?,
            blind: mac(&take("blind")?[0].1)?,
            cursor: mac(&take("cursor")?[0].1)?,
            sign: take("sign")?,
        })
    }

    /// Seals a value for one place; elsewhere it cannot be opened, so ciphertext cannot be copied between rows.
    pub fn seal(&self, place: &Place<'_>, plain: &str) -> Result<String> {
        let (id, cipher) = self.current()?;
        cipher.seal(id, place, plain)
    }

    pub fn open_sealed(&self, place: &Place<'_>, sealed: &str) -> Result<String> {
        let mut parts = sealed.splitn(3, '.');
        let (Some(version), Some(id), Some(body)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Error::Secret("a value is not sealed"));
        };
        let plain = self.by_id(id)?.open(version, place, body);
        plain.ok_or(Error::Secret("a sealed value was altered"))
    }

    /// The key that seals, and its id.
    fn current(&self) -> Result<(&str, &Cipher)> {
        let (id, cipher) = self.seal.as_slice().first().ok_or(Error::Secret("the current key is missing"))?;
        Ok((id, cipher))
    }

    fn by_id(&self, id: &str) -> Result<&Cipher> {
        let found = self.seal.iter().find(|(known, _)| known == id);
        found.map(|(_, cipher)| cipher).ok_or(Error::Secret("a value was sealed with a key that is gone"))
    }

    /// Seals bytes that are too many to be written as text: the key's name, its length before it, then the ciphertext.
    pub fn seal_bytes(&self, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>> {
        let (id, cipher) = self.current()?;
        let nonce = random::<NONCE>()?;
        let payload = Payload { msg: plain, aad: &place.bytes() };
        let sealed =
            cipher.bulk().encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::Secret("sealing failed"))?;
        let length = u8::try_from(id.len()).map_err(|_| Error::Secret("the key's name is too long"))?;
        Ok([&[length], id.as_bytes(), nonce.as_slice(), &sealed].concat())
    }

    pub fn open_bytes(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Vec<u8>> {
        let altered = || Error::Secret("sealed bytes were altered");
        let (length, rest) = sealed.split_first().ok_or_else(altered)?;
        let (id, rest) = rest.split_at_checked(usize::from(*length)).ok_or_else(altered)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE).ok_or_else(altered)?;
        let id = std::str::from_utf8(id).map_err(|_| altered())?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| altered())?;
        let payload = Payload { msg: sealed, aad: &place.bytes() };
        self.by_id(id)?.bulk().decrypt(&XNonce::from(nonce), payload).map_err(|_| altered())
    }

    /// The blind index of a field's value: equal values have equal digests, and only the key can make them.
    pub fn digest(&self, resource: &str, field: &Field, value: &str) -> Uuid {
        let value = match field.kind {
            Kind::Phone | Kind::Phones => phone::normalise(value),
            _ => value.to_ascii_lowercase(),
        };
        self.blind_digest(&[resource, field.key, &value])
    }

    /// The blind index of the last four digits of a field's telephone number.
    pub fn tail_digest(&self, resource: &str, field: &Field, tail: &str) -> Uuid {
        self.blind_digest(&["tail", resource, field.key, tail])
    }

    fn blind_digest(&self, parts: &[&str]) -> Uuid {
        let bytes = tag(&self.blind, parts.iter().map(|part| part.as_bytes()));
        let mut digest = [0; 16];
        digest.copy_from_slice(&bytes[..16]);
        Uuid::from_bytes(digest)
    }

    /// Authenticates what is handed to a caller and must come back unaltered.
    pub fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        tag(&self.cursor, parts.iter().copied())
    }

    /// Keys that sign access tokens, newest first: id and PKCS#8 document.
    pub fn signing_keys(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.sign.iter().map(|(id, key)| (id.as_str(), key.as_slice()))
    }
}

/// Whether a database, once it has its schema, holds keys of an earlier start.
pub async fn exist(url: &str) -> Result<bool> {
    let mut connection =
        AsyncPgConnection::establish(url).await.map_err(|error| Error::NoConnection(error.to_string()))?;
    Ok(diesel::select(diesel::dsl::exists(data_keys::table.select(data_keys::id))).get_result(&mut connection).await?)
}

/// Where a sealed value stands.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub row: Uuid,
}

impl Place<'_> {
    /// `customers/phones/<row>`.
    fn bytes(&self) -> Vec<u8> {
        let mut row = Uuid::encode_buffer();
        let row = self.row.hyphenated().encode_lower(&mut row);
        [self.table, self.column, row].join("/").into_bytes()
    }
}

/// Adds a key unless its purpose has one. Two processes that start at once agree on the first row.
async fn add_first_key(
    connection: &mut AsyncPgConnection,
    wrapping: &XChaCha20Poly1305,
    purpose: &str,
    secret: &[u8],
) -> Result<()> {
    let id = format!("{purpose}-1");
    let wrapped = seal(wrapping, secret, id.as_bytes())?;
    diesel::insert_into(data_keys::table)
        .values((data_keys::id.eq(id), data_keys::purpose.eq(purpose), data_keys::wrapped.eq(wrapped)))
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    Ok(())
}

pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::Secret("no randomness"))?;
    Ok(bytes)
}

fn xchacha(key: &[u8]) -> Result<XChaCha20Poly1305> {
    XChaCha20Poly1305::new_from_slice(key).map_err(|_| Error::Secret("a key has the wrong length"))
}

fn mac(key: &[u8]) -> Result<Hmac<Sha256>> {
    Hmac::new_from_slice(key).map_err(|_| Error::Secret("a key has the wrong length"))
}

/// Parts are separated by their lengths, so that no two lists of parts look the same.
fn tag<'a>(key: &Hmac<Sha256>, parts: impl Iterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut mac = key.clone();
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn seal(cipher: &XChaCha20Poly1305, plain: &[u8], place: &[u8]) -> Result<String> {
    let nonce = random::<NONCE>()?;
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: place })
        .map_err(|_| Error::Secret("sealing failed"))?;
    Ok(BASE64.encode([nonce.as_slice(), &sealed].concat()))
}

fn open(cipher: &XChaCha20Poly1305, sealed: &str, place: &[u8]) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(sealed).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    cipher.decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: place }).ok()
}
