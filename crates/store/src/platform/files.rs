//! Files that wait for an import, or for the one who asked for an export. Their names and parts are encrypted.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use domain::error::Code;
use domain::platform::operations::FileKind;
use schema::{file_parts, files};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::error::Result;
use crate::keys::{Place, is_seal};
use crate::sql::in_seconds;

/// Bytes of one part.
pub const PART: usize = 1 << 20;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = files)]
pub struct File {
    pub id: Uuid,
    pub kind: FileKind,
    pub user_id: Uuid,
    pub name: String,
    pub media_type: String,
    pub size: i64,
    pub expires_at: DateTime<Utc>,
    pub fetched_at: Option<DateTime<Utc>>,
    /// What records are in it, and a digest of the rights they were read with.
    pub resource: Option<String>,
    pub reach: Option<String>,
}

/// A file without parts, of the caller's own.
pub async fn create(tx: &mut Tx<'_>, kind: FileKind, name: &str, media_type: &str, life: TimeDelta) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let user_id = tx.db().user_id().ok_or(domain::Error::new(Code::Forbidden))?;
    let expires_at = tx.now() + life;
    diesel::insert_into(files::table)
        .values((
            files::id.eq(id),
            files::kind.eq(kind),
            files::user_id.eq(user_id),
            files::name.eq(tx.db().keys().seal(&name_place(id), name)?),
            files::media_type.eq(media_type),
            files::expires_at.eq(expires_at),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(id)
}

/// Notes what records a file is made of, and with which rights.
pub async fn note_reach(tx: &mut Tx<'_>, id: Uuid, resource: &str, reach: &str) -> Result<()> {
    let noted = (files::resource.eq(resource), files::reach.eq(reach));
    diesel::update(files::table.find(id)).set(noted).execute(&mut **tx).await?;
    Ok(())
}

/// Adds a part, or writes it again.
pub async fn write_part(tx: &mut Tx<'_>, id: Uuid, part: i32, bytes: &[u8]) -> Result<()> {
    let sealed = tx.db().keys().seal_bytes(&place(part).as_place(id), bytes)?;
    diesel::insert_into(file_parts::table)
        .values((file_parts::file_id.eq(id), file_parts::part.eq(part), file_parts::content.eq(&sealed)))
        .on_conflict((file_parts::file_id, file_parts::part))
        .do_update()
        .set(file_parts::content.eq(&sealed))
        .execute(&mut **tx)
        .await?;
    let size = files::size + bytes.len() as i64;
    diesel::update(files::table.find(id)).set(files::size.eq(size)).execute(&mut **tx).await?;
    Ok(())
}

/// Says from when on a file is of no use.
pub async fn expire_in(tx: &mut Tx<'_>, id: Uuid, life: TimeDelta) -> Result<()> {
    let at = tx.now() + life;
    diesel::update(files::table.find(id)).set(files::expires_at.eq(at)).execute(&mut **tx).await?;
    Ok(())
}

pub async fn read_part(db: &Db, id: Uuid, part: i32) -> Result<Option<Vec<u8>>> {
    let mut connection = db.read().await?;
    let sealed: Option<Vec<u8>> =
        file_parts::table.find((id, part)).select(file_parts::content).first(&mut *connection).await.optional()?;
    sealed.map(|sealed| db.keys().open_bytes(&place(part).as_place(id), &sealed)).transpose()
}

/// A file that waits, of the caller's own and nobody else's.
pub async fn find_own(db: &Db, kind: FileKind, id: Uuid) -> Result<File> {
    let mut connection = db.read().await?;
    let own = files::table.find(id).filter(files::kind.eq(kind)).filter(files::user_id.nullable().eq(db.user_id()));
    let is_there = files::expires_at.gt(in_seconds::<Timestamptz>(0)).and(files::fetched_at.is_null());
    let file: Option<(File, bool)> =
        own.select((File::as_select(), is_there)).first(&mut *connection).await.optional()?;
    let (mut file, is_there) = file.ok_or(domain::Error::new(Code::NotFound))?;
    if is_seal(&file.name) {
        file.name = db.keys().open_sealed(&name_place(id), &file.name)?;
    }
    if is_there { Ok(file) } else { Err(Code::Gone.into()) }
}

/// Marks a file as fetched; of two who fetch at once, one is refused.
pub async fn fetch(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    let now = tx.now();
    let waiting = files::table.find(id).filter(files::fetched_at.is_null());
    match diesel::update(waiting).set(files::fetched_at.eq(now)).execute(&mut **tx).await? {
        0 => Err(Code::Gone.into()),
        _ => Ok(()),
    }
}

/// People name files after whom they are about.
fn name_place(id: Uuid) -> Place<'static> {
    Place::new("files", "name", id)
}

/// A part is sealed for its number, so that parts cannot be put in another order.
struct PartPlace(String);

fn place(part: i32) -> PartPlace {
    PartPlace(format!("content.{part}"))
}

impl PartPlace {
    fn as_place(&self, id: Uuid) -> Place<'_> {
        Place::new("file_parts", &self.0, id)
    }
}
