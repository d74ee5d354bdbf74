//! Which records hang on which: read from the fields that name other records, never from a list kept by hand.

use crate::catalogue::Catalogue;
use crate::field::{Access, Field, Kind};
use crate::resource::Definition;

/// The record that a child belongs to, by the field that names it, and what the two have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    pub field: &'static str,
    pub owner: Owner,
    pub deletion: Deletion,
}

/// Whose a child is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// It has an owner of its own.
    Own,
    /// It belongs to whoever owns its parent, and is handed over with it.
    Follow,
}

/// What becomes of a child whose parent is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// The parent is not deleted as long as the child is there. So it is with every record that names another.
    Refuse,
    /// It is deleted with its parent, and comes back with it.
    With,
}

/// A link to a record of any resource, as two fields: which resource it is, and the record's id. It is checked like a
/// reference when it is written, and holds nothing: what it leads to may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The field with the name of the resource, a choice.
    pub kind: &'static str,
    pub id: &'static str,
}

impl Link {
    /// The member that embeds the title of what it leads to: `about` of `about_id`.
    pub fn member(&self) -> &'static str {
        self.id.strip_suffix("_id").unwrap_or(self.id)
    }
}

impl Parent {
    pub const fn of(field: &'static str) -> Self {
        Self { field, owner: Owner::Own, deletion: Deletion::Refuse }
    }

    pub const fn owner(self, owner: Owner) -> Self {
        Self { owner, ..self }
    }

    pub const fn deletion(self, deletion: Deletion) -> Self {
        Self { deletion, ..self }
    }
}

/// A field of one resource that names records of another, or of the same.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    pub from: &'static Definition,
    pub field: &'static Field,
    pub to: &'static str,
}

impl Reference {
    /// The record named is the parent, and this is so of it.
    fn is_parent(&self, holds: impl Fn(&Parent) -> bool) -> bool {
        self.from.parent.is_some_and(|parent| parent.field == self.field.key && holds(&parent))
    }

    /// The records that name one are deleted with it.
    pub fn goes_with(&self) -> bool {
        self.is_parent(|parent| parent.deletion == Deletion::With)
    }

    /// The records that name one are handed over with it.
    pub fn follows(&self) -> bool {
        self.is_parent(|parent| parent.owner == Owner::Follow)
    }

    /// The field tells whose the parent is, and so says nothing of its own.
    pub fn is_inherited(&self) -> bool {
        self.from.follows_parent() && is_placement(self.field)
    }
}

/// Whose a record is and where it belongs, as the stamp keeps it.
fn is_placement(field: &Field) -> bool {
    matches!(field.key, "owner_id" | "department_id")
}

impl Definition {
    /// Whether its records can be linked to those of another resource.
    pub fn links_to(&self, resource: &str) -> bool {
        self.subjects().contains(&resource)
    }

    /// The resources to whose records its own can be linked.
    pub fn subjects(&self) -> &'static [&'static str] {
        match self.link.and_then(|link| self.field(link.kind)).map(|field| field.kind) {
            Some(Kind::Choice(words)) => words,
            _ => &[],
        }
    }

    /// Whether its records stand in the timeline of those of another resource.
    pub fn tells_of(&self, resource: &str) -> bool {
        let names = self.own_fields().any(|field| matches!(field.kind, Kind::Reference(to) if to == resource));
        self.told_at.is_some() && (names || self.links_to(resource))
    }

    /// The field whose records a member embeds: `owner_id` for `owner`, `tag_ids` for `tags`.
    pub fn embeds(&self, member: &str) -> Option<&'static Field> {
        let named = self.field(&format!("{member}_id")).or_else(|| self.field(member));
        let several = || {
            self.all_fields()
                .find(|field| matches!(field.kind, Kind::References(_)) && field.embedded().as_deref() == Some(member))
        };
        named.or_else(several)
    }

    /// Whether its records are always their parents' owners'.
    pub fn follows_parent(&self) -> bool {
        self.parent.is_some_and(|parent| parent.owner == Owner::Follow)
    }

    /// The fields that name other records, with the resource of these. Who made or changed a record is history, and
    /// holds nobody; nor does the owner of what belongs to the house.
    pub fn references(&self) -> impl Iterator<Item = (&'static Field, &'static str)> + use<'_> {
        let Self { owned, placed, .. } = *self;
        let means = move |field: &Field| match field.key {
            "owner_id" => owned,
            "department_id" => placed,
            _ => field.access != Access::ReadOnly,
        };
        self.all_fields().filter(move |field| means(field)).filter_map(|field| Some((field, field.kind.referred()?)))
    }

    /// The fields of lines that name other records: the lines, the field, and the resource of these.
    pub fn references_of_lines(&self) -> impl Iterator<Item = (&'static Field, &'static Field, &'static str)> + use<> {
        let lines = self.fields.iter().filter_map(|field| match field.kind {
            Kind::Lines(columns) => Some((field, columns)),
            _ => None,
        });
        lines.flat_map(|(lines, columns)| {
            columns.fields.iter().filter_map(move |field| match field.kind {
                Kind::Reference(to) => Some((lines, field, to)),
                _ => None,
            })
        })
    }
}

impl Catalogue {
    /// The resources whose records stand in the timeline of those of one resource.
    pub fn telling(&'static self, of: &'static str) -> impl Iterator<Item = &'static Definition> {
        self.iter().filter(move |definition| definition.name != of && definition.tells_of(of))
    }

    /// All fields that name records.
    pub fn references(&'static self) -> impl Iterator<Item = Reference> {
        self.iter().flat_map(|from| from.references().map(move |(field, to)| Reference { from, field, to }))
    }

    /// The fields that name records of one resource.
    pub fn references_to(&'static self, resource: &str) -> impl Iterator<Item = Reference> {
        self.references().filter(move |reference| reference.to == resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named_by(resource: &str) -> Vec<String> {
        Catalogue::built()
            .references_to(resource)
            .map(|reference| format!("{}.{}", reference.from.name, reference.field.key))
            .collect()
    }

    #[test]
    fn what_hangs_on_a_record_is_read_from_the_fields() {
        let of_customers = named_by("customers");
        assert!(
            ["customers.parent_id", "contacts.customer_id"].iter().all(|place| of_customers.contains(&(*place).into()))
        );
        assert_eq!(named_by("customer-types"), ["customers.type_id"]);
        let of_users = named_by("users");
        assert!(
            of_users.contains(&"contacts.owner_id".to_owned()) && !of_users.contains(&"products.owner_id".to_owned())
        );
        let of_departments = ["customers.department_id", "contacts.department_id", "users.department_id"];
        assert!(of_departments.iter().all(|place| named_by("departments").contains(&(*place).to_owned())));
        assert!(named_by("departments").contains(&"departments.parent_id".to_owned()));
    }

    #[test]
    fn a_parent_is_named_by_a_field_that_is_never_empty() {
        for definition in Catalogue::built().iter() {
            let Some(parent) = definition.parent else { continue };
            let field = definition.field(parent.field).expect("a field");
            assert!(matches!(field.kind, Kind::Reference(_)), "{}", definition.name);
            assert!(field.required, "{}: whose would it be without a parent?", definition.name);
        }
    }

    #[test]
    fn contacts_go_with_their_customer_and_children_do_not() {
        let to = |resource| Catalogue::built().references_to(resource);
        let goes = |from: &str| to("customers").find(|reference| reference.from.name == from).expect("one").goes_with();
        assert!(goes("contacts") && !goes("customers"));
        let inherited = |of: &str| to("users").find(|reference| reference.from.name == of).expect("one").is_inherited();
        assert!(inherited("contacts") && !inherited("customers"));
    }
}
