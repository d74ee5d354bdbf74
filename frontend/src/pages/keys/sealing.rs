use domain::platform::keys::{KeyState, Purpose};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::may_replace;
use crate::api::jobs::Job;
use crate::api::keys::{self, Keys};
use crate::t;
use crate::ui::{Banner, Button, Progress, Tone, toast_error};

/// How far the sealing anew is, as long as a key is kept for what it sealed.
#[component]
pub fn Sealing(known: RwSignal<Keys>, #[prop(into)] on_begun: Callback<()>) -> impl IntoView {
    let stage = Memo::new(move |_| known.with(Stage::of));
    let begin = move || {
        spawn_local(async move {
            match keys::reseal().await {
                Ok(()) => on_begun.run(()),
                Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
            }
        })
    };
    move || {
        match stage.get() {
        Stage::Nothing => ().into_any(),
        Stage::UnderWay(percent) => view! {
            <section class="card"><div class="card-body stack">
                <Progress label=t!("key.sealing") percent=Signal::stored(percent)/>
                <p class="muted">{t!("key.sealing-text")}</p>
            </div></section>
        }
        .into_any(),
        Stage::Done => view! { <Banner tone=Tone::Ok>{t!("key.sealed")}</Banner> }.into_any(),
        Stage::Damaged(count) => view! { <Banner tone=Tone::Warn>{t!("key.damaged", count = count)}</Banner> }.into_any(),
        Stage::Stopped => view! {
            <Banner tone=Tone::Warn>
                <p>{t!("key.stopped")}</p>
                {may_replace().then(|| view! { <Button label=t!("key.seal-anew") small=true writes=true on_press=move |()| begin()/> })}
            </Banner>
        }
        .into_any(),
    }
    }
}

/// Where the sealing anew stands.
#[derive(Debug, Clone, PartialEq)]
enum Stage {
    Nothing,
    UnderWay(Option<u8>),
    Done,
    /// So many values could not be opened.
    Damaged(u64),
    /// Somebody stopped it, or it failed.
    Stopped,
}

impl Stage {
    fn of(keys: &Keys) -> Self {
        let kept = |purpose, state| keys.data.iter().any(|key| key.purpose == purpose && key.state == state);
        match &keys.resealing {
            Some(job) if job.is_under_way() => Self::UnderWay(job.percent()),
            _ if !kept(Purpose::Seal, KeyState::Kept) => Self::Nothing,
            Some(Job { state, failed: 0, .. }) if state == "succeeded" => Self::Done,
            Some(Job { state, failed, .. }) if state == "succeeded" => Self::Damaged(*failed),
            _ => Self::Stopped,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::platform::keys::Key;
    use serde_json::{Value, json};

    use super::*;

    fn stage(state: Option<&str>, failed: u64, old_key: &str) -> Stage {
        let key = |id: &str, state: &str| -> Key {
            let key = json!({"id": id, "purpose": "seal", "state": state, "created_at": "2026-11-21T08:00:00Z",
                "created_by": null, "created_for": null, "withdrawn_at": null, "withdrawn_by": null, "withdrawn_for": null});
            serde_json::from_value(key).expect("a key")
        };
        let job: Value = state.map(|state| json!({"state": state, "done": 1, "total": 4, "failed": failed})).into();
        let resealing = serde_json::from_value(job).expect("a job");
        Stage::of(&Keys { data: vec![key("seal-2", "in_use"), key("seal-1", old_key)], resealing, ..Keys::default() })
    }

    #[test]
    fn it_is_told_as_long_as_a_key_is_kept_for_what_it_sealed() {
        assert_eq!(stage(None, 0, "withdrawn"), Stage::Nothing);
        assert_eq!(stage(Some("succeeded"), 0, "withdrawn"), Stage::Nothing);
        assert_eq!(stage(Some("running"), 0, "kept"), Stage::UnderWay(Some(25)));
        assert_eq!(stage(Some("succeeded"), 0, "kept"), Stage::Done);
        assert_eq!(stage(Some("succeeded"), 3, "kept"), Stage::Damaged(3));
        for state in [Some("failed"), Some("cancelled"), None] {
            assert_eq!(stage(state, 0, "kept"), Stage::Stopped);
        }
    }
}
