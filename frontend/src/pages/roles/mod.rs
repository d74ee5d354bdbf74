//! A role: its record, and the matrix of what it gives.

mod fields;
mod matrix;
mod state;

use domain::permission::Action;
use leptos::prelude::*;

use self::matrix::RightsPage;
use crate::resource::RecordPage;
use crate::ui::{Kind, LinkButton};
use crate::{lazy, routes, session, t};

lazy!(administration, page, |mut params| role(params.remove(0)));
lazy!(administration, rights, |mut params| view! { <RightsPage id=params.remove(0)/> }.into_any());

fn role(id: String) -> AnyView {
    routes::resource("roles", |definition| view! { <RecordPage definition id extra=panel/> }.into_any())
}

/// The way from a role's record to its rights.
fn panel(id: String) -> AnyView {
    let label = if session::may("roles", Action::Update) { t!("rights.edit") } else { t!("rights.title") };
    view! {
        <section class="card">
            <header class="card-head"><h2>{t!("rights.title")}</h2></header>
            <div class="card-body stack">
                <p class="muted">{t!("rights.text")}</p>
                <div><LinkButton label icon="shield" kind=Kind::Default href=format!("/roles/{id}/rights")/></div>
            </div>
        </section>
    }
    .into_any()
}
