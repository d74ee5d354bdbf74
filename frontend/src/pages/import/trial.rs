use domain::Definition;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::mend::{Mending, lines};
use super::plan::Plan;
use super::{Begun, OperationPanel, Step, begin};
use crate::api::operations::{Operation, Row};
use crate::resource::guard::UnsavedGuard;
use crate::t;
use crate::ui::{Banner, Button, Kind, LinkButton, Tone, toast_error};

/// The rehearsal over the whole file, what is mended of it, and the decision.
#[component]
pub fn Trial(definition: &'static Definition, plan: Plan, operation: String) -> impl IntoView {
    let seen = RwSignal::new(None::<Operation>);
    let busy = RwSignal::new(false);
    let back = Step::Columns { file: plan.preview.file_id.clone() }.address(definition.name);
    // The address names the rehearsal whose outcome is shown; what was corrected for it is what will be imported.
    let plan = StoredValue::new(Plan { trial: Some(operation.clone()), ..plan });
    let mending = Mending::new();
    let mended = Memo::new(move |_| mending.lines());
    let ready = Memo::new(move |_| seen.with(|seen| seen.as_ref().is_some_and(|operation| !operation.is_running())));
    let good = Memo::new(move |_| {
        seen.with(|seen| seen.as_ref().map_or(0, |operation| operation.tally.seen() - operation.tally.troubled()))
    });
    let failed = Memo::new(move |_| seen.with(|seen| seen.as_ref().map_or(0, |operation| operation.tally.failed)));
    let go_on = move |dry_run: bool| {
        busy.set(true);
        spawn_local(async move {
            let corrections = mending.corrections();
            match begin(definition, &plan.get_value(), dry_run, &corrections).await {
                Begun::UnderWay(next) => {
                    mending.forget();
                    next.go(definition.name);
                }
                Begun::Doubled => toast_error(t!("import.before-text")),
                Begun::Refused => {}
            }
            busy.try_set(false);
        });
    };
    let draw = move |row: Row| plan.with_value(|plan| lines(definition, plan, mending, row));
    view! {
        <p class="muted">{t!("import.trial-note")}</p>
        {move || (failed.get() > 0 && ready.get()).then(|| view! { <Banner tone=Tone::Warn>{t!("import.faulty", count = failed.get())}</Banner> })}
        <OperationPanel id=operation seen mending=draw/>
        <p class="muted" role="status">{move || Some(mended.get()).filter(|lines| *lines > 0).map(|lines| t!("import.unchecked", count = lines))}</p>
        <div class="button-group">
            <LinkButton label=t!("import.back") href=back/>
            {move || match (ready.get(), mended.get()) {
                (false, _) => ().into_any(),
                (true, 0) => view! {
                    <Button label=t!("import.run", count = good.get()) kind=Kind::Primary busy writes=true disabled=Signal::derive(move || good.get() == 0) on_press=move |()| go_on(false)/>
                }.into_any(),
                (true, _) => view! {
                    <Button label=t!("import.check-again") kind=Kind::Primary busy writes=true on_press=move |()| go_on(true)/>
                }.into_any(),
            }}
        </div>
        <UnsavedGuard dirty=Signal::derive(move || mended.get() > 0) on_discard=move |()| mending.forget()/>
    }
}
