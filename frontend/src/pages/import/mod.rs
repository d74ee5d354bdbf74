//! The way of a file into the house: choose it, say what its columns are, try all of it, import it, take it back.
//!
//! The address says which step one is at, so a reload, the way back and a link return to it.

mod choose;
mod columns;
mod mend;
mod plan;
mod template;
mod trial;

use domain::Definition;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::choose::Choose;
use self::columns::Columns;
use self::plan::Plan;
use self::trial::Trial;
use super::not_found::{NotAllowed, NotFound};
use super::operations::OperationPanel;
use crate::api::imports::{self, Correction, Wish};
use crate::api::operations::Operation;
use crate::resource::{address, labels};
use crate::ui::{Banner, Crumb, Kind, LinkButton, Page, Steps, Tone, toast_error};
use crate::{dom, edition, lazy, t, work};

lazy!(transfer, page, |params| match edition::find(&params[0]) {
    Some(definition) => view! { <ImportPage definition/> }.into_any(),
    None => NotFound().into_any(),
});

/// Where one is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Choose,
    Columns { file: String },
    Trial { file: String, operation: String },
    Result { operation: String },
}

impl Step {
    fn number(&self) -> usize {
        match self {
            Self::Choose => 0,
            Self::Columns { .. } => 1,
            Self::Trial { .. } => 2,
            Self::Result { .. } => 3,
        }
    }

    fn address(&self, resource: &str) -> String {
        let query = match self {
            Self::Choose => String::new(),
            Self::Columns { file } => format!("?file={file}"),
            Self::Trial { file, operation } => format!("?file={file}&trial={operation}"),
            Self::Result { operation } => format!("?run={operation}"),
        };
        address::import(resource) + &query
    }

    fn go(&self, resource: &str) {
        dom::follow(&self.address(resource));
    }
}

#[component]
fn ImportPage(definition: &'static Definition) -> impl IntoView {
    if !untrack(|| imports::may_import(definition.name)) {
        return NotAllowed().into_any();
    }
    let query = use_query_map();
    let step = Memo::new(move |_| {
        query.with(|query| match (query.get("run"), query.get("file"), query.get("trial")) {
            (Some(operation), ..) => Step::Result { operation },
            (None, Some(file), Some(operation)) => Step::Trial { file, operation },
            (None, Some(file), None) => Step::Columns { file },
            _ => Step::Choose,
        })
    });
    let steps = vec![t!("import.choose"), t!("import.columns"), t!("import.trial"), t!("import.result")];
    view! {
        <Page
            title=t!("import.title", resource = labels::plural(definition.name))
            crumbs=vec![Crumb::new(labels::plural(definition.name), address::list(definition.name))]
        >
            <div class="reading stack">
                <Steps steps current=Signal::derive(move || step.with(Step::number))/>
                {move || match step.get() {
                    Step::Choose => view! { <Choose definition/> }.into_any(),
                    Step::Columns { file } => match Plan::kept(&file) {
                        Some(plan) => view! { <Columns definition plan/> }.into_any(),
                        None => lost(definition),
                    },
                    Step::Trial { file, operation } => match Plan::kept(&file) {
                        Some(plan) => view! { <Trial definition plan operation/> }.into_any(),
                        None => lost(definition),
                    },
                    Step::Result { operation } => view! { <Result definition operation/> }.into_any(),
                }}
            </div>
        </Page>
    }
    .into_any()
}

/// The address names a file that this device knows nothing of.
fn lost(definition: &'static Definition) -> AnyView {
    view! {
        <Banner tone=Tone::Warn>{t!("import.lost")}</Banner>
        <div><LinkButton label=t!("import.again") href=address::import(definition.name)/></div>
    }
    .into_any()
}

/// The import itself: under way, then its outcome and the way back.
#[component]
fn Result(definition: &'static Definition, operation: String) -> impl IntoView {
    let seen = RwSignal::new(None::<Operation>);
    view! {
        <OperationPanel id=operation seen/>
        <div class="button-group">
            <LinkButton label=t!("import.look", resource = labels::plural(definition.name)) href=address::list(definition.name) kind=Kind::Primary/>
            <LinkButton label=t!("import.again") href=address::import(definition.name)/>
        </div>
    }
}

/// Whether work on a file was begun.
enum Begun {
    /// With the step at which one can watch it.
    UnderWay(Step),
    /// The file was imported before and would double its records.
    Doubled,
    Refused,
}

/// Start the work on a file, as a rehearsal or for real, with what was corrected since the last rehearsal.
async fn begin(definition: &'static Definition, plan: &Plan, dry_run: bool, corrections: &[Correction]) -> Begun {
    let mode = if plan.update_existing { "upsert" } else { "create" };
    let wish = Wish { mode, dry_run, again: plan.again, trial: plan.trial.as_deref(), corrections };
    match imports::start(definition.name, &plan.preview, &wish).await {
        Ok(job) => {
            let operation = job.operation_id.clone().unwrap_or_default();
            let file = plan.preview.file_id.clone();
            work::follow(job);
            if dry_run {
                Plan { trial: Some(operation.clone()), ..plan.clone() }.keep();
            }
            return Begun::UnderWay(if dry_run { Step::Trial { file, operation } } else { Step::Result { operation } });
        }
        Err(problem) if problem.errors.iter().any(|fault| fault.code == "imported_before") => return Begun::Doubled,
        Err(problem) if problem.errors.iter().any(|fault| fault.pointer == "/corrections") => {
            toast_error(t!("import.too-many-mended"));
        }
        Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
    }
    Begun::Refused
}
