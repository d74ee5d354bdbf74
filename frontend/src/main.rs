//! The browser client of Zhiyin. See `routes.rs` for the pages and `ui/` for what they are made of.

#![cfg_attr(
    not(feature = "gallery"),
    allow(dead_code, unused_imports, reason = "some parts of the kit are shown by the gallery alone so far")
)]

mod api;
mod app;
mod asking;
mod dom;
mod edition;
mod format;
mod help;
mod i18n;
mod keys;
mod lazy;
mod markdown;
mod net;
mod pages;
mod prefs;
mod resource;
mod routes;
mod session;
mod shell;
mod spelling;
mod ui;
mod upkeep;
mod work;

fn main() {
    console_error_panic_hook::set_once();
    // The framework has no executor of its own before it draws, and the words must be there first.
    wasm_bindgen_futures::spawn_local(app::start());
}
