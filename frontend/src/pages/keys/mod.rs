//! The keys of the installation: what signs and seals, who replaced it and why, and how far the sealing anew is.

mod asked;
mod sealing;

use domain::instant;
use domain::permission::Action;
use domain::platform::keys::{FACILITY, Key, KeyState, Purpose};
use leptos::prelude::*;
use leptos::task::spawn_local;

use self::asked::{Asked, AskedDialog};
use self::sealing::Sealing;
use crate::api::keys;
use crate::resource::{labels, names, record};
use crate::ui::{Banner, Button, Kind, Load, Loaded, Page, Tag, Tone};
use crate::{dom, format, lazy, session, t};

lazy!(administration, page, |_| view! { <Keys/> }.into_any());

/// Between two looks while something changes by itself.
const POLL: i32 = 2000;

const PURPOSES: [Purpose; 4] = [Purpose::Sign, Purpose::Seal, Purpose::Blind, Purpose::Cursor];

/// All keys, by what they are for.
#[component]
fn Keys() -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let known = RwSignal::new(keys::Keys::default());
    let (asked, open) = (RwSignal::new(None::<Asked>), RwSignal::new(false));
    // Each reading takes the place of the one before, whose loop then ends.
    let reading = StoredValue::new(0_u32);
    let read = move || {
        reading.update_value(|reading| *reading += 1);
        let own = reading.get_value();
        spawn_local(async move {
            while reading.try_get_value() == Some(own) {
                match keys::all().await {
                    Ok(found) => {
                        let settled = is_settled(&found);
                        load.try_set(Load::Ready);
                        known.try_set(found);
                        if settled {
                            return;
                        }
                    }
                    // What is there stays readable; the frame of the page says that the network is gone.
                    Err(problem) if problem.status == 0 && load.try_get_untracked() == Some(Load::Ready) => {}
                    Err(problem) => {
                        load.try_set(record::failed(&problem));
                        return;
                    }
                }
                dom::pause(POLL).await;
            }
        });
    };
    read();
    let ask = Callback::new(move |wanted: Asked| {
        asked.set(Some(wanted));
        open.set(true);
    });
    let groups = move || {
        known.with(|known| {
            let group = |purpose| group(purpose, known.data.iter().filter(|key| key.purpose == purpose), ask);
            PURPOSES.map(group).into_iter().collect_view()
        })
    };
    view! {
        <Page title=labels::plural(FACILITY.name) note=t!("key.note")>
            <Loaded state=load on_retry=move |()| { load.set(Load::Waiting); read(); }>
                <div class="stack">
                    {move || damage(known.with(|known| known.unreadable))}
                    <Sealing known on_begun=move |()| read()/>
                    {groups}
                </div>
            </Loaded>
        </Page>
        <AskedDialog asked open on_done=move |()| read()/>
    }
}

/// What nobody can read any more is told until somebody mends it.
fn damage(count: u64) -> Option<AnyView> {
    (count > 0).then(|| view! { <Banner tone=Tone::Warn>{t!("key.unreadable", count = count)}</Banner> }.into_any())
}

/// Whether nothing changes any more unless somebody does something.
fn is_settled(keys: &keys::Keys) -> bool {
    let is_under_way = keys.resealing.as_ref().is_some_and(|job| job.is_under_way());
    !is_under_way && keys.data.iter().all(|key| key.state != KeyState::Announced)
}

/// Whether the person may replace keys and withdraw them.
fn may_replace() -> bool {
    session::may(FACILITY.name, Action::Update)
}

/// The keys of one purpose, newest first.
fn group<'a>(purpose: Purpose, keys: impl Iterator<Item = &'a Key>, ask: Callback<Asked>) -> AnyView {
    let word = purpose.word();
    let replace = (purpose.is_replaced() && may_replace()).then(|| {
        view! { <Button label=t!("key.replace") icon="refresh-cw" small=true writes=true on_press=move |()| ask.run(Asked::Replace(purpose))/> }
    });
    view! {
        <section class="card" aria-labelledby=format!("keys-{word}")>
            <header class="card-head">
                <h2 id=format!("keys-{word}") tabindex="-1">{t!(&format!("key.purpose.{word}"))}</h2>
                {replace}
            </header>
            <div class="card-body"><p class="muted">{t!(&format!("key.purpose.{word}-text"))}</p></div>
            <ul>{keys.map(|key| line(key, ask)).collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn line(key: &Key, ask: Callback<Asked>) -> AnyView {
    let (word, tone) = match key.state {
        KeyState::Announced => (t!("key.announced"), Tone::Info),
        KeyState::InUse => (t!("key.in-use"), Tone::Ok),
        KeyState::Kept => (t!("key.kept"), Tone::Plain),
        KeyState::Withdrawn => (t!("key.withdrawn"), Tone::Plain),
    };
    let id = key.id.clone();
    let withdraw = (key.state == KeyState::Kept && key.purpose.is_replaced() && may_replace()).then(|| {
        view! { <Button label=t!("key.withdraw") small=true kind=Kind::Quiet writes=true on_press=move |()| ask.run(Asked::Withdraw(id.clone()))/> }
    });
    let made = deed(
        |who, when| t!("key.made", who = who, when = when),
        &instant::format(key.created_at),
        key.created_by,
        key.created_for.clone(),
    );
    let ended = key.withdrawn_at.map(|at| {
        deed(
            |who, when| t!("key.ended", who = who, when = when),
            &instant::format(at),
            key.withdrawn_by,
            key.withdrawn_for.clone(),
        )
    });
    view! {
        <li class="card-row">
            <span class="lines grow">
                <span class="card-title">{key.id.clone()}</span>
                {made}
                {ended}
            </span>
            <Tag text=word tone/>
            {withdraw}
        </li>
    }
    .into_any()
}

/// Who did something, when, and why.
fn deed(told: fn(String, &str) -> String, at: &str, by: Option<uuid::Uuid>, reason: Option<String>) -> AnyView {
    let who = by.map(|id| names::name_of("users", &id.to_string()));
    let when = format::date_time(at);
    let sentence = move || {
        let who = who.as_ref().map_or_else(|| t!("history.system"), |who| who.get());
        told(who, &when)
    };
    view! { <span class="meta">{sentence}{reason.map(|reason| format!(" · {reason}"))}</span> }.into_any()
}
