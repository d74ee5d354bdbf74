//! Departments, a tree without cycles.

use domain::platform::Department;
use schema::departments;

use crate::db::Tx;
use crate::error::Result;
use crate::records;
use crate::table::prelude::*;

impl Stored for Department {
    stored_in!(departments);

    fn search_text(&self) -> Option<String> {
        Some(self.name.clone())
    }

    async fn before_write(tx: &mut Tx<'_>, record: &mut Record<Self>) -> Result<()> {
        let parent = record.data.parent_id.map(|parent| parent.uuid());
        records::refuse_cycle(tx, "departments", record.stamp.id, parent).await
    }
}
