//! What a caller sees of the rows that he searches. What he may not see of a record finds nothing: a search would tell it
//! bit by bit.

use domain::field::Field;
use domain::permission::{Action, Permission, Scope};
use domain::resource::Definition;
use domain::viewer::{Rows, Viewer};

use super::phones;
use crate::db::Db;

/// Rows that are seen alike.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// All that the caller sees, if no narrower ones.
    pub rows: Option<Rows>,
    /// Whether the texts that words are looked for in are open.
    pub texts: bool,
    /// The fields whose telephone numbers are seen in the clear.
    pub phones: Vec<&'static Field>,
    /// Those that are masked, but may be shown.
    pub looked_up: Vec<&'static Field>,
}

/// The views of one caller, from far to near, each of rows that are among those of the one before and seen more of. Others
/// may be found by them through a link, which then is seen too.
pub fn views(db: &Db, definition: &Definition, link: Option<&str>, lookup: bool) -> Vec<View> {
    let telephones = || phones(definition.fields);
    let Some(viewer) = db.viewer() else {
        return vec![View { rows: None, texts: true, phones: telephones().collect(), looked_up: Vec::new() }];
    };
    let Some(widest) = viewer.rights.scope(Permission::new(definition.name, Action::Read)) else { return Vec::new() };
    let mut views: Vec<View> = Vec::new();
    for scope in Scope::ALL.iter().rev().filter(|scope| **scope <= widest) {
        let open = |key: &str| definition.field(key).is_some_and(|field| reads(viewer, definition, field, *scope));
        let linked = link.is_none_or(open);
        let shown = |field: &&'static Field| linked && reads(viewer, definition, field, *scope);
        let revealed = |field: &&'static Field| {
            let reveals = viewer.rights.reveals(definition.name, field).is_some_and(|reach| reach >= *scope);
            lookup && linked && reveals && !shown(field)
        };
        let view = View {
            rows: (*scope < widest).then(|| viewer.within(*scope)),
            texts: linked && definition.searched().all(|field| open(field.key)),
            phones: telephones().filter(shown).collect(),
            looked_up: telephones().filter(revealed).collect(),
        };
        let same = |known: &View| {
            (known.texts, &known.phones, &known.looked_up) == (view.texts, &view.phones, &view.looked_up)
        };
        if !views.last().is_some_and(same) {
            views.push(view);
        }
    }
    views
}

fn reads(viewer: &Viewer, definition: &Definition, field: &Field, scope: Scope) -> bool {
    viewer.rights.reads(definition.name, field).is_some_and(|reach| reach >= scope)
}
