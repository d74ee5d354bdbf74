//! Notices, waits, empty places and errors.

use domain::relations::tags::TagColour;
use leptos::prelude::*;

use super::sample;
use crate::t;
use crate::ui::{
    Avatar, Banner, Breadcrumb, Button, Crumb, EmptyState, ErrorState, Kind, NoPermission, Progress, Skeleton,
    SkeletonShape, Steps, Tag, Tone, toast, toast_error, toast_undo,
};

pub fn feedback() -> impl IntoView {
    (sample("tags", tags()), sample("notices", notices()), sample("waits", waits()), sample("states", states()))
}

fn tags() -> AnyView {
    let tones = [Tone::Plain, Tone::Accent, Tone::Ok, Tone::Warn, Tone::Bad, Tone::Info];
    view! {
        <div class="swatches">
            {tones.map(|tone| view! { <Tag text=t!("gallery.first") tone/> }).collect_view()}
            {TagColour::WORDS.iter().map(|hue| view! { <Tag text=t!("gallery.first") hue=*hue/> }).collect_view()}
            <Tag text=t!("gallery.second") on_remove=|()| {}/>
            <Avatar name="王小明"/>
            <Avatar name="Maria Anders"/>
            <Avatar name="李娜" large=true/>
        </div>
        <Breadcrumb crumbs=vec![Crumb::new(t!("page.workbench"), "/"), Crumb::new(t!("page.gallery"), "/gallery")]/>
        <Steps steps=vec![t!("gallery.first"), t!("gallery.second"), t!("gallery.text")] current=1/>
    }
    .into_any()
}

fn notices() -> AnyView {
    view! {
        <div class="swatches">
            <Button label=t!("gallery.toast") on_press=|()| toast(t!("gallery.done"))/>
            <Button label=t!("gallery.toast-undo") on_press=|()| toast_undo(t!("gallery.done"), || toast(t!("gallery.undone")))/>
            <Button label=t!("gallery.toast-error") on_press=|()| toast_error(t!("gallery.error"))/>
        </div>
        {[Tone::Info, Tone::Ok, Tone::Warn, Tone::Bad, Tone::Plain]
            .map(|tone| view! { <Banner tone>{t!("gallery.long-text")}</Banner> })
            .collect_view()}
    }.into_any()
}

fn waits() -> AnyView {
    view! {
        <Progress label=t!("gallery.progress") percent=Signal::stored(Some(64))/>
        <Progress label=t!("gallery.progress-unknown") percent=Signal::stored(None)/>
        <Skeleton lines=4/>
        <Skeleton shape=SkeletonShape::Table lines=3/>
    }
    .into_any()
}

fn states() -> AnyView {
    view! {
        <div class="grid-cards">
            <EmptyState title=t!("gallery.empty") text=t!("gallery.long-text")>
                <Button label=t!("action.create") icon="plus" kind=Kind::Primary/>
            </EmptyState>
            <ErrorState title=t!("state.failed") text=t!("state.network") request_id="0193f4b2" on_retry=|()| {}/>
            <NoPermission/>
        </div>
    }
    .into_any()
}
