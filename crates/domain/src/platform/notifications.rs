//! A notification: something that somebody should know of. It says where to look and tells nothing itself, so that whoever
//! may no longer see a record learns nothing of it from what he was once told.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::comments::{CommentId, SpokenOf};
use crate::choice;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::permission::Governed;
use crate::references::Link;
use crate::resource::{Area, Resource, Verb};

pub type NotificationId = Id<Notification>;

choice! {
    /// Why somebody is told.
    pub enum Reason { Mention = "mention", Reminder = "reminder", Followed = "followed", Overdue = "overdue" }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::notifications, treat_none_as_null = true))]
pub struct Notification {
    /// The name of who caused it; of a reminder, of who asked for it.
    pub title: String,
    pub reason: Reason,
    pub about_type: Option<SpokenOf>,
    pub about_id: Option<Uuid>,
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub comment_id: Option<CommentId>,
    /// The moment for which somebody asked to be reminded.
    #[serde(with = "crate::instant::option")]
    pub remind_at: Option<DateTime<Utc>>,
    #[serde(with = "crate::instant::option")]
    pub read_at: Option<DateTime<Utc>>,
}

impl Default for Notification {
    fn default() -> Self {
        Self {
            title: String::new(),
            reason: Reason::Mention,
            about_type: None,
            about_id: None,
            comment_id: None,
            remind_at: None,
            read_at: None,
        }
    }
}

impl Resource for Notification {
    const NAME: &'static str = "notifications";
    const AREA: Area = Area::Platform;
    const TITLE: &'static str = "title";
    const NEWEST: &'static str = "created_at";
    /// It has a receiver, who is nobody that could hand it over.
    const OWNED: bool = false;
    const GOVERNED: Governed = Governed::ByOwner;
    const LINK: Option<Link> = Some(Link { kind: "about_type", id: "about_id" });
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Find, Verb::Update];
    const FIELDS: &'static [Field] = &[
        Field::new("title", Kind::Text).required().read_only().listed(),
        Field::new("reason", Kind::Choice(Reason::WORDS)).default("mention").read_only().filterable().listed(),
        Field::new("about_type", Kind::Choice(SpokenOf::WORDS)).read_only().filterable().group("about"),
        Field::new("about_id", Kind::Id).read_only().filterable().group("about"),
        Field::new("comment_id", Kind::Reference("comments")).read_only().group("about"),
        Field::new("remind_at", Kind::Instant).read_only().group("about"),
        Field::new("read_at", Kind::Instant).filterable().listed(),
    ];

    fn title(&self) -> &str {
        &self.title
    }
}
