//! Words for jobs, operations and files: work in the background, bulk actions that are told row by row and can be
//! taken back, and what comes in and goes out.

use crate::choice;
use crate::permission::{Action, Facility, Permission};
use crate::resource::Area;

const NAME: &str = "operations";

/// Everybody sees the jobs and operations that they set going; those of others, who holds this.
pub const FACILITY: Facility = Facility { name: NAME, area: Area::Platform, actions: &[Action::Read, Action::Update] };
/// See what others set going.
pub const READ: Permission = Permission::new(NAME, Action::Read);
/// Stop what others set going, and take it back.
pub const UPDATE: Permission = Permission::new(NAME, Action::Update);

choice! {
    pub enum OperationKind {
        Delete = "delete",
        Edit = "edit",
        Assign = "assign",
        /// Something happened to many records, such as tasks being done.
        Act = "act",
        /// Records that are one were put together.
        Merge = "merge",
        /// Different changes to different records, as another system sends them.
        Batch = "batch",
        Import = "import",
        Seed = "seed",
        Undo = "undo",
    }
}

choice! {
    pub enum OperationState { Running = "running", Done = "done", Failed = "failed", Undone = "undone" }
}

choice! {
    /// What came of one row.
    pub enum Outcome {
        /// A job has not come to it yet.
        Waiting = "waiting",
        Created = "created",
        Updated = "updated",
        Unchanged = "unchanged",
        Deleted = "deleted",
        Restored = "restored",
        Failed = "failed",
        /// Left alone by an undo, because somebody changed it since.
        Skipped = "skipped",
    }
}

choice! {
    /// What may come of a line of a file whose record is there already.
    pub enum ImportMode {
        /// It is a fault.
        Create = "create",
        /// The record takes the line's values; empty cells leave it as it is.
        Upsert = "upsert",
    }
}

choice! {
    pub enum JobState {
        Queued = "queued",
        Running = "running",
        Paused = "paused",
        Succeeded = "succeeded",
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

choice! {
    pub enum FileKind { Import = "import", Export = "export", Attachment = "attachment" }
}
