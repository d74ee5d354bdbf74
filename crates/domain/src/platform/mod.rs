//! The people who use the house, and what they may do in it.

pub mod attachments;
pub mod comments;
pub mod departments;
pub mod fields;
pub mod keys;
pub mod notifications;
pub mod number_rules;
pub mod operations;
#[cfg(feature = "store")]
pub mod passwords;
pub mod roles;
pub mod second_factor;
pub mod shipped_roles;
pub mod tasks;
pub mod users;

pub use attachments::{Attachment, AttachmentId};
pub use comments::{Comment, CommentId};
pub use departments::{Department, DepartmentId};
pub use fields::{CustomField, CustomFieldId};
pub use notifications::{Notification, NotificationId};
pub use number_rules::{NumberRule, NumberRuleId};
pub use roles::{Role, RoleId};
pub use tasks::{Task, TaskId};
pub use users::{User, UserId};
