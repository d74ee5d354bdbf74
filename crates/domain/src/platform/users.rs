//! A user: a person who can sign in. Department, roles and password are changed by actions of their own.

use serde::{Deserialize, Serialize};

use crate::choice;
use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::resource::{Area, Resource};

pub type UserId = Id<User>;

choice! {
    pub enum UserStatus { Active = "active", Disabled = "disabled" }
}

choice! {
    pub enum Locale { Chinese = "zh-CN", English = "en" }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::users, treat_none_as_null = true))]
pub struct User {
    /// The name a person is known by among colleagues.
    pub name: String,
    /// What the person types to sign in: lower case, unique.
    pub username: String,
    pub email: Option<String>,
    pub title: Option<String>,
    pub status: UserStatus,
    pub locale: Locale,
}

impl Default for User {
    fn default() -> Self {
        Self {
            name: String::new(),
            username: String::new(),
            email: None,
            title: None,
            status: UserStatus::Active,
            locale: Locale::Chinese,
        }
    }
}

impl Resource for User {
    const NAME: &'static str = "users";
    const AREA: Area = Area::Platform;
    const OWNED: bool = false;
    /// The department is where a person works.
    const PLACED: bool = true;
    const BESIDE: &'static [Field] = &[Field::new("roles", Kind::Reference("roles")).several().create_only().listed()];
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().max(80).filterable().sortable().listed().quick(),
        Field::new("username", Kind::Text).searched().required().max(60).filterable().sortable().listed().quick(),
        Field::new("email", Kind::Email).filterable().listed().quick(),
        Field::new("title", Kind::Text).max(80).filterable().listed(),
        Field::new("status", Kind::Choice(UserStatus::WORDS)).required().default("active").filterable().listed(),
        Field::new("locale", Kind::Choice(Locale::WORDS)).required().default("zh-CN"),
    ];

    fn title(&self) -> &str {
        &self.name
    }

    fn check(&self, _before: Option<&Self>) -> Vec<Fault> {
        let plain = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '.' | '-' | '_');
        if self.username.chars().all(plain) { Vec::new() } else { vec![Fault::field("username", "not_a_username")] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_is_typed_the_same_on_every_keyboard() {
        let faults = |username: &str| User { username: username.into(), ..User::default() }.check(None).len();
        assert_eq!(faults("li.wei-2_a"), 0);
        for username in ["Li", "李伟", "li wei", "li@wei"] {
            assert_eq!(faults(username), 1, "{username}");
        }
    }
}
