//! Work in the background: what this person has under way, followed until it ends, also over a reload.

use std::cell::Cell;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::jobs::{self, Job};
use crate::api::operations;
use crate::resource::touch;
use crate::ui::{toast, toast_error, toast_offer};
use crate::{dom, edition, t};

thread_local! {
    static JOBS: Cell<Option<RwSignal<Vec<Job>>>> = const { Cell::new(None) };
}

/// Between two questions how far the work has come.
const POLL: i32 = 1000;

/// The latest jobs, newest first. They outlive every page, so the root starts them.
pub fn jobs() -> RwSignal<Vec<Job>> {
    if let Some(known) = JOBS.get() {
        return known;
    }
    let fresh = RwSignal::new(Vec::new());
    JOBS.set(Some(fresh));
    fresh
}

/// Take up what was under way before this page was loaded.
pub fn resume() {
    spawn_local(async {
        let Ok(latest) = jobs::latest().await else { return };
        let running: Vec<Job> = latest.iter().filter(|job| job.is_under_way()).cloned().collect();
        jobs().set(latest);
        running.into_iter().for_each(follow);
    });
}

/// Follow a job to its end, and tell then what came of it.
pub fn follow(job: Job) {
    keep(&job);
    spawn_local(async move {
        let mut job = job;
        while job.is_under_way() {
            dom::pause(POLL).await;
            match jobs::find(&job.id).await {
                Ok(next) => job = next,
                // Without network it goes on all the same; without a session nobody waits any more.
                Err(problem) if problem.status == 0 => continue,
                Err(_) => return,
            }
            keep(&job);
        }
        ended(job).await;
    });
}

fn keep(job: &Job) {
    jobs().update(|jobs| match jobs.iter_mut().find(|known| known.id == job.id) {
        Some(known) => *known = job.clone(),
        None => jobs.insert(0, job.clone()),
    });
}

async fn ended(job: Job) {
    let name = name_of(&job);
    if let Some(operation) = &job.operation_id
        && let Ok(operation) = operations::find(operation).await
    {
        if operation.dry_run {
            return;
        }
        if let Some(definition) = edition::find(&operation.resource) {
            touch(definition.name);
        }
        let path = format!("/operations/{}", operation.id);
        let text = if job.state == "succeeded" { t!("work.done", name = name) } else { t!("work.failed", name = name) };
        return toast_offer(text, t!("work.look"), move || dom::follow(&path));
    }
    match (job.state.as_str(), job.download.is_some()) {
        ("succeeded", true) => toast_offer(t!("work.ready"), t!("work.download"), move || download(job.clone())),
        ("succeeded", false) => toast(t!("work.done", name = name)),
        _ => toast_error(t!("work.failed", name = name)),
    }
}

/// What kind of work it is, in words.
pub fn name_of(job: &Job) -> String {
    t!(&format!("work.kind.{}", job.kind))
}

/// Ask a job to stop. What it did so far stays, and can be taken back.
pub fn stop(id: String) {
    spawn_local(async move {
        match jobs::cancel(&id).await {
            Ok(job) => keep(&job),
            Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
        }
    });
}

/// Fetch a finished export. It can be fetched once, so the offer goes with it.
pub fn download(job: Job) {
    spawn_local(async move {
        match jobs::save_download(&job, &format!("export-{}", &job.id)).await {
            Ok(()) => keep(&Job { download: None, ..job }),
            Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
        }
    });
}
