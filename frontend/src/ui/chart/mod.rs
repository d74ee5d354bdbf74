//! Small charts as plain SVG. Each has a title, values that are reachable by keyboard, and a table as its twin.

mod geometry;

use leptos::prelude::*;

use self::geometry::{Scale, px, thousandths};
use super::{Button, Kind};
use crate::{dom, format, t};

/// One value with its name; pressing it may lead to the rows behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    pub name: String,
    pub value: f64,
    pub href: Option<String>,
}

impl Point {
    pub fn new(name: impl Into<String>, value: f64) -> Self {
        Self { name: name.into(), value, href: None }
    }

    fn told(&self) -> String {
        format::number(self.value)
    }
}

// As the view box below says.
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 36.0;
const FOOT: f64 = 22.0;

/// Amounts side by side.
#[component]
pub fn BarChart(#[prop(into)] title: String, points: Vec<Point>) -> impl IntoView {
    let drawn = points.clone();
    frame(title, points, move || {
        let scale = Scale::over(drawn.iter().map(|point| point.value));
        let slot = (WIDTH - LEFT) / count(drawn.len());
        let width = (slot * 0.6).min(40.0);
        let bars = drawn.iter().enumerate().map(|(at, point)| {
            let x = LEFT + slot * count(at) + (slot - width) / 2.0;
            let y = scale.place(point.value, HEIGHT - FOOT);
            let shape = view! { <rect class="s1" x=px(x) y=px(y) width=px(width) height=px(HEIGHT - FOOT - y) rx="3"></rect> };
            view! {
                {mark(point, shape.into_any())}
                <text x=px(x + width / 2.0) y=px(HEIGHT - 6.0) text-anchor="middle">{point.name.clone()}</text>
            }
        }).collect_view();
        plot(scale.lines(), scale, bars.into_any())
    })
}

/// One amount over time.
#[component]
pub fn LineChart(#[prop(into)] title: String, points: Vec<Point>) -> impl IntoView {
    let drawn = points.clone();
    frame(title, points, move || {
        let scale = Scale::over(drawn.iter().map(|point| point.value));
        let slot = (WIDTH - LEFT - 20.0) / count(drawn.len().saturating_sub(1).max(1));
        let place = |at: usize, value: f64| (LEFT + 10.0 + slot * count(at), scale.place(value, HEIGHT - FOOT));
        let path: Vec<String> = drawn
            .iter()
            .enumerate()
            .map(|(at, point)| {
                let (x, y) = place(at, point.value);
                format!("{}{} {}", if at == 0 { "M" } else { "L" }, px(x), px(y))
            })
            .collect();
        let dots = drawn
            .iter()
            .enumerate()
            .map(|(at, point)| {
                let (x, y) = place(at, point.value);
                let shape = view! { <circle class="s1" cx=px(x) cy=px(y) r="4"></circle> };
                view! {
                    {mark(point, shape.into_any())}
                    <text x=px(x) y=px(HEIGHT - 6.0) text-anchor="middle">{point.name.clone()}</text>
                }
            })
            .collect_view();
        plot(scale.lines(), scale, view! { <path class="line s1" d=path.join("")></path>{dots} }.into_any())
    })
}

/// Parts of a whole, with a legend that names every part.
#[component]
pub fn PieChart(#[prop(into)] title: String, points: Vec<Point>) -> impl IntoView {
    let drawn = points.clone();
    frame(title, points, move || {
        let whole: f64 = drawn.iter().map(|point| point.value).sum();
        let mut before = 0;
        let slices = drawn
            .iter()
            .enumerate()
            .map(|(at, point)| {
                let long = thousandths(point.value, whole);
                let (dashes, offset) = (format!("{long} 1000"), (-before).to_string());
                before += long;
                let shape = view! { <circle class=format!("slice s{}", at % 6 + 1) r="77" pathLength="1000" stroke-dasharray=dashes stroke-dashoffset=offset></circle> };
                mark(point, shape.into_any())
            })
            .collect_view();
        view! {
            <div class="chart-pie">
                <svg class="chart-plot" viewBox="-100 -100 200 200">{slices}</svg>
                <ul class="legend">
                    {drawn.iter().enumerate().map(|(at, point)| view! {
                        <li>
                            <svg viewBox="0 0 10 10" aria-hidden="true"><rect class=format!("s{}", at % 6 + 1) width="10" height="10" rx="2"></rect></svg>
                            {point.name.clone()}
                            <span class="number">{format::number(point.value)}</span>
                        </li>
                    }).collect_view()}
                </ul>
            </div>
        }.into_any()
    })
}

/// Title, the switch between picture and table, and whichever of the two is chosen.
fn frame(title: String, points: Vec<Point>, picture: impl Fn() -> AnyView + Send + 'static) -> impl IntoView {
    let table = RwSignal::new(false);
    view! {
        <figure class="chart">
            <div class="chart-head">
                <figcaption>{title}</figcaption>
                {move || view! {
                    <Button
                        label=if table.get() { t!("chart.picture") } else { t!("chart.table") }
                        kind=Kind::Link
                        on_press=move |()| table.update(|on| *on = !*on)
                    />
                }}
            </div>
            {move || if table.get() { twin(&points) } else { picture() }}
        </figure>
    }
}

fn twin(points: &[Point]) -> AnyView {
    view! {
        <table class="plain-table">
            <thead><tr><th scope="col">{t!("chart.name")}</th><th scope="col" class="number">{t!("chart.value")}</th></tr></thead>
            <tbody>
                {points.iter().map(|point| view! {
                    <tr><td>{point.name.clone()}</td><td class="number">{point.told()}</td></tr>
                }).collect_view()}
            </tbody>
        </table>
    }.into_any()
}

fn plot(lines: Vec<f64>, scale: Scale, marks: AnyView) -> AnyView {
    view! {
        <svg class="chart-plot" viewBox="0 0 320 200" role="group">
            {lines.into_iter().map(|value| {
                let y = scale.place(value, HEIGHT - FOOT);
                view! {
                    <line class="grid" x1=px(LEFT) x2=px(WIDTH) y1=px(y) y2=px(y)></line>
                    <text x=px(LEFT - 8.0) y=px(y + 4.0) text-anchor="end">{format::number(value)}</text>
                }
            }).collect_view()}
            {marks}
        </svg>
    }
    .into_any()
}

/// A shape that says its value and can be focused; a link when there are rows behind it.
fn mark(point: &Point, shape: AnyView) -> AnyView {
    let label = format!("{} {}", point.name, point.told());
    let title = label.clone();
    let Some(href) = point.href.clone() else {
        return view! { <g class="mark" role="img" tabindex="0" aria-label=label><title>{title}</title>{shape}</g> }
            .into_any();
    };
    // An anchor of SVG is not one the router knows: it would load the whole page anew.
    let by_key = href.clone();
    view! {
        <g
            class="mark"
            role="link"
            tabindex="0"
            aria-label=label
            on:click=move |_| dom::follow(&href)
            on:keydown=move |event| if event.key() == "Enter" { dom::follow(&by_key) }
        >
            <title>{title}</title>
            {shape}
        </g>
    }
    .into_any()
}

#[expect(clippy::cast_precision_loss, reason = "a chart has a handful of points")]
fn count(number: usize) -> f64 {
    number as f64
}
