//! Pages whose code is a file of its own, fetched when somebody first goes there.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;
pub use leptos::wasm_split::SplitLoaderError as Missing;

use crate::ui::{Button, EmptyState, Kind, Load, Loaded, Page, toast_error};
use crate::{t, upkeep};

/// What fills the open segments of an address, in order.
pub type Params = Vec<String>;
/// Draws a page.
pub type View = fn(Params) -> AnyView;

/// `lazy!(help, article, |params| ...)` makes the function that fetches a page: the view, and all that nothing else
/// uses, goes into the file of that name. Pages that are used one after the other share a file.
#[macro_export]
macro_rules! lazy {
    ($file:ident, $name:ident, $view:expr) => {
        #[leptos::wasm_split::wasm_split($file, wasm_split_path = ::leptos::wasm_split, fallible)]
        pub fn $name() -> Result<$crate::lazy::View, $crate::lazy::Missing> {
            Ok($view)
        }
    };
}

type Coming = Pin<Box<dyn Future<Output = Result<View, Missing>>>>;

thread_local! {
    static WAITING: Cell<Option<RwSignal<bool>>> = const { Cell::new(None) };
}

/// Whether the code of the present page is still on its way. The root asks first, so that the signal is its own.
pub fn waiting() -> RwSignal<bool> {
    if let Some(known) = WAITING.get() {
        return known;
    }
    let fresh = RwSignal::new(false);
    WAITING.set(Some(fresh));
    fresh
}

/// A page that is drawn once its code is there. `code` is what `lazy!` made.
pub fn page<F>(params: Params, code: impl Fn() -> F + Send + Sync + 'static) -> AnyView
where
    F: Future<Output = Result<View, Missing>> + 'static,
{
    let fetch = Callback::new(move |()| -> Coming { Box::pin(code()) });
    view! { <Lazy params fetch/> }.into_any()
}

/// A part of a page that is drawn once its code is there. `code` is what `wasm_split` made.
pub fn part<T, F>(code: fn() -> F, draw: impl Fn(T) -> AnyView + Clone + Send + 'static) -> AnyView
where
    T: Copy + Send + Sync + 'static,
    F: Future<Output = Result<T, Missing>> + 'static,
{
    let (found, failed) = (RwSignal::new(None::<T>), RwSignal::new(false));
    let begin = move || {
        failed.set(false);
        spawn_local(async move {
            match code().await {
                Ok(view) => drop(found.try_set(Some(view))),
                Err(_) => drop(failed.try_set(true)),
            }
        });
    };
    begin();
    let drawn = move || {
        match (found.get(), failed.get()) {
        (Some(view), _) => draw(view),
        (None, true) => view! {
            <p class="field-error">{t!("state.network")}" "<Button label=t!("action.retry") kind=Kind::Link on_press=move |()| begin()/></p>
        }
        .into_any(),
        (None, false) => view! { <p class="muted" role="status">{t!("state.loading")}</p> }.into_any(),
    }
    };
    drawn.into_any()
}

/// What lies over a page, fetched when it is opened for the first time. If it does not come, that is said and it can be
/// opened again.
pub fn overlay<T, F>(
    open: RwSignal<bool>,
    code: fn() -> F,
    draw: impl Fn(T) -> AnyView + Clone + Send + 'static,
) -> AnyView
where
    T: Copy + Send + Sync + 'static,
    F: Future<Output = Result<T, Missing>> + 'static,
{
    let found = RwSignal::new(None::<T>);
    Effect::new(move || {
        if !open.get() || found.with_untracked(Option::is_some) {
            return;
        }
        spawn_local(async move {
            match code().await {
                Ok(view) => drop(found.try_set(Some(view))),
                Err(_) => {
                    open.try_set(false);
                    toast_error(t!("state.network"));
                }
            }
        });
    });
    (move || found.get().map(draw.clone())).into_any()
}

#[component]
fn Lazy(params: Params, fetch: Callback<(), Coming>) -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let found = RwSignal::new(None::<View>);
    let replaced = RwSignal::new(false);
    let begin = move || {
        load.set(Load::Waiting);
        waiting().set(true);
        spawn_local(async move {
            let outcome = match fetch.run(()).await {
                Ok(view) => {
                    found.try_set(Some(view));
                    Load::Ready
                }
                Err(_) => {
                    replaced.try_set(upkeep::is_replaced().await);
                    Load::Failed { text: t!("state.network"), request_id: String::new() }
                }
            };
            if load.try_set(outcome).is_none() {
                waiting().set(false);
            }
        });
    };
    begin();
    // Whoever goes on to another page waits for that one.
    on_cleanup(|| waiting().set(false));
    let params = StoredValue::new(params);
    move || match found.get() {
        Some(view) => view(params.get_value()),
        None if replaced.get() => outdated(),
        None if load.with(|load| matches!(load, Load::Failed { .. })) => {
            view! { <Page title=t!("state.failed")><Loaded state=load on_retry=move |()| begin()>""</Loaded></Page> }
                .into_any()
        }
        None => view! { <div class="page"><Loaded state=load on_retry=move |()| begin()>""</Loaded></div> }.into_any(),
    }
}

/// The server has a newer client, which no longer has what this one asks for.
fn outdated() -> AnyView {
    view! {
        <Page title=t!("client.new")>
            <EmptyState title=t!("client.new") text=t!("client.new-text") icon="refresh-cw">
                <Button label=t!("client.reload") kind=Kind::Primary on_press=move |()| drop(window().location().reload())/>
            </EmptyState>
        </Page>
    }
    .into_any()
}
