//! Buttons, fields, choices, menus, dialogs.

use std::sync::Arc;

use leptos::prelude::*;

use super::sample;
use crate::t;
use crate::ui::{
    AmountInput, Button, Checkbox, Choice, CodeInput, Combobox, DateInput, Dialog, Field, IconButton, Kind, LinkButton,
    Menu, MenuItem, PasswordInput, SearchInput, SelectInput, Shape, Switch, TagInput, TextArea, TextInput,
};

pub fn controls() -> impl IntoView {
    (
        sample("buttons", buttons()),
        sample("fields", fields()),
        sample("choices", choices()),
        sample("overlays", overlays()),
    )
}

fn buttons() -> AnyView {
    let busy = RwSignal::new(true);
    let pressed = RwSignal::new(true);
    view! {
        <div class="swatches">
            <Button label=t!("action.create") icon="plus" kind=Kind::Primary/>
            <Button label=t!("action.edit") icon="pencil"/>
            <Button label=t!("action.cancel") kind=Kind::Quiet/>
            <Button label=t!("action.delete") icon="trash-2" kind=Kind::Danger/>
            <Button label=t!("action.more") kind=Kind::Link/>
            <LinkButton label=t!("page.workbench") href="/" icon="layout-dashboard"/>
        </div>
        <div class="swatches">
            <Button label=t!("action.save") kind=Kind::Primary busy/>
            <Button label=t!("action.save") busy/>
            <Button label=t!("action.save") kind=Kind::Primary disabled=true/>
            <Button label=t!("action.save") disabled=true/>
            <Button label=t!("action.filter") icon="funnel" pressed on_press=move |()| pressed.update(|on| *on = !*on)/>
            <Button label=t!("action.edit") small=true/>
            <IconButton label=t!("action.more") icon="ellipsis"/>
            <IconButton label=t!("action.delete") icon="trash-2" kind=Kind::Default/>
            <IconButton label=t!("action.edit") icon="pencil" small=true keys="e"/>
        </div>
    }
    .into_any()
}

fn fields() -> AnyView {
    let text = |text: &str| RwSignal::new(text.to_owned());
    let options = vec![("a".to_owned(), t!("gallery.first")), ("b".to_owned(), t!("gallery.second"))];
    let tags = RwSignal::new(vec![t!("gallery.first"), t!("gallery.second")]);
    view! {
        <div class="form-grid">
            <Field label=t!("gallery.text") required=true hint=t!("gallery.hint")><TextInput value=text("")/></Field>
            <Field label=t!("gallery.wrong") error=Some(t!("gallery.error"))><TextInput value=text("x@")/></Field>
            <Field label=t!("gallery.amount")><AmountInput value=text("1234567.80") unit="¥"/></Field>
            <Field label=t!("gallery.number")><TextInput value=text("42") number=true/></Field>
            <Field label=t!("gallery.date") hint=t!("gallery.date-hint")><DateInput value=text("2026-11-21")/></Field>
            <Field label=t!("gallery.select")><SelectInput value=text("b") options/></Field>
            <Field label=t!("gallery.code")><CodeInput value=text("123 456") on_complete=|()| ()/></Field>
            <Field label=t!("gallery.password")><PasswordInput value=text("correct horse") autocomplete="off"/></Field>
            <Field label=t!("gallery.disabled")><TextInput value=text(&t!("gallery.first")) disabled=true/></Field>
            <Field label=t!("gallery.tags")><TagInput value=tags/></Field>
            <Field label=t!("gallery.search")><SearchInput value=text("知音") label=t!("action.search")/></Field>
            <Field label=t!("gallery.textarea") wide=true><TextArea value=text(&t!("gallery.long-text"))/></Field>
        </div>
    }
    .into_any()
}

fn choices() -> AnyView {
    let one = RwSignal::new(vec![Choice { value: "1".into(), text: t!("gallery.first"), ..Choice::default() }]);
    let many = RwSignal::new(Vec::new());
    let ticked = RwSignal::new(true);
    let on = RwSignal::new(true);
    view! {
        <div class="form-grid">
            <Field label=t!("gallery.combobox")><Combobox chosen=one search=numbers()/></Field>
            <Field label=t!("gallery.combobox-many")><Combobox chosen=many search=numbers() many=true on_create=Callback::new(|_: String| {})/></Field>
        </div>
        <div class="swatches">
            <Checkbox label=t!("gallery.checkbox") checked=ticked on_change=move |now| ticked.set(now)/>
            <Checkbox label=t!("gallery.half") checked=false half=true on_change=|_| {}/>
            <Checkbox label=t!("gallery.disabled") checked=true disabled=true on_change=|_| {}/>
            <Switch value=on label=t!("gallery.switch")/>
            <Switch value=RwSignal::new(false) label=t!("gallery.switch-off")/>
        </div>
    }.into_any()
}

fn overlays() -> AnyView {
    let (dialog, drawer) = (RwSignal::new(false), RwSignal::new(false));
    view! {
        <div class="swatches">
            <Button label=t!("gallery.dialog") on_press=move |()| dialog.set(true)/>
            <Button label=t!("gallery.drawer") on_press=move |()| drawer.set(true)/>
            <Menu label=t!("action.more") icon="chevron-down">
                <MenuItem label=t!("action.edit") icon="pencil" keys="e" on_press=|()| {}/>
                <MenuItem label=t!("action.copy") icon="copy" disabled=true on_press=|()| {}/>
                <MenuItem label=t!("gallery.checkbox") checked=true on_press=|()| {}/>
                <hr class="menu-line"/>
                <MenuItem label=t!("action.delete") icon="trash-2" danger=true on_press=|()| {}/>
            </Menu>
        </div>
        <Dialog open=dialog title=t!("gallery.dialog") footer=move || view! {
            <Button label=t!("action.cancel") on_press=move |()| dialog.set(false)/>
            <Button label=t!("action.delete") kind=Kind::Danger on_press=move |()| dialog.set(false)/>
        }>
            <p>{t!("gallery.long-text")}</p>
        </Dialog>
        <Dialog open=drawer title=t!("gallery.drawer") shape=Shape::Drawer>
            <p>{t!("gallery.long-text")}</p>
        </Dialog>
    }
    .into_any()
}

/// A search over the numbers up to forty, which answers at once.
fn numbers() -> crate::ui::Search {
    Arc::new(|typed: String, answer: Callback<Vec<Choice>>| {
        let fits = (1..=40)
            .map(|number| format!("{} {number}", t!("gallery.choice")))
            .filter(|text| text.contains(typed.trim()));
        answer.run(fits.map(|text| Choice { value: text.clone(), text, ..Choice::default() }).collect());
    })
}
