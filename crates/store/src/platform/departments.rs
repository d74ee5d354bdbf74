//! Departments.

use domain::platform::Department;
use schema::departments;

use crate::db::Tx;
use crate::error::Result;
use crate::table::prelude::*;

impl Stored for Department {
    stored_in!(departments);

    const TEXTS: &'static [&'static str] = &["name"];

    fn texts(&self) -> Vec<Option<&str>> {
        vec![Some(&self.name)]
    }
}

/// A department by its name below another one, or at the top of the tree.
pub async fn by_name(tx: &mut Tx<'_>, name: &str, parent: Option<Uuid>) -> Result<Option<Uuid>> {
    let named = departments::table.filter(departments::name.eq(name)).filter(departments::deleted_at.is_null());
    let found = named.filter(departments::parent_id.is_not_distinct_from(parent)).select(departments::id);
    Ok(found.first(&mut **tx).await.optional()?)
}
