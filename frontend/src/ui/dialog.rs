use leptos::html;
use leptos::prelude::*;

use super::IconButton;
use crate::{dom, t};

/// How a dialog lies on the page. On phones each is a sheet from below.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shape {
    #[default]
    Dialog,
    Wide,
    Drawer,
}

/// A modal dialog on the browser's own `<dialog>`: focus is trapped, Escape closes, focus returns.
///
/// `children` are drawn when it opens and dropped when it closes, so nothing of an earlier use remains.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    #[prop(optional)] shape: Shape,
    /// Asked before it closes by Escape or by the cross; `false` keeps it open.
    #[prop(optional, into)]
    may_close: Option<Callback<(), bool>>,
    #[prop(optional, into)] footer: Footer,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let title_id = dom::fresh_id("dialog");
    let heading_id = title_id.clone();
    let close = move || {
        if may_close.is_none_or(|ask| ask.run(())) {
            open.set(false);
        }
    };
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                drop(dialog.show_modal());
                // The browser would take the cross, which stands first.
                request_animation_frame(focus_content);
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    view! {
        <dialog
            class="dialog"
            node_ref=node
            data-shape=match shape { Shape::Drawer => "drawer", _ => "dialog" }
            data-size=(shape == Shape::Wide).then_some("wide")
            aria-labelledby=title_id
            on:cancel=move |event: web_sys::Event| { event.prevent_default(); close(); }
            on:close=move |_| open.set(false)
            on:keydown=move |event| {
                // Escape that ends a composition must not reach the dialog.
                if event.key() == "Escape" && dom::is_composing(&event) {
                    event.prevent_default();
                }
            }
        >
            {move || open.get().then(|| view! {
                <header class="dialog-head">
                    <h2 id=heading_id.clone() tabindex="-1">{move || title.get()}</h2>
                    <IconButton label=t!("action.close") icon="x" side="end" on_press=move |()| close()/>
                </header>
                <div class="dialog-body">{children()}</div>
                {footer.run()}
            })}
        </dialog>
    }
}

/// The first control of the dialog's content, or its heading where there is nothing to fill in.
fn focus_content() {
    let control = ":is(input, select, textarea):not([tabindex='-1'], :disabled)";
    if !dom::focus(&format!("dialog[open] .dialog-body {control}")) {
        dom::focus("dialog[open] .dialog-head h2");
    }
    // What can only be read must still be scrolled by the keyboard.
    let Ok(Some(body)) = document().query_selector("dialog[open] .dialog-body") else { return };
    if let Ok(None) = body.query_selector("a, button, input, select, textarea") {
        let _ = body.set_attribute("tabindex", "0");
    }
}

/// The buttons under a dialog, if there are any.
#[derive(Clone, Default)]
pub struct Footer(Option<ViewFn>);

impl Footer {
    fn run(&self) -> Option<impl IntoView + use<>> {
        self.0.clone().map(|buttons| view! { <footer class="dialog-foot">{buttons.run()}</footer> })
    }
}

impl<F, V> From<F> for Footer
where
    F: Fn() -> V + Send + Sync + 'static,
    V: IntoAny + 'static,
{
    fn from(buttons: F) -> Self {
        Self(Some(ViewFn::from(move || buttons().into_any())))
    }
}
