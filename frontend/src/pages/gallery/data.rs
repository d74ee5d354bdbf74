//! Tables, trees, charts, histories: components that show many things at once.

use std::sync::Arc;

use leptos::prelude::*;

use super::sample;
use crate::ui::table::{Column, Grid, Row, Table};
use crate::ui::{
    BarChart, Branch, BulkBar, Button, Chip, Diff, DiffRow, FilterChips, IconButton, Kind, LineChart, Moment, Pager,
    Person, PickRow, Picks, PieChart, Point, SearchInput, Side, Tab, TabPanel, Tabs, Tag, TextInput, Timeline, Tone,
    Tree, ViewBar,
};
use crate::{format, t};

pub fn data() -> impl IntoView {
    (
        sample("table", table()),
        sample("tabs", tabs()),
        sample("tree", tree()),
        sample("charts", charts()),
        sample("timeline", timeline()),
        sample("diff", diff()),
    )
}

fn table() -> AnyView {
    let column = |key: &str, number, editable| Column {
        key: key.into(),
        title: t!(&format!("gallery.{key}")),
        number,
        sortable: key != "tags",
        editable,
    };
    let columns = vec![
        column("name", false, true),
        column("tags", false, false),
        column("person", false, false),
        column("amount", true, true),
    ];
    let rows = (1..=200)
        .map(|number| Row {
            id: number.to_string(),
            name: format!("{} {number}", t!("gallery.choice")),
            href: format!("/gallery#{number}"),
            revision: 1,
        })
        .collect::<Vec<_>>();
    let grid = Grid::new(Signal::stored(columns), Signal::stored(rows));
    let sort = RwSignal::new(Some(("name".to_owned(), false)));
    let query = RwSignal::new(String::new());
    let chips = vec![Chip { key: "tags".into(), name: t!("gallery.tags"), text: t!("gallery.first") }];
    let cell = Arc::new(|row: usize, column: usize| match column {
        0 => view! { <a class="cell" href="/gallery">{format!("{} {}", t!("gallery.choice"), row + 1)}</a> }.into_any(),
        1 => view! { <Tag text=t!("gallery.first") tone=if row.is_multiple_of(2) { Tone::Ok } else { Tone::Warn }/> }
            .into_any(),
        2 => view! { <Person name=t!("gallery.somebody")/> }.into_any(),
        _ => format::amount(&format!("{}.00", (row + 1) * 1234), "CNY").into_any(),
    });
    let editor = Arc::new(move |_: usize, _: usize| {
        view! { <TextInput value=RwSignal::new(String::new()) label=t!("gallery.text") on_leave=move |()| grid.end_edit()/> }.into_any()
    });
    let line = Arc::new(|row: usize| format::amount(&format!("{}.00", (row + 1) * 1234), "CNY").into_any());
    let foot = Arc::new(|column: usize| match column {
        0 => t!("list.sum").into_any(),
        3 => format::amount("24803400.00", "CNY").into_any(),
        _ => ().into_any(),
    });
    let count = Signal::derive(move || grid.selected.with(std::collections::HashSet::len));
    view! {
        {move || if count.get() > 0 {
            view! {
                <BulkBar count all=Signal::stored(Some("200".to_owned())) on_all=move |()| grid.select_page(true) on_clear=move |()| grid.select_page(false)>
                    <Button label=t!("action.edit") icon="pencil" kind=Kind::Quiet/>
                    <Button label=t!("action.delete") icon="trash-2" kind=Kind::Quiet/>
                </BulkBar>
            }.into_any()
        } else {
            view! {
                <ViewBar>
                    <SearchInput value=query label=t!("action.search")/>
                    <Button label=t!("action.filter") icon="funnel" kind=Kind::Quiet/>
                    <span class="grow"></span>
                    <IconButton label=t!("action.columns") icon="columns-3" side="end"/>
                </ViewBar>
            }.into_any()
        }}
        <FilterChips chips=Signal::stored(chips) on_edit=|_| {} on_remove=|_| {}/>
        <div style:--table-height="420px">
            <Table
                grid caption=t!("gallery.table") cell line editor selectable=true sort
                on_sort=move |key: String| sort.update(|sort| {
                    let falling = matches!(sort, Some((by, false)) if *by == key);
                    *sort = Some((key, falling));
                })
                foot has_foot=true
                footer=move || view! {
                    <Pager total=t!("list.total", count = "200") has_previous=false has_next=true on_turn=|_| {}/>
                }
            />
        </div>
    }.into_any()
}

fn tabs() -> AnyView {
    let chosen = RwSignal::new("one".to_owned());
    let tabs =
        vec![Tab { key: "one", text: t!("gallery.first"), count: Some(12) }, Tab::new("two", t!("gallery.second"))];
    view! {
        <Tabs tabs chosen on_choose=move |key| chosen.set(key) label=t!("gallery.tabs")/>
        {move || view! { <TabPanel key=chosen.get()><p>{t!("gallery.long-text")}</p></TabPanel> }}
    }
    .into_any()
}

fn tree() -> AnyView {
    let branch = |key: &str, parent: Option<&str>, note: &str| Branch {
        key: key.into(),
        parent: parent.map(Into::into),
        text: format!("{} {key}", t!("gallery.choice")),
        note: note.into(),
    };
    let branches = vec![
        branch("1", None, "12"),
        branch("1.1", Some("1"), "7"),
        branch("1.2", Some("1"), "5"),
        branch("2", None, "3"),
    ];
    view! { <Tree branches=Signal::stored(branches) chosen=RwSignal::new(Some("1.1".to_owned())) label=t!("gallery.tree")/> }.into_any()
}

fn charts() -> AnyView {
    let points = || {
        [("A", 48.0), ("B", 91.0), ("C", 23.0), ("D", 67.0), ("E", 12.0)]
            .map(|(name, value)| Point::new(name, value))
            .to_vec()
    };
    view! {
        <div class="grid-cards">
            <BarChart title=t!("gallery.bars") points=points()/>
            <LineChart title=t!("gallery.lines") points=points()/>
            <PieChart title=t!("gallery.pie") points=points()/>
        </div>
    }
    .into_any()
}

fn timeline() -> AnyView {
    let moment = |icon, tone, what: String, at: &str, changes| Moment {
        icon,
        tone,
        who: t!("gallery.somebody"),
        what,
        at: at.into(),
        changes,
        text: t!("gallery.text"),
        way: None,
        link: Some(("/gallery".to_owned(), t!("gallery.second"))),
    };
    let change = (t!("gallery.name"), t!("gallery.first"), t!("gallery.second"));
    view! {
        <Timeline moments=vec![
            moment("pencil", Tone::Accent, t!("gallery.changed"), &format::now(), vec![change]),
            moment("plus", Tone::Ok, t!("gallery.created"), "2026-01-05T02:00:00Z", vec![]),
        ]/>
    }
    .into_any()
}

fn diff() -> AnyView {
    let row = |name: &str| DiffRow {
        name: t!(&format!("gallery.{name}")),
        before: t!("gallery.first"),
        mine: t!("gallery.second"),
        theirs: t!("gallery.text"),
        pick: RwSignal::new(Side::Mine),
    };
    view! { <Diff rows=vec![row("name"), row("person")]/> {picks()} }.into_any()
}

fn picks() -> AnyView {
    let pick = RwSignal::new(0_usize);
    let row = |name: &str, last: Option<String>| PickRow {
        name: t!(&format!("gallery.{name}")),
        values: vec![Some(t!("gallery.first")), Some(t!("gallery.second")), last],
        pick: pick.into(),
        on_pick: Callback::new(move |column| pick.set(column)),
    };
    let heads = vec![t!("gallery.first"), t!("gallery.second"), t!("gallery.text")];
    let rows = vec![row("name", None), row("person", Some(t!("gallery.text")))];
    view! { <Picks caption=t!("diff.caption") corner=t!("diff.field") heads rows/> }.into_any()
}
