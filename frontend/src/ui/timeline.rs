use leptos::prelude::*;

use super::{Icon, Tone};
use crate::format;

/// One event of a history: who did what when, and the changed values.
#[derive(Clone)]
pub struct Moment {
    pub icon: &'static str,
    pub tone: Tone,
    pub who: String,
    pub what: String,
    pub at: String,
    /// Name, before, after.
    pub changes: Vec<(String, String, String)>,
    /// Words that somebody wrote.
    pub text: String,
    /// What can be done with it by one press; it stands where the symbol would.
    pub way: Option<ViewFn>,
    /// Where the event itself can be seen, and what it is called.
    pub link: Option<(String, String)>,
}

/// Events in order, newest first.
#[component]
pub fn Timeline(moments: Vec<Moment>) -> impl IntoView {
    view! { <ol class="timeline">{moments.into_iter().map(one).collect_view()}</ol> }
}

fn one(moment: Moment) -> impl IntoView {
    let exact = format::date_time(&moment.at);
    view! {
        <li class="moment" data-tone=moment.tone.name()>
            {match moment.way {
                Some(way) => way.run(),
                None => view! { <span class="moment-mark"><Icon name=moment.icon/></span> }.into_any(),
            }}
            <div>
                <p class="moment-head">
                    <strong>{moment.who}</strong>
                    <span>{moment.what}</span>
                    <time class="meta" datetime=moment.at.clone() title=exact>{format::relative(&moment.at)}</time>
                </p>
                {moment.link.map(|(href, title)| view! { <p><a class="moment-title" href=href>{title}</a></p> })}
                {(!moment.text.is_empty()).then(|| view! { <p class="fact-lines">{moment.text}</p> })}
                {moment.changes.into_iter().map(|(name, before, after)| view! {
                    <p class="change">
                        <span class="muted">{name}</span>
                        {(!before.is_empty()).then(|| view! { <del>{before}</del><span aria-hidden="true">"→"</span> })}
                        <ins>{after}</ins>
                    </p>
                }).collect_view()}
            </div>
        </li>
    }
}
