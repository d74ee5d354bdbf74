//! Two-step sign-in on one's own page: whether it is on, and the dialog that switches it on and off.

mod steps;

use leptos::prelude::*;
use leptos::task::spawn_local;

use self::steps::{AskBoth, AskPassword, RecoveryCodes, Scan};
use crate::api::account::{self, Enrolment};
use crate::resource::record;
use crate::ui::{Banner, Button, Dialog, Load, Loaded, Tag, Tone, toast};
use crate::{dom, format, t};

/// What the dialog asks or shows.
#[derive(Debug, Clone, PartialEq)]
enum Stage {
    Begin,
    Scan(Enrolment),
    Renew,
    SwitchOff,
    Codes(Vec<String>),
}

impl Stage {
    fn title(&self) -> String {
        match self {
            Self::Begin | Self::Scan(_) => t!("second-factor.switch-on"),
            Self::Renew => t!("second-factor.renew"),
            Self::SwitchOff => t!("second-factor.switch-off"),
            Self::Codes(_) => t!("second-factor.keep-codes"),
        }
    }
}

/// With so few left it is time for new ones.
const FEW: u32 = 2;

#[component]
pub fn SecondFactor() -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let state = RwSignal::new(account::SecondFactor::default());
    let stage = RwSignal::new(Stage::Begin);
    let open = RwSignal::new(false);
    let read = move || {
        spawn_local(async move {
            match account::second_factor().await {
                Ok(found) => {
                    state.set(found);
                    load.set(Load::Ready);
                }
                Err(problem) => load.set(record::failed(&problem)),
            }
        })
    };
    read();
    let ask = Callback::new(move |wanted: Stage| {
        stage.set(wanted);
        open.set(true);
    });
    view! {
        <section class="card">
            <header class="card-head">
                <h2 id="second-factor" tabindex="-1">{t!("second-factor.title")}</h2>
                {move || state.with(|state| state.active_since.is_some()).then(|| view! { <Tag text=t!("second-factor.on") tone=Tone::Ok/> })}
            </header>
            <div class="card-body">
                <Loaded state=load on_retry=move |()| read()>
                    {move || state.with(|state| present(state, ask))}
                </Loaded>
            </div>
        </section>
        <StageDialog stage open on_changed=move |()| read()/>
    }
}

fn present(state: &account::SecondFactor, ask: Callback<Stage>) -> AnyView {
    let Some(since) = &state.active_since else {
        return view! {
            <div class="stack">
                <p class="muted">{t!("second-factor.off-text")}</p>
                <div><Button label=t!("second-factor.switch-on") icon="shield" on_press=move |()| ask.run(Stage::Begin)/></div>
            </div>
        }
        .into_any();
    };
    let left = state.recovery_codes_left;
    view! {
        <div class="stack">
            <p>{t!("second-factor.on-text", day = format::date_time(since))}</p>
            {if left > FEW {
                view! { <p class="muted">{t!("second-factor.left", count = left)}</p> }.into_any()
            } else {
                view! { <Banner tone=Tone::Warn>{t!("second-factor.few-left", count = left)}</Banner> }.into_any()
            }}
            <div class="button-group">
                <Button label=t!("second-factor.renew") icon="refresh-cw" on_press=move |()| ask.run(Stage::Renew)/>
                <Button label=t!("second-factor.switch-off") on_press=move |()| ask.run(Stage::SwitchOff)/>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn StageDialog(stage: RwSignal<Stage>, open: RwSignal<bool>, #[prop(into)] on_changed: Callback<()>) -> impl IntoView {
    let show_codes = move |codes| {
        stage.set(Stage::Codes(codes));
        on_changed.run(());
    };
    // The button that opened the dialog is gone by now, so the focus would have nowhere to return to.
    let close = move || {
        open.set(false);
        dom::focus_soon("#second-factor");
    };
    let switched_off = move |()| {
        close();
        toast(t!("second-factor.is-off"));
        on_changed.run(());
    };
    // Codes that are shown once are not lost to a key that was meant for something else.
    let may_close = move |()| !stage.with_untracked(|stage| matches!(stage, Stage::Codes(_)));
    view! {
        <Dialog open title=Signal::derive(move || stage.with(Stage::title)) may_close>
            {move || match stage.get() {
                Stage::Begin => view! { <AskPassword on_done=move |enrolment| stage.set(Stage::Scan(enrolment))/> }.into_any(),
                Stage::Scan(enrolment) => view! { <Scan enrolment on_done=show_codes/> }.into_any(),
                Stage::Renew => view! {
                    <AskBoth text=t!("second-factor.renew-text") label=t!("second-factor.renew")
                        send=async |password: String, code: String| account::renew_recovery_codes(&password, &code).await on_done=show_codes/>
                }.into_any(),
                Stage::SwitchOff => view! {
                    <AskBoth text=t!("second-factor.switch-off-text") label=t!("second-factor.switch-off")
                        send=async |password: String, code: String| account::switch_second_factor_off(&password, &code).await on_done=switched_off/>
                }.into_any(),
                Stage::Codes(codes) => view! { <RecoveryCodes codes on_done=move |()| close()/> }.into_any(),
            }}
        </Dialog>
    }
}
