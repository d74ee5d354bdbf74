//! An attachment: a file that belongs to a record. What is in it lies elsewhere, in sealed parts.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::comments::SpokenOf;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::permission::{Action, Allowed, Governed};
use crate::references::Link;
use crate::resource::{Area, Resource, Verb};
use crate::text::fold;

pub type AttachmentId = Id<Attachment>;

/// The largest file that is taken, in bytes.
pub const LARGEST: usize = 50 << 20;

/// Longest name of a file, in characters.
const LONGEST_NAME: usize = 200;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::attachments, treat_none_as_null = true))]
pub struct Attachment {
    pub name: String,
    /// What the file is by its first bytes, whatever its name and its sender say.
    pub media_type: Option<String>,
    pub size: Option<i64>,
    /// In hexadecimal digits.
    pub sha256: Option<String>,
    pub about_type: Option<SpokenOf>,
    pub about_id: Option<Uuid>,
}

impl Resource for Attachment {
    const NAME: &'static str = "attachments";
    const AREA: Area = Area::Platform;
    const NEWEST: &'static str = "created_at";
    const OWNED: bool = false;
    const LINK: Option<Link> = Some(Link { kind: "about_type", id: "about_id" });
    /// Files are a part of their record: who sees it fetches them, who may change it changes them.
    const GOVERNED: Governed = Governed::BySubject(&[
        Allowed::new(Action::Read, Action::Read),
        Allowed::new(Action::Update, Action::Update),
        Allowed::new(Action::Delete, Action::Update),
    ]);
    const TOLD_AT: Option<&'static str> = Some("created_at");
    /// One comes in with its file; see the route of the record that it belongs to.
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Find, Verb::Update, Verb::Delete];
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().max(LONGEST_NAME).filterable().sortable().listed(),
        Field::new("media_type", Kind::Text).read_only().filterable().listed(),
        Field::new("size", Kind::Integer).read_only().filterable().sortable().summed().listed(),
        Field::new("sha256", Kind::Text).read_only().filterable(),
        Field::new("about_type", Kind::Choice(SpokenOf::WORDS)).read_only().filterable().group("about"),
        Field::new("about_id", Kind::Id).read_only().filterable().group("about"),
    ];

    fn title(&self) -> &str {
        &self.name
    }
}

/// What the first bytes of a file say it is. Of what is shown in the page all kinds are known, of the rest some.
pub fn sniffed(head: &[u8]) -> &'static str {
    match head {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'%', b'P', b'D', b'F', b'-', ..] => "application/pdf",
        [b'P', b'K', 3, 4, ..] => "application/zip",
        _ => UNKNOWN,
    }
}

/// Nothing that a browser would open.
pub const UNKNOWN: &str = "application/octet-stream";

/// Bytes of a file that [`sniffed`] looks at.
pub const HEAD: usize = 12;

/// Whether files of a kind may be shown in a page; all others are only kept.
pub fn is_shown(media_type: &str) -> bool {
    is_picture(media_type) || media_type == "application/pdf"
}

pub fn is_picture(media_type: &str) -> bool {
    matches!(media_type, "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}

/// The name of a file as it is kept: without the folders that some senders put before it, and no longer than it may be,
/// with its end.
pub fn kept_name(said: &str) -> String {
    let last = said.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = fold::line(last).chars().filter(|letter| !letter.is_control()).collect();
    let over = name.chars().count().saturating_sub(LONGEST_NAME);
    if over == 0 {
        return name;
    }
    let (stem, end) = name.rsplit_once('.').filter(|(_, end)| end.chars().count() < 20).unwrap_or((&name, ""));
    let kept: String = stem.chars().take(stem.chars().count().saturating_sub(over)).collect();
    if end.is_empty() { kept } else { format!("{kept}.{end}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_is_read_from_its_beginning() {
        for (head, kind) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], "image/png"),
            (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"),
            (b"GIF89a......", "image/gif"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
            (b"%PDF-1.7", "application/pdf"),
            (b"PK\x03\x04....", "application/zip"),
            (b"<!doctype html><script>", UNKNOWN),
            (b"<svg xmlns=", UNKNOWN),
            (b"RIFF\0\0\0\0WAVE", UNKNOWN),
            (b"", UNKNOWN),
        ] {
            assert_eq!(sniffed(head), kind);
            assert_eq!(is_shown(kind), !matches!(kind, UNKNOWN | "application/zip"));
        }
    }

    #[test]
    fn a_name_is_kept_without_its_folders_and_with_its_end() {
        assert_eq!(kept_name("C:\\fakepath\\报价.pdf"), "报价.pdf");
        assert_eq!(kept_name("../../etc/passwd"), "passwd");
        assert_eq!(kept_name("a\r\nb.txt"), "a b.txt");
        let long = kept_name(&format!("{}.pdf", "长".repeat(300)));
        assert_eq!((long.chars().count(), long.ends_with("长.pdf")), (LONGEST_NAME, true));
    }
}
