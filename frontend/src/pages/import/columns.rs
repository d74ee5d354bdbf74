use domain::Definition;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::plan::{Plan, label};
use super::{Begun, Step, begin};
use crate::api::imports;
use crate::t;
use crate::ui::{Banner, Button, Checkbox, Dialog, Field, Kind, SelectInput, Tone, toast_error};

/// Say in which encoding the file is, and what each column stands for. What could be guessed is filled in.
#[component]
pub fn Columns(definition: &'static Definition, plan: Plan) -> impl IntoView {
    let format = plan.preview.format.clone();
    let encoding = RwSignal::new(format.encoding.clone());
    let mut names = format.encodings;
    if !names.contains(&format.encoding) {
        names.push(format.encoding);
    }
    let options = Signal::stored(names.into_iter().map(|name| (name.clone(), name.to_uppercase())).collect::<Vec<_>>());
    let plan = RwSignal::new(plan);
    Effect::new(move || {
        let chosen = encoding.get();
        let (file, known) =
            plan.with_untracked(|plan| (plan.preview.file_id.clone(), plan.preview.format.encoding.clone()));
        if chosen == known {
            return;
        }
        spawn_local(async move {
            match imports::look_again(definition.name, &file, &chosen).await {
                Ok(preview) => {
                    plan.try_update(|plan| *plan = Plan { trial: plan.trial.take(), ..Plan::of(preview) });
                }
                Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
            }
        });
    });
    view! {
        <Field label=t!("import.encoding") hint=t!("import.encoding-note")>
            <SelectInput value=encoding options/>
        </Field>
        {move || view! { <Mapping definition plan=plan.get()/> }}
    }
}

#[component]
fn Mapping(definition: &'static Definition, plan: Plan) -> impl IntoView {
    let busy = RwSignal::new(false);
    let chosen: Vec<RwSignal<String>> =
        plan.preview.columns.iter().map(|column| RwSignal::new(column.target.clone().unwrap_or_default())).collect();
    let update = RwSignal::new(plan.update_existing);
    let options = StoredValue::new(
        plan.preview.targets.iter().map(|target| (target.target.clone(), label(target))).collect::<Vec<_>>(),
    );
    let lines = plan.preview.columns.iter().zip(&chosen).map(|(column, target)| {
        let samples = column.samples.iter().filter(|sample| !sample.is_empty()).take(3).cloned().collect::<Vec<_>>();
        let field = t!("import.column", name = column.header);
        view! {
            <li class="card-row">
                <span class="lines grow">
                    <strong class="ellipsis">{column.header.clone()}</strong>
                    <span class="meta ellipsis">{samples.join(" · ")}</span>
                </span>
                <span class="map-target">
                    <SelectInput value=*target options=Signal::stored(options.get_value()) label=field empty=t!("import.leave-out")/>
                </span>
            </li>
        }
    });
    let lines = lines.collect_view();
    let chosen = StoredValue::new(chosen);
    let plan = StoredValue::new(plan);
    let decided = Memo::new(move |_| {
        let mut decided = plan.get_value();
        decided.update_existing = update.get();
        chosen.with_value(|chosen| {
            for (column, target) in decided.preview.columns.iter_mut().zip(chosen) {
                column.target = Some(target.get()).filter(|target| !target.is_empty());
            }
        });
        decided
    });
    Effect::new(move || decided.with(Plan::keep));
    let (missing, doubled) = (move || decided.with(Plan::missing), move || decided.with(Plan::doubled));
    let wrong = Signal::derive(move || !missing().is_empty() || !doubled().is_empty());
    let asking = RwSignal::new(false);
    let go_on = move |again: bool| {
        asking.set(false);
        busy.set(true);
        spawn_local(async move {
            let plan = Plan { again, ..decided.get_untracked() };
            plan.keep();
            match begin(definition, &plan, true, &[]).await {
                Begun::UnderWay(next) => next.go(definition.name),
                Begun::Doubled => drop(asking.try_set(true)),
                Begun::Refused => {}
            }
            busy.try_set(false);
        });
    };
    let listed = |names: Vec<String>| names.join(t!("list.comma").as_str());
    view! {
        <p class="muted">{t!("import.columns-note")}</p>
        <ul class="card">{lines}</ul>
        <Checkbox label=t!("import.update-existing") checked=update on_change=move |on| update.set(on)/>
        <div role="status" class="stack">
            {move || Some(missing()).filter(|names| !names.is_empty()).map(|names| view! {
                <Banner tone=Tone::Warn>{t!("import.missing", names = listed(names))}</Banner>
            })}
            {move || Some(doubled()).filter(|names| !names.is_empty()).map(|names| view! {
                <Banner tone=Tone::Warn>{t!("import.doubled", names = listed(names))}</Banner>
            })}
        </div>
        <div class="button-group">
            <Button label=t!("import.other-file") on_press=move |()| Step::Choose.go(definition.name)/>
            <Button label=t!("import.try") kind=Kind::Primary busy writes=true disabled=wrong on_press=move |()| go_on(false)/>
        </div>
        <Dialog open=asking title=t!("import.before-title") footer=move || view! {
            <Button label=t!("action.cancel") on_press=move |()| asking.set(false)/>
            <Button label=t!("import.before-again") kind=Kind::Primary on_press=move |()| go_on(true)/>
        }>
            <p>{t!("import.before-text")}</p>
        </Dialog>
    }
}
