//! A comment: what somebody has to say about a record, to whoever sees it.
//!
//! People are mentioned in the text itself, as `@[李娜](id)`: the name as it was written, and who is meant.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::choice;
use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::permission::{Action, Allowed, Governed};
use crate::references::Link;
use crate::resource::{Area, Resource};

pub type CommentId = Id<Comment>;

choice! {
    /// What can be spoken of, by the name of the resource.
    pub enum SpokenOf {
        Customers = "customers",
        Contacts = "contacts",
        ContactRecords = "contact-records",
        Opportunities = "opportunities",
        Leads = "leads",
        Quotes = "quotes",
        Orders = "orders",
        Contracts = "contracts",
        Invoices = "invoices",
        PaymentPlans = "payment-plans",
        Payments = "payments",
        ServiceRequests = "service-requests",
        Tickets = "tickets",
        Products = "products",
        Tasks = "tasks",
    }
}

/// Most people who can be mentioned in one comment.
pub const MOST_MENTIONED: usize = 50;

/// Characters by which a comment is called.
const TITLE: usize = 80;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::comments, treat_none_as_null = true))]
pub struct Comment {
    pub text: String,
    pub about_type: Option<SpokenOf>,
    pub about_id: Option<Uuid>,
}

impl Resource for Comment {
    const NAME: &'static str = "comments";
    const AREA: Area = Area::Platform;
    const TITLE: &'static str = "text";
    const OWNED: bool = false;
    const LINK: Option<Link> = Some(Link { kind: "about_type", id: "about_id" });
    /// Whoever sees a record may speak of it; words are changed by nobody but who wrote them, and taken away also by who
    /// might delete the record itself.
    const GOVERNED: Governed = Governed::BySubject(&[
        Allowed::new(Action::Read, Action::Read),
        Allowed::new(Action::Create, Action::Read),
        Allowed::new(Action::Update, Action::Read).own(),
        Allowed::new(Action::Delete, Action::Read).own(),
        Allowed::new(Action::Delete, Action::Delete),
    ]);
    const TOLD_AT: Option<&'static str> = Some("created_at");
    const FIELDS: &'static [Field] = &[
        Field::new("text", Kind::LongText).searched().required().filterable().listed().quick(),
        Field::new("about_type", Kind::Choice(SpokenOf::WORDS)).required().create_only().filterable().group("about"),
        Field::new("about_id", Kind::Id).required().create_only().filterable().group("about"),
    ];

    fn title(&self) -> &str {
        let end = self.text.char_indices().nth(TITLE).map_or(self.text.len(), |(end, _)| end);
        self.text[..end].lines().next().unwrap_or_default()
    }

    fn check(&self, _before: Option<&Self>) -> Vec<Fault> {
        match mentioned(&self.text).len() {
            0..=MOST_MENTIONED => Vec::new(),
            _ => vec![Fault::field("text", "too_many").with("max", MOST_MENTIONED)],
        }
    }
}

/// A stretch of a comment: words, or somebody who is mentioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stretch<'a> {
    Words(&'a str),
    Mention { name: &'a str, id: Uuid },
}

/// A text taken apart. What only looks like a mention is words.
pub fn stretches(text: &str) -> Vec<Stretch<'_>> {
    let (mut stretches, mut words, mut from) = (Vec::new(), 0, 0);
    while let Some(at) = text[from..].find("@[").map(|at| from + at) {
        from = at + 2;
        let Some((name, id, end)) = mention(text, at) else { continue };
        if words < at {
            stretches.push(Stretch::Words(&text[words..at]));
        }
        stretches.push(Stretch::Mention { name, id });
        (words, from) = (end, end);
    }
    if words < text.len() {
        stretches.push(Stretch::Words(&text[words..]));
    }
    stretches
}

/// The mention that begins at a place, and where it ends.
fn mention(text: &str, at: usize) -> Option<(&str, Uuid, usize)> {
    let (name, rest) = text.get(at + 2..)?.split_once("](")?;
    let (id, _) = rest.split_once(')')?;
    let known = id.len() == 36 && !name.is_empty() && !name.contains(['[', ']', '\n']);
    let id = id.parse().ok().filter(|_| known)?;
    Some((name, id, at + 2 + name.len() + 2 + 36 + 1))
}

/// Who is mentioned in a text, each once.
pub fn mentioned(text: &str) -> Vec<Uuid> {
    let mut people = Vec::new();
    for stretch in stretches(text) {
        if let Stretch::Mention { id, .. } = stretch
            && !people.contains(&id)
        {
            people.push(id);
        }
    }
    people
}

/// How a mention is written.
pub fn written(name: &str, id: Uuid) -> String {
    let name: String = name.chars().filter(|c| !matches!(c, '[' | ']' | '\n')).collect();
    format!("@[{name}]({id})")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    #[test]
    fn who_is_mentioned_is_read_from_the_text() {
        let text =
            format!("请 {} 和 {} 看一下，{}", written("李[娜]", ID), written("Tom", Uuid::max()), written("李娜", ID));
        assert_eq!(mentioned(&text), [ID, Uuid::max()]);
        let first = [Stretch::Words("请 "), Stretch::Mention { name: "李娜", id: ID }, Stretch::Words(" 和 ")];
        assert_eq!(stretches(&text)[..3], first);
        let again: String = stretches(&text)
            .into_iter()
            .map(|stretch| match stretch {
                Stretch::Words(words) => words.to_owned(),
                Stretch::Mention { name, id } => written(name, id),
            })
            .collect();
        assert_eq!(again, text);
    }

    #[test]
    fn what_only_looks_like_a_mention_is_words() {
        for text in ["@李娜", "@[李娜]", "@[李娜](7)", "@[](00000000-0000-0000-0000-000000000007)", "@[", "a@[b](c)@["]
        {
            assert_eq!(stretches(text), [Stretch::Words(text)]);
        }
    }

    #[test]
    fn a_comment_is_called_by_how_it_begins() {
        let called = |text: &str| Comment { text: text.to_owned(), ..Comment::default() }.title().to_owned();
        assert_eq!(called("客户同意了\n细节如下"), "客户同意了");
        assert_eq!(called(&"长".repeat(200)), "长".repeat(TITLE));
    }
}
