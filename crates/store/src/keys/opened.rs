//! The opened keys of one purpose, and which of them is in use.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::root::Wrapping;
use crate::error::{Error, Result};

/// A key as it lies in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SealedRow {
    pub id: String,
    pub purpose: String,
    pub wrapped: String,
    /// Whether it is old enough for every process to know it.
    pub is_known: bool,
}

pub(super) struct OpenedKey<T> {
    pub id: String,
    is_known: bool,
    pub secret: Arc<T>,
}

/// At least one, newest first.
pub(super) struct Keys<T>(Vec<OpenedKey<T>>);

impl<T> Keys<T> {
    /// Opens those of the rows that have this purpose. What an earlier ring holds is open already, whichever root key
    /// wraps it by now; the rest of the keys must not wait for one that cannot be opened.
    pub fn open(
        wrapping: &Wrapping,
        rows: &[SealedRow],
        purpose: &str,
        earlier: Option<&Self>,
        make: impl Fn(Zeroizing<Vec<u8>>) -> Result<T>,
    ) -> Result<Self> {
        let mut keys = Vec::new();
        for SealedRow { id, wrapped, is_known, .. } in rows.iter().filter(|row| row.purpose == purpose) {
            let known = earlier.and_then(|earlier| earlier.find(id));
            let secret = if let Some(known) = known {
                known.secret.clone()
            } else if let Some(secret) = wrapping.unwrap(id, wrapped) {
                Arc::new(make(secret)?)
            } else if earlier.is_some() {
                tracing::error!(key = id, "{WRONG_ROOT}; until it is started again, this process goes without");
                continue;
            } else {
                return Err(Error::Secret(WRONG_ROOT));
            };
            keys.push(OpenedKey { id: id.clone(), is_known: *is_known, secret });
        }
        if keys.is_empty() { Err(Error::Secret("a key is missing")) } else { Ok(Self(keys)) }
    }

    /// The key that new values are made with: the newest that every process knows. A new installation has one that
    /// nobody can be missing.
    pub fn in_use(&self) -> &OpenedKey<T> {
        let Self(keys) = self;
        keys.iter().find(|key| key.is_known).unwrap_or(&keys[keys.len() - 1])
    }

    pub fn find(&self, id: &str) -> Option<&OpenedKey<T>> {
        self.iter().find(|key| key.id == id)
    }

    pub fn iter(&self) -> impl Iterator<Item = &OpenedKey<T>> {
        self.0.iter()
    }
}

const WRONG_ROOT: &str = "the root key does not fit this database; restore the key it was made with";

#[cfg(test)]
mod tests {
    use super::super::RootKey;
    use super::*;

    fn wrapping(digits: &str) -> Wrapping {
        RootKey::from_hex(&digits.repeat(32)).expect("a root key").wrapping().expect("wraps")
    }

    fn row(id: &str, is_known: bool, root: &Wrapping) -> SealedRow {
        let wrapped = root.wrap(id, id.as_bytes()).expect("wrapped");
        SealedRow { id: id.to_owned(), purpose: "seal".to_owned(), wrapped, is_known }
    }

    fn open(root: &Wrapping, rows: &[SealedRow], earlier: Option<&Keys<Vec<u8>>>) -> Result<Keys<Vec<u8>>> {
        Keys::open(root, rows, "seal", earlier, |secret| Ok(secret.to_vec()))
    }

    fn ids(keys: &Keys<Vec<u8>>) -> Vec<&str> {
        keys.iter().map(|key| key.id.as_str()).collect()
    }

    #[test]
    fn a_new_key_is_used_once_everybody_knows_it() {
        let root = wrapping("07");
        let announced = open(&root, &[row("seal-2", false, &root), row("seal-1", true, &root)], None).expect("opened");
        assert_eq!((announced.in_use().id.as_str(), ids(&announced)), ("seal-1", vec!["seal-2", "seal-1"]));
        let known = open(&root, &[row("seal-2", true, &root), row("seal-1", true, &root)], None).expect("opened");
        assert_eq!((known.in_use().id.as_str(), ids(&known)), ("seal-2", vec!["seal-2", "seal-1"]));
    }

    #[test]
    fn the_first_key_of_an_installation_is_used_at_once() {
        let root = wrapping("07");
        let rows = [row("seal-2", false, &root), row("seal-1", false, &root)];
        assert_eq!(open(&root, &rows, None).expect("opened").in_use().id, "seal-1");
    }

    #[test]
    fn keys_of_another_purpose_do_not_count_and_none_is_no_ring() {
        let root = wrapping("07");
        let other = SealedRow { purpose: "sign".to_owned(), ..row("sign-1", true, &root) };
        assert!(matches!(open(&root, &[other], None), Err(Error::Secret("a key is missing"))));
    }

    #[test]
    fn under_another_root_key_what_is_open_stays_open() {
        let (root, other) = (wrapping("07"), wrapping("08"));
        let first = open(&root, &[row("seal-1", true, &root)], None).expect("opened");
        let rows = [row("seal-2", true, &other), row("seal-1", true, &other)];
        assert!(matches!(open(&root, &rows, None), Err(Error::Secret(WRONG_ROOT))), "a start needs the right key");
        let later = open(&root, &rows, Some(&first)).expect("opened");
        assert_eq!(ids(&later), ["seal-1"]);
        assert!(Arc::ptr_eq(&later.in_use().secret, &first.in_use().secret));
    }
}
