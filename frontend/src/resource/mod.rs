//! The generic pages: list, record and form of any resource, drawn from its field list.

pub mod acts;
pub mod address;
pub mod board;
pub mod boards;
pub mod cells;
mod conflict;
mod conflict_dialog;
pub mod editor;
pub mod entry;
mod filter;
pub mod form;
pub mod guard;
mod history;
mod in_use;
pub mod labels;
mod lines;
pub mod list;
mod making;
pub mod names;
pub mod notes;
mod past;
pub mod quick;
pub mod record;
mod related;
pub mod removal;
pub mod said;
mod timeline;
pub mod touched;
mod views;

pub use self::acts::ActDialog;
pub use self::form::FormPage;
pub use self::in_use::InUse;
pub use self::list::ListPage;
pub use self::quick::QuickCreate;
pub use self::record::RecordPage;
pub use self::touched::{touch, touches};
