//! A record as it leaves the store: what somebody may see of it, with its entity tag, and without its type.

use domain::error::{Code, Error};
use domain::listing::PageInfo;
use domain::resource::{Record, Resource, Stamp};
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::{Seen, etag};
use crate::db::Db;
use crate::error::Result;

/// What somebody may see of a record.
#[derive(Clone, Debug)]
pub struct Shown {
    pub stamp: Stamp,
    json: Json,
}

/// A record that its reader may see all of needs no detour over an object, which would cost more than the rest of a list
/// together.
#[derive(Clone, Debug)]
enum Json {
    Written(Box<RawValue>),
    Members(Map<String, Value>),
}

/// A page of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    pub data: Vec<Shown>,
    pub page: PageInfo,
}

impl Shown {
    /// To be sent as it is.
    pub(crate) fn whole<R: Resource>(db: &Db, seen: &Seen<R>) -> Result<Self> {
        #[derive(Serialize)]
        #[serde(bound = "")]
        struct Whole<'a, R: Resource> {
            #[serde(flatten)]
            record: &'a Record<R>,
            etag: String,
        }
        let Some(record) = seen.plain() else { return Ok(Self::members(db, seen)) };
        let whole = Whole { record, etag: etag(db, &record.stamp) };
        let written = to_raw_value(&whole).map_err(|_| Error::new(Code::Internal))?;
        Ok(Self { stamp: record.stamp.clone(), json: Json::Written(written) })
    }

    /// To be trimmed or added to.
    pub(crate) fn members<R: Resource>(db: &Db, seen: &Seen<R>) -> Self {
        let mut members = seen.json();
        members.insert("etag".into(), etag(db, seen.stamp()).into());
        Self { stamp: seen.stamp().clone(), json: Json::Members(members) }
    }

    /// Each member that is sent, with its value.
    pub fn into_members(self) -> Map<String, Value> {
        match self.json {
            Json::Written(written) => serde_json::from_str(written.get()).unwrap_or_default(),
            Json::Members(members) => members,
        }
    }

    /// The same record with other members.
    pub fn with_members(stamp: Stamp, members: Map<String, Value>) -> Self {
        Self { stamp, json: Json::Members(members) }
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match &self.json {
            Json::Written(written) => written.serialize(serializer),
            Json::Members(members) => members.serialize(serializer),
        }
    }
}
