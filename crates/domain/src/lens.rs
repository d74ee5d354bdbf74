//! The lens: what somebody sees of a row's fields, and what not.
//!
//! A role opens fields over the rows that it reaches, so a person with several roles looks at near rows through another
//! lens than at far ones. How near a row is says the narrowest scope that reaches it.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::field::Field;
use crate::masking::mask_value;
use crate::permission::{Right, Scope};
use crate::resource::{Definition, Stamp};
use crate::viewer::Viewer;

/// What a viewer may not see of a row's fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lens {
    hidden: Vec<&'static str>,
    masked: Vec<&'static Field>,
    /// Those of the masked ones that the viewer may have shown, and so may look a value up in.
    revealed: Vec<&'static str>,
}

impl Lens {
    /// Shows everything; for the system itself.
    pub const fn clear() -> Self {
        Self { hidden: Vec::new(), masked: Vec::new(), revealed: Vec::new() }
    }

    fn at(viewer: &Viewer, resource: &Definition, distance: Scope) -> Self {
        let mut lens = Self::clear();
        // Asked for every list and record: the roles are looked through once, not for each field.
        let readers = viewer.rights.readers(resource.name);
        let near: Vec<_> = readers.iter().filter(|(scope, _)| *scope >= distance).map(|(_, role)| role).collect();
        for field in resource.governed_fields() {
            let right = near.iter().map(|role| role.right(resource.name, field)).max().unwrap_or(Right::None);
            match right {
                Right::None => lens.hidden.push(field.key),
                Right::Masked => lens.masked.push(field),
                Right::Read | Right::Write => {}
            }
            if right == Right::Masked
                && viewer.rights.reveals(resource.name, field).is_some_and(|scope| scope >= distance)
            {
                lens.revealed.push(field.key);
            }
        }
        lens
    }

    pub fn is_clear(&self) -> bool {
        self.hidden.is_empty() && self.masked.is_empty()
    }

    /// Whether a field is seen as it is.
    pub fn shows(&self, key: &str) -> bool {
        !self.hidden.contains(&key) && !self.masks(key)
    }

    /// Whether a field is seen with its middle gone.
    pub fn masks(&self, key: &str) -> bool {
        self.masked.iter().any(|field| field.key == key)
    }

    /// Whether a value that is told with its middle gone already may be told.
    pub fn told(&self, key: &str) -> bool {
        self.shows(key) || self.masked.iter().any(|field| field.key == key && field.personal)
    }

    /// Whether a masked field may be shown for a reason.
    pub fn reveals(&self, key: &str) -> bool {
        self.revealed.contains(&key)
    }

    /// Takes from a record, or from any object with its members, what may not be seen.
    pub fn apply(&self, record: &mut Map<String, Value>) {
        record.retain(|key, _| !self.hidden.contains(&key.as_str()));
        if let Some(Value::Array(names)) = record.get_mut("unreadable") {
            names.retain(|name| name.as_str().is_none_or(|name| !self.hidden.contains(&name)));
        }
        for field in &self.masked {
            if let Some(value) = record.get_mut(field.key) {
                *value = mask_value(field.kind, value);
            }
        }
    }
}

/// The lenses of one viewer for one resource, by distance.
pub struct Lenses<'a> {
    viewer: Option<&'a Viewer>,
    made: Vec<(Scope, Arc<Lens>)>,
}

impl<'a> Lenses<'a> {
    /// Nobody is the system itself, which sees everything.
    pub fn of(viewer: Option<&'a Viewer>, resource: &Definition) -> Self {
        let Some(viewer) = viewer else { return Self { viewer: None, made: vec![(Scope::All, Arc::default())] } };
        let lens = |scope: &Scope| (*scope, Arc::new(Lens::at(viewer, resource, *scope)));
        Self { viewer: Some(viewer), made: Scope::ALL.iter().map(lens).collect() }
    }

    /// The lens for a row.
    pub fn at(&self, stamp: &Stamp) -> Arc<Lens> {
        self.of_row(stamp.owner_id, stamp.department_id)
    }

    /// The same by whose the row is.
    pub fn of_row(&self, owner: Option<uuid::Uuid>, department: Option<uuid::Uuid>) -> Arc<Lens> {
        let distance = self.viewer.map_or(Scope::All, |viewer| viewer.distance(owner, department));
        let made = self.made.iter().find(|(scope, _)| *scope == distance);
        made.map(|(_, lens)| lens.clone()).unwrap_or_default()
    }
}
