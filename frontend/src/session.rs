//! Who is signed in, and what that person may do.

use std::cell::Cell;

use domain::Field;
use domain::permission::{Action, FieldRight, Grant, Right};
use leptos::prelude::*;
use serde::Deserialize;

use crate::api::{self, Call, auth};
use crate::edition;
use crate::i18n::{self, Language};
use crate::t;
use crate::ui::toast;

/// Where this browser stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not known yet.
    Starting,
    Out,
    In,
    /// Was in; the session has ended, but the page and what is typed on it stay.
    Ended,
}

/// The person who is signed in.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Me {
    pub id: String,
    pub name: String,
    pub username: String,
    pub email: Option<String>,
    pub title: Option<String>,
    pub locale: String,
    pub department_id: Option<String>,
    pub grants: Vec<Grant>,
    /// The fields of which one may not do everything, with what is left.
    pub fields: Vec<FieldRight>,
    /// Nothing else is allowed before the password is changed.
    pub must_change_password: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct Session {
    pub state: RwSignal<State>,
    pub me: RwSignal<Me>,
}

thread_local! {
    static SESSION: Cell<Option<Session>> = const { Cell::new(None) };
}

/// The session of this page. The root starts it before anything is drawn.
pub fn session() -> Session {
    if let Some(session) = SESSION.get() {
        return session;
    }
    let session = Session { state: RwSignal::new(State::Starting), me: RwSignal::new(Me::default()) };
    SESSION.set(Some(session));
    session
}

/// Find out whether the cookie of an earlier visit still counts.
pub async fn start() {
    if !auth::may_be_signed_in() {
        session().state.set(State::Out);
        return;
    }
    let state = match auth::refresh().await {
        Ok(()) => enter().await.map_or(State::Out, |()| State::In),
        Err(_) => State::Out,
    };
    session().state.set(state);
}

/// Learn who one is, after a token was given.
pub async fn enter() -> api::Result<()> {
    let answer = Call::get("/me").send().await?;
    let me: Me = serde_json::from_value(answer.body).unwrap_or_default();
    edition::learn().await;
    let language = Language::from_tag(&me.locale);
    session().me.set(me);
    session().state.set(State::In);
    // What this device remembers goes before what the account says.
    if crate::dom::recall("language").is_none() && language != i18n::current() {
        i18n::switch(language);
    }
    Ok(())
}

/// Learn again what one may do. When that has changed, the page is drawn anew.
pub async fn recheck() {
    let Ok(answer) = Call::get("/me").send().await else { return };
    let Ok(fresh) = serde_json::from_value::<Me>(answer.body) else { return };
    edition::learn().await;
    let known = session().me.get_untracked();
    // Another person may have signed in while the answer was on its way.
    if session().state.get_untracked() != State::In || fresh.id != known.id || fresh == known {
        return;
    }
    let changed = fresh.grants != known.grants || fresh.fields != known.fields;
    session().me.set(fresh);
    if changed {
        // The notices are drawn anew with the rest, so they must be there first.
        request_animation_frame(|| toast(t!("session.rights-changed")));
    }
}

/// The server takes neither token any more.
pub fn ended() {
    let state = session().state;
    if state.get_untracked() == State::In {
        state.set(State::Ended);
    }
}

pub async fn leave() {
    auth::logout().await;
    crate::dom::forget_drafts();
    session().me.set(Me::default());
    session().state.set(State::Out);
}

/// Whether the person may do this with records of the resource. The shell is drawn anew when the person changes,
/// so nothing needs to watch.
pub fn may(resource: &str, action: Action) -> bool {
    session().me.with_untracked(|me| me.grants.iter().any(|grant| grant.resource == resource && grant.action == action))
}

/// Whether the person sees a field of some records as it is, and so can ask for it and order by it.
pub fn reads(resource: &str, field: &Field) -> bool {
    right(resource, field) > Right::Masked
}

/// What the person may do with a field of the resource.
pub fn right(resource: &str, field: &Field) -> Right {
    session().me.with_untracked(|me| {
        let narrowed = me.fields.iter().find(|right| right.resource == resource && right.field == field.key);
        narrowed.map_or(Right::Write, |narrowed| narrowed.right)
    })
}
