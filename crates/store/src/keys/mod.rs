//! The secrets of an installation: values sealed at rest, digests to find them by, signatures on cursors and tokens.
//!
//! One root key stands outside the database ([`root`]). It wraps the data keys, which are rows, so that a dump without
//! the root key holds nothing personal in the clear. A running process holds them opened ([`opened`]) and follows what
//! becomes of them ([`follow`]); operators replace those that sign and seal ([`rotation`]), and what an older key sealed is
//! sealed anew in the background ([`reseal`]).

mod cipher;
pub mod damage;
pub mod follow;
mod holders;
mod opened;
pub mod reseal;
mod root;
pub mod rotation;

use std::sync::Arc;
use std::time::Duration;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::field::{Field, Kind};
use domain::text::phone;
use hmac::{Hmac, Mac};
use schema::data_keys;
use serde_json::Value;
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use self::cipher::Cipher;
use self::damage::Damage;
pub(crate) use self::follow::Held;
use self::follow::Known;
use self::opened::{Keys, OpenedKey};
pub use self::root::RootKey;
use self::root::Wrapping;
use crate::connect::connect;
use crate::error::{Error, Result};

const NONCE: usize = 24;

/// How often a process reads which keys there are.
const REREAD: Duration = Duration::from_secs(2);

/// A new key is used from this age on, in seconds. By then every process has read it, so that what one of them signs
/// or seals is good at all of them.
const USED_FROM: u64 = 6;

/// From this age on a key is in use everywhere, and the one before it nowhere.
pub const IN_USE_AFTER: u64 = USED_FROM + 2 * REREAD.as_secs();

/// The opened data keys of one installation.
pub struct KeyRing {
    /// What it was made of.
    known: Known,
    seal: Keys<Cipher>,
    /// Private keys that sign access tokens: PKCS#8 documents.
    sign: Keys<Zeroizing<Vec<u8>>>,
    blind: Keys<Hmac<Sha256>>,
    cursor: Keys<Hmac<Sha256>>,
    /// What could not be opened, over all editions of the ring.
    damage: Arc<Damage>,
}

/// Opens the keys in the database; makes those that are missing. `new_signing_key` yields a PKCS#8 document.
pub(crate) async fn open(
    root: &RootKey,
    connection: &mut AsyncPgConnection,
    new_signing_key: impl Fn() -> Result<Vec<u8>>,
) -> Result<Held> {
    let wrapping = root.wrapping()?;
    for purpose in ["seal", "blind", "cursor", "sign"] {
        let secret = Zeroizing::new(if purpose == "sign" { new_signing_key()? } else { random::<32>()?.to_vec() });
        add_first_key(connection, &wrapping, purpose, &secret).await?;
    }
    Held::open(wrapping, connection).await
}

impl KeyRing {
    fn of_rows(wrapping: &Wrapping, known: Known, earlier: Option<&Self>) -> Result<Self> {
        let rows = &known.rows;
        let hashing = |purpose, earlier| Keys::open(wrapping, rows, purpose, earlier, |secret| mac(&secret));
        Ok(Self {
            seal: Keys::open(wrapping, rows, "seal", earlier.map(|ring| &ring.seal), |secret| Cipher::of(&secret))?,
            sign: Keys::open(wrapping, rows, "sign", earlier.map(|ring| &ring.sign), Ok)?,
            blind: hashing("blind", earlier.map(|ring| &ring.blind))?,
            cursor: hashing("cursor", earlier.map(|ring| &ring.cursor))?,
            known,
            damage: earlier.map(|ring| ring.damage.clone()).unwrap_or_default(),
        })
    }

    /// Names this history of the database, so that what belongs to one that a restore undid never fits; see
    /// [`crate::lineage`].
    pub fn lineage(&self) -> &str {
        &self.known.lineage
    }

    /// Seals a value for one place; elsewhere it cannot be opened, so ciphertext cannot be copied between rows.
    pub fn seal(&self, place: &Place<'_>, plain: &str) -> Result<String> {
        let OpenedKey { id, secret, .. } = self.seal.in_use();
        secret.seal(id, place, plain)
    }

    pub fn open_sealed(&self, place: &Place<'_>, sealed: &str) -> Result<String> {
        let mut parts = sealed.splitn(3, '.');
        let (Some(version), Some(id), Some(body)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Error::Secret("a value is not sealed"));
        };
        let plain = self.by_id(id)?.open(version, place, body);
        plain.ok_or(Error::Secret("a sealed value was altered"))
    }

    /// Seals a document whole; a JSON column then holds a text.
    pub fn seal_document(&self, place: &Place<'_>, document: &Value) -> Result<Value> {
        Ok(Value::String(self.seal(place, &document.to_string())?))
    }

    /// Opens a document. One that is no text was written before documents were sealed, or has nothing to hide.
    pub fn open_document(&self, place: &Place<'_>, kept: &Value) -> Result<Value> {
        let Value::String(sealed) = kept else { return Ok(kept.clone()) };
        let plain = self.open_sealed(place, sealed)?;
        serde_json::from_str(&plain).map_err(|_| Error::Secret("what was sealed is no document"))
    }

    /// Opens a value of a record, in place. One that cannot be opened is nobody's reason to fail: it is noted, and this is
    /// false.
    pub(crate) fn open_or_note(&self, place: &Place<'_>, value: &mut String) -> bool {
        match self.open_sealed(place, value) {
            Ok(plain) => *value = plain,
            Err(error) => {
                self.damage.note(place, &error);
                return false;
            }
        }
        true
    }

    pub(crate) fn damage(&self) -> &Damage {
        &self.damage
    }

    fn by_id(&self, id: &str) -> Result<&Cipher> {
        let found = self.seal.find(id).map(|key| &*key.secret);
        found.ok_or(Error::Secret("a value was sealed with a key that is gone"))
    }

    /// The id of the key that seals.
    pub fn seals_with(&self) -> &str {
        &self.seal.in_use().id
    }

    /// Seals bytes that are too many to be written as text: the key's name, its length before it, then the ciphertext.
    pub fn seal_bytes(&self, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>> {
        let OpenedKey { id, secret: cipher, .. } = self.seal.in_use();
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

    /// The blind index of a field's value: equal values have equal digests, and only the key can make them. A telephone
    /// number has one for each way in which people ask for it.
    pub fn digests(&self, resource: &str, field: &Field, value: &str) -> Vec<Uuid> {
        let digest = |value: &str| self.blind_digest(&[resource, field.key, value]);
        match field.kind {
            Kind::Phone | Kind::Phones => phone::spellings(value).iter().map(|number| digest(number)).collect(),
            _ => vec![digest(&value.to_ascii_lowercase())],
        }
    }

    /// The digest by which a value is looked for; of several telephone numbers the first, so that one question is one.
    pub fn wanted_digest(&self, resource: &str, field: &Field, value: &str) -> Option<Uuid> {
        match field.kind {
            Kind::Phone | Kind::Phones => Some(self.blind_digest(&[resource, field.key, &phone::number(value)?])),
            _ => self.digests(resource, field, value).pop(),
        }
    }

    /// The blind index of the last four digits of a field's telephone number.
    pub fn tail_digest(&self, resource: &str, field: &Field, tail: &str) -> Uuid {
        self.blind_digest(&["tail", resource, field.key, tail])
    }

    /// The digest by which records are found that are alike in what is not personal.
    pub fn alike_digest(&self, resource: &str, likeness: &str, key: &str) -> Uuid {
        self.blind_digest(&["alike", resource, likeness, key])
    }

    fn blind_digest(&self, parts: &[&str]) -> Uuid {
        let bytes = tag(&self.blind.in_use().secret, parts.iter().map(|part| part.as_bytes()));
        let mut digest = [0; 16];
        digest.copy_from_slice(&bytes[..16]);
        Uuid::from_bytes(digest)
    }

    /// Authenticates what is handed to a caller and must come back unaltered.
    pub fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        tag(&self.cursor.in_use().secret, parts.iter().copied())
    }

    /// Keys whose access tokens are good, newest first: id and PKCS#8 document.
    pub fn signing_keys(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.sign.iter().map(|key| (key.id.as_str(), key.secret.as_slice()))
    }

    /// The id of the one that signs.
    pub fn signs_with(&self) -> &str {
        &self.sign.in_use().id
    }
}

/// Whether a database, once it has its schema, holds keys of an earlier start.
pub async fn exist(url: &str) -> Result<bool> {
    let mut connection = connect(url).await.map_err(|error| Error::NoConnection(error.to_string()))?;
    Ok(diesel::select(diesel::dsl::exists(data_keys::table.select(data_keys::id))).get_result(&mut connection).await?)
}

/// Whether a text has the form of a sealed value.
pub fn is_seal(text: &str) -> bool {
    let mut parts = text.splitn(3, '.');
    let version = parts.next().and_then(|version| version.strip_prefix('v'));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = parts.next().and_then(|id| id.strip_prefix("seal-"));
    version.is_some_and(digits) && number.is_some_and(digits) && parts.next().is_some()
}

/// Where a sealed value stands.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub row: Uuid,
    /// Its place among several values.
    pub index: usize,
    /// The version at which it must have been sealed, where that is known. The change log takes values as they come.
    pub age: Option<i64>,
}

impl<'a> Place<'a> {
    pub const fn new(table: &'a str, column: &'a str, row: Uuid) -> Self {
        Self { table, column, row, index: 0, age: None }
    }

    pub const fn at(self, index: usize) -> Self {
        Self { index, ..self }
    }

    pub const fn of_age(self, age: Option<i64>) -> Self {
        Self { age, ..self }
    }

    /// `customers/phones/<row>`: what values of earlier forms, and bytes, are bound to.
    fn bytes(&self) -> Vec<u8> {
        let mut row = Uuid::encode_buffer();
        let row = self.row.hyphenated().encode_lower(&mut row);
        [self.table, self.column, row].join("/").into_bytes()
    }

    /// The same with the place among several values, and the age.
    fn bytes_of_age(&self, age: i64) -> Vec<u8> {
        let mut bytes = self.bytes();
        bytes.extend_from_slice(format!("/{}/{age}", self.index).as_bytes());
        bytes
    }
}

/// Adds a key unless its purpose has one. Two processes that start at once agree on the first row.
async fn add_first_key(
    connection: &mut AsyncPgConnection,
    wrapping: &Wrapping,
    purpose: &str,
    secret: &[u8],
) -> Result<()> {
    let id = format!("{purpose}-1");
    let wrapped = wrapping.wrap(&id, secret)?;
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
