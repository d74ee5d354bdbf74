use domain::Definition;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::plan::Plan;
use super::{Step, template};
use crate::api::imports;
use crate::t;
use crate::ui::{Banner, Button, Icon, Kind, Tone};

/// Take a file by the button or by dropping it.
#[component]
pub fn Choose(definition: &'static Definition) -> impl IntoView {
    let picker = NodeRef::<html::Input>::new();
    let (busy, over) = (RwSignal::new(false), RwSignal::new(false));
    let fault = RwSignal::new(None::<String>);
    let take = move |files: Option<web_sys::FileList>| {
        let Some(file) = files.and_then(|files| files.get(0)) else { return };
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            match imports::preview(definition.name, file).await {
                Ok(preview) => {
                    let step = Step::Columns { file: preview.file_id.clone() };
                    Plan::of(preview).keep();
                    step.go(definition.name);
                }
                Err(problem) => {
                    busy.try_set(false);
                    let reason = problem.errors.first().map(|fault| fault.detail.clone()).unwrap_or(problem.detail);
                    fault.try_set(Some(reason));
                }
            }
        });
    };
    view! {
        <div role="alert">{move || fault.get().map(|text| view! { <Banner tone=Tone::Bad>{t!("import.unreadable")}" "{text}</Banner> })}</div>
        <div
            class="drop-zone"
            data-over=move || over.get().then_some("true")
            on:dragover=move |event| { event.prevent_default(); over.set(true); }
            on:dragleave=move |_| over.set(false)
            on:drop=move |event: web_sys::DragEvent| {
                event.prevent_default();
                over.set(false);
                take(event.data_transfer().and_then(|carried| carried.files()));
            }
        >
            <Icon name="upload" size="large"/>
            <p class="desk-only">{t!("import.drop")}</p>
            <Button label=t!("import.pick") kind=Kind::Primary busy writes=true on_press=move |()| if let Some(picker) = picker.get_untracked() { picker.click(); }/>
            <input
                class="sr-only" type="file" accept=".csv,.txt,text/csv" tabindex="-1" aria-label=t!("import.pick")
                node_ref=picker
                on:change=move |_| take(picker.get_untracked().and_then(|picker| picker.files()))
            />
        </div>
        <div class="spread-line">
            <p class="muted">{t!("import.formats")}</p>
            <Button label=t!("import.template") icon="download" on_press=move |()| template::save(definition)/>
        </div>
    }
}
