//! The few things asked of the browser in more than one place: page attributes, storage, focus, ids.

use std::cell::Cell;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::HtmlElement;

/// An id that no other element of this page has.
pub fn fresh_id(kind: &str) -> String {
    thread_local! { static NEXT: Cell<u32> = const { Cell::new(1) }; }
    let number = NEXT.get();
    NEXT.set(number + 1);
    format!("{kind}-{number}")
}

pub fn set_root_attribute(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute(name, value);
    }
}

pub fn root_attribute(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

/// Keep a setting of this device. Storage may be forbidden; then the setting lasts as long as the page.
pub fn remember(name: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(&format!("zhiyin.{name}"), value);
    }
}

pub fn recall(name: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(&format!("zhiyin.{name}")).ok()?
}

pub fn forget(name: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.remove_item(&format!("zhiyin.{name}"));
    }
}

/// Forget every draft: the next person at this device must not find them.
pub fn forget_drafts() {
    let Ok(Some(storage)) = window().local_storage() else { return };
    let names = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten());
    let drafts: Vec<String> = names.filter(|name| name.starts_with("zhiyin.draft.")).collect();
    for name in drafts {
        let _ = storage.remove_item(&name);
    }
}

/// Focus the first element that fits the selector; says whether there was one.
pub fn focus(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    element.focus().is_ok()
}

/// Focus after the view that is being drawn now is on the page.
pub fn focus_soon(selector: impl Into<String>) {
    let selector = selector.into();
    request_animation_frame(move || {
        focus(&selector);
    });
}

/// Move the focus among the children of `container` that fit `selector`, by arrows, Home and End.
/// Answers whether the key was one of those, so that the caller can keep the page from scrolling.
pub fn rove(container: &web_sys::Element, selector: &str, key: &str, vertical: bool) -> bool {
    let Ok(found) = container.query_selector_all(selector) else {
        return false;
    };
    let count = found.length();
    let active = document().active_element();
    let place = (0..count).find(|index| {
        let node = found.item(*index);
        node.as_ref().map(JsCast::unchecked_ref) == active.as_ref()
    });
    let Some(target) = next_place(place, count, key, vertical) else {
        return false;
    };
    if let Some(element) = found.item(target).and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
    true
}

/// Where a key leads from `place` among `count` items; the ends are joined.
fn next_place(place: Option<u32>, count: u32, key: &str, vertical: bool) -> Option<u32> {
    if count == 0 {
        return None;
    }
    let (forward, back) = if vertical { ("ArrowDown", "ArrowUp") } else { ("ArrowRight", "ArrowLeft") };
    match key {
        "Home" => Some(0),
        "End" => Some(count - 1),
        _ if key == forward => Some(place.map_or(0, |at| (at + 1) % count)),
        _ if key == back => Some(place.map_or(count - 1, |at| (at + count - 1) % count)),
        _ => None,
    }
}

/// Whether the event comes from a place where letters are typed.
pub fn is_typing(event: &web_sys::Event) -> bool {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => !matches!(
            element.get_attribute("type").as_deref(),
            Some("checkbox" | "radio" | "button" | "range" | "file")
        ),
        _ => element.is_content_editable(),
    }
}

/// Whether Enter and Space on the event's target already mean something: pressing it.
pub fn is_pressable(event: &web_sys::Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| {
        matches!(element.tag_name().as_str(), "BUTTON" | "A" | "INPUT" | "SUMMARY" | "SELECT")
            || element.has_attribute("role")
    })
}

/// Whether an input method is composing: its Enter and its letters belong to it and not to us.
pub fn is_composing(event: &web_sys::KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}

/// The address of the link that was pressed, if a plain press on it leads to another page of this client.
pub fn pressed_link(event: &web_sys::MouseEvent) -> Option<String> {
    if event.default_prevented() || event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key() {
        return None;
    }
    let element = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let link = element.closest("a[href]").ok()??.dyn_into::<web_sys::HtmlAnchorElement>().ok()?;
    let path = link.pathname();
    let ours = link.origin() == window().location().origin().ok()? && !path.starts_with("/api/");
    let plain = link.target().is_empty() && link.download().is_empty();
    (ours && plain).then(|| format!("{path}{}{}", link.search(), link.hash()))
}

/// Go to an address of this client as if a link to it had been pressed.
pub fn follow(href: &str) {
    let Ok(link) = document().create_element("a") else {
        return;
    };
    let _ = link.set_attribute("href", href);
    let (Some(body), Ok(link)) = (document().body(), link.dyn_into::<HtmlElement>()) else {
        return;
    };
    let _ = body.append_child(&link);
    link.click();
    link.remove();
}

/// Whether the page is as narrow as a phone; changes when the window does.
pub fn phone() -> RwSignal<bool> {
    thread_local! { static PHONE: Cell<Option<RwSignal<bool>>> = const { Cell::new(None) }; }
    if let Some(known) = PHONE.get().filter(|known| known.try_get_untracked().is_some()) {
        return known;
    }
    let narrow = || window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width <= 720.0);
    let signal = RwSignal::new(narrow());
    PHONE.set(Some(signal));
    let _ = window_event_listener(leptos::ev::resize, move |_| {
        if signal.try_get_untracked().is_some_and(|before| before != narrow()) {
            signal.set(narrow());
        }
    });
    signal
}

/// Watches for an element to come into sight, until it is dropped.
pub struct Sight {
    observer: web_sys::IntersectionObserver,
    _seen: Closure<dyn FnMut(js_sys::Array)>,
}

impl Sight {
    /// Calls each time that the element comes into sight, or nearly so.
    pub fn of(element: &web_sys::Element, seen: impl Fn() + 'static) -> Option<Self> {
        let seen = Closure::new(move |entries: js_sys::Array| {
            let entry = |entry: wasm_bindgen::JsValue| entry.unchecked_into::<web_sys::IntersectionObserverEntry>();
            if entries.iter().map(entry).any(|entry| entry.is_intersecting()) {
                seen();
            }
        });
        let observer = web_sys::IntersectionObserver::new(seen.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _seen: seen })
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Hand bytes over to the browser's downloads.
pub fn save(bytes: &[u8], name: &str) {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let Ok(blob) = web_sys::Blob::new_with_u8_array_sequence(&parts) else { return };
    let Ok(address) = web_sys::Url::create_object_url_with_blob(&blob) else { return };
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlElement>().ok());
    if let Some(link) = link {
        let _ = link.set_attribute("href", &address);
        let _ = link.set_attribute("download", name);
        link.click();
    }
    let _ = web_sys::Url::revoke_object_url(&address);
}

/// An address of bytes that the page itself can show.
pub fn object_url(bytes: &[u8], media_type: &str) -> Option<String> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let kind = web_sys::BlobPropertyBag::new();
    kind.set_type(media_type);
    let blob = web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &kind).ok()?;
    web_sys::Url::create_object_url_with_blob(&blob).ok()
}

pub fn revoke(address: &str) {
    let _ = web_sys::Url::revoke_object_url(address);
}

/// Wait.
pub async fn pause(milliseconds: i32) {
    let later = js_sys::Promise::new(&mut |done, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, milliseconds);
    });
    let _ = wasm_bindgen_futures::JsFuture::from(later).await;
}

/// Put text on the clipboard.
pub fn copy(text: &str) {
    let _ = window().navigator().clipboard().write_text(text);
}

#[cfg(test)]
mod tests {
    use super::next_place;

    #[test]
    fn arrows_go_round_and_ends_are_one_key_away() {
        assert_eq!(next_place(Some(2), 3, "ArrowDown", true), Some(0));
        assert_eq!(next_place(Some(0), 3, "ArrowUp", true), Some(2));
        assert_eq!(next_place(None, 3, "End", true), Some(2));
        assert_eq!(next_place(Some(0), 3, "ArrowRight", true), None);
        assert_eq!(next_place(Some(0), 0, "Home", true), None);
    }
}
