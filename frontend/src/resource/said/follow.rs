//! Whether one follows a record: whoever does is told by the bell when others change it or speak of it.

use domain::Definition;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::records;
use crate::t;
use crate::ui::{Button, toast_error};

/// The button, once it is known whether one follows.
#[component]
pub fn Follow(definition: &'static Definition, #[prop(into)] id: String) -> impl IntoView {
    let following = RwSignal::new(None::<bool>);
    let busy = RwSignal::new(false);
    let asked = id.clone();
    let id = StoredValue::new(id);
    spawn_local(async move {
        // Without an answer there is no button: what it would do is not known.
        if let Ok(follows) = records::follows(definition.name, &asked).await {
            following.try_set(Some(follows));
        }
    });
    let press = move |follows: bool| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let id = id.get_value();
        spawn_local(async move {
            match records::follow(definition.name, &id, follows).await {
                Ok(()) => drop(following.try_set(Some(follows))),
                Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
            }
            busy.try_set(false);
        });
    };
    let pressed = Signal::derive(move || following.get() == Some(true));
    let label = Signal::derive(move || if pressed.get() { t!("follow.on") } else { t!("follow.off") });
    move || {
        following.with(Option::is_some).then(|| {
            view! {
                <div class="follow" title=t!("follow.what")>
                    <Button label icon="eye" small=true writes=true busy pressed on_press=move |()| press(!pressed.get_untracked())/>
                </div>
            }
        })
    }
}
