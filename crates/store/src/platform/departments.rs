//! Departments.

use domain::error::{Code, Error, Fault};
use domain::platform::Department;
use schema::departments;

use crate::db::Tx;
use crate::error::Result;
use crate::table::prelude::*;

impl Stored for Department {
    stored_in!(departments);

    async fn before_write(tx: &mut Tx<'_>, _before: Option<&Record<Self>>, record: &mut Record<Self>) -> Result<()> {
        let parent = record.data.parent_id.map(|parent| parent.uuid());
        refuse_widening(tx, record.stamp.id, parent).await
    }
}

/// Whoever moves a department under their own reaches all that belongs to it. One that is new holds nothing yet.
async fn refuse_widening(tx: &mut Tx<'_>, id: Uuid, parent: Option<Uuid>) -> Result<()> {
    let Some(viewer) = tx.db().viewer() else { return Ok(()) };
    let own = |department: &Uuid| viewer.departments.contains(department);
    if !viewer.reaches_below() || own(&id) || !parent.as_ref().is_some_and(own) {
        return Ok(());
    }
    let is_new = departments::table.find(id).count().get_result::<i64>(&mut **tx).await? == 0;
    if is_new { Ok(()) } else { Err(Error::at(Code::Forbidden, Fault::field("parent_id", "out_of_reach")).into()) }
}

/// A department by its name below another one, or at the top of the tree.
pub async fn by_name(tx: &mut Tx<'_>, name: &str, parent: Option<Uuid>) -> Result<Option<Uuid>> {
    let named = departments::table.filter(departments::name.eq(name)).filter(departments::deleted_at.is_null());
    let found = named.filter(departments::parent_id.is_not_distinct_from(parent)).select(departments::id);
    Ok(found.first(&mut **tx).await.optional()?)
}
