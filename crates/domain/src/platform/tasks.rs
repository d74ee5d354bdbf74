//! A task: what somebody has to do, by when, and about which record.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::act::Act;
use crate::choice;
use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::preset::{Held, Preset};
use crate::references::Link;
use crate::resource::{Area, Resource};

pub type TaskId = Id<Task>;

choice! {
    pub enum TaskPriority { High = "high", Normal = "normal", Low = "low" }
}

choice! {
    pub enum TaskStatus { Open = "open", Done = "done" }
}

choice! {
    /// How often it has to be done; the next one is there as soon as this one is done.
    pub enum TaskRepeat { Daily = "daily", Weekly = "weekly", Monthly = "monthly", Yearly = "yearly" }
}

choice! {
    /// What tasks can be about, by the name of the resource.
    pub enum TaskAbout {
        Customers = "customers",
        Contacts = "contacts",
        ContactRecords = "contact-records",
        Opportunities = "opportunities",
        Leads = "leads",
        Quotes = "quotes",
        Orders = "orders",
        Contracts = "contracts",
        Invoices = "invoices",
        PaymentPlans = "payment-plans",
        Payments = "payments",
        ServiceRequests = "service-requests",
        Tickets = "tickets",
        Products = "products",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::tasks, treat_none_as_null = true))]
pub struct Task {
    pub subject: String,
    pub due_on: Option<NaiveDate>,
    pub priority: TaskPriority,
    pub status: TaskStatus,
    #[serde(with = "crate::instant::option")]
    pub remind_at: Option<DateTime<Utc>>,
    pub repeat: Option<TaskRepeat>,
    pub about_type: Option<TaskAbout>,
    pub about_id: Option<Uuid>,
    pub notes: Option<String>,
    #[serde(with = "crate::instant::option")]
    pub done_at: Option<DateTime<Utc>>,
    /// The task that this one repeats.
    #[cfg_attr(feature = "store", schema(value_type = Option<uuid::Uuid>))]
    pub repeats_id: Option<TaskId>,
}

impl Default for Task {
    fn default() -> Self {
        Self {
            subject: String::new(),
            due_on: None,
            priority: TaskPriority::Normal,
            status: TaskStatus::Open,
            remind_at: None,
            repeat: None,
            about_type: None,
            about_id: None,
            notes: None,
            done_at: None,
            repeats_id: None,
        }
    }
}

impl Resource for Task {
    const NAME: &'static str = "tasks";
    const AREA: Area = Area::Platform;
    const TITLE: &'static str = "subject";
    const STATE: Option<&'static str> = Some("status");
    /// The task stays when its record goes: it is its owner's, who is told that the record is gone.
    const LINK: Option<Link> = Some(Link { kind: "about_type", id: "about_id" });
    const TOLD_AT: Option<&'static str> = Some("created_at");
    const ACTS: &'static [Act] = &[
        Act::new("completion").from(&["open"]).to("done").ticked("reopening"),
        Act::new("reopening").from(&["done"]).to("open"),
    ];
    const PRESETS: &'static [Preset] = &[
        Preset::new("mine", &[Held::is("status", "open")]).own().told(),
        Preset::new("due", &[Held::is("status", "open"), Held::until("due_on", "@today")]).own().told().counted(),
        Preset::new("late", &[Held::is("status", "open"), Held::before("due_on", "@today")]).own().told(),
        Preset::new("done", &[Held::is("status", "done")]),
    ];
    const FIELDS: &'static [Field] = &[
        Field::new("subject", Kind::Text).searched().required().filterable().sortable().listed().quick(),
        Field::new("due_on", Kind::Date).filterable().sortable().listed().quick(),
        Field::new("priority", Kind::Choice(TaskPriority::WORDS))
            .required()
            .default("normal")
            .filterable()
            .listed()
            .quick(),
        Field::new("status", Kind::Choice(TaskStatus::WORDS))
            .required()
            .default("open")
            .create_only()
            .filterable()
            .listed(),
        Field::new("repeat", Kind::Choice(TaskRepeat::WORDS)).filterable(),
        Field::new("remind_at", Kind::Instant).filterable(),
        Field::new("notes", Kind::LongText).quick(),
        Field::new("about_type", Kind::Choice(TaskAbout::WORDS)).filterable().group("about"),
        Field::new("about_id", Kind::Id).filterable().listed().group("about"),
        Field::new("done_at", Kind::Instant).create_only().filterable().sortable().group("about"),
        Field::new("repeats_id", Kind::Reference("tasks")).read_only().group("about"),
    ];

    fn title(&self) -> &str {
        &self.subject
    }

    fn follow(&mut self, before: Option<&Self>, at: DateTime<Utc>) {
        if before.is_some_and(|before| before.status == self.status) {
            return;
        }
        match self.status {
            TaskStatus::Done => drop(self.done_at.get_or_insert(at)),
            TaskStatus::Open => self.done_at = None,
        }
    }

    fn check(&self, _before: Option<&Self>) -> Vec<Fault> {
        let mut faults = Vec::new();
        match (self.about_type, self.about_id) {
            (Some(_), None) => faults.push(Fault::field("about_id", "required")),
            (None, Some(_)) => faults.push(Fault::field("about_type", "required")),
            _ => {}
        }
        if self.repeat.is_some() && self.due_on.is_none() {
            faults.push(Fault::field("due_on", "required"));
        }
        faults
    }
}

impl Task {
    /// The task that comes after this one, if it is repeated: the same, to be done on the next of its days after today.
    /// Days that were missed do not pile up. `before` is the day of the one that this one repeats: the 31st is meant again
    /// after a month that had none.
    pub fn next(&self, id: Uuid, today: NaiveDate, before: Option<NaiveDate>) -> Option<Self> {
        let (repeat, due) = (self.repeat?, self.due_on?);
        let is_cut_short = due.succ_opt().is_some_and(|day| day.day() == 1);
        let from = before.filter(|before| is_cut_short && before.day() > due.day()).unwrap_or(due);
        let next = (1..).map_while(|times| repeat.after(from, times)).find(|day| *day > today.max(due))?;
        let later = TimeDelta::days((next - due).num_days());
        Some(Self {
            due_on: Some(next),
            remind_at: self.remind_at.map(|at| at + later),
            status: TaskStatus::Open,
            done_at: None,
            repeats_id: Some(TaskId::new(id)),
            ..self.clone()
        })
    }
}

impl TaskRepeat {
    /// The day so many times later. Counted from the first, so that the 31st is not lost in a shorter month.
    fn after(self, day: NaiveDate, times: u32) -> Option<NaiveDate> {
        let next = match self {
            TaskRepeat::Daily => day.checked_add_days(Days::new(u64::from(times))),
            TaskRepeat::Weekly => day.checked_add_days(Days::new(7 * u64::from(times))),
            TaskRepeat::Monthly => day.checked_add_months(Months::new(times)),
            TaskRepeat::Yearly => day.checked_add_months(Months::new(12 * times)),
        };
        next.filter(|day| crate::text::days::YEARS.contains(&day.year()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::check;

    fn now() -> DateTime<Utc> {
        "2026-11-29T02:00:00Z".parse().expect("an instant")
    }

    fn task(body: Value) -> Result<Task, Vec<Fault>> {
        check::own::create(body.as_object().expect("an object"), now())
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn when_it_was_done_follows_from_its_being_done_and_goes_when_it_is_open_again() {
        let open = task(json!({"subject": "寄样品"})).expect("valid");
        let act = |before: &Task, place: usize| {
            check::own::act(before, &Task::ACTS[place], &Map::new(), now()).expect("done")
        };
        let done = act(&open, 0);
        assert_eq!((done.status, done.done_at), (TaskStatus::Done, Some(now())));
        assert_eq!(act(&done, 1), open);
    }

    #[test]
    fn a_link_has_both_its_ends_and_what_is_repeated_has_a_day() {
        let faults = |body| task(body).expect_err("refused");
        assert_eq!(faults(json!({"subject": "x", "about_type": "customers"})), [Fault::field("about_id", "required")]);
        assert_eq!(faults(json!({"subject": "x", "about_id": Uuid::max()})), [Fault::field("about_type", "required")]);
        assert_eq!(faults(json!({"subject": "x", "repeat": "daily"})), [Fault::field("due_on", "required")]);
    }

    #[test]
    fn the_next_one_is_due_on_the_next_of_its_days_and_missed_ones_do_not_pile_up() {
        for (repeat, due, today, next) in [
            ("daily", "2026-11-29", "2026-11-29", "2026-11-30"),
            ("daily", "2026-11-20", "2026-11-29", "2026-11-30"),
            ("weekly", "2026-11-02", "2026-11-29", "2026-11-30"),
            ("weekly", "2026-12-07", "2026-11-29", "2026-12-14"),
            ("monthly", "2026-01-31", "2026-01-31", "2026-02-28"),
            ("monthly", "2026-01-31", "2026-02-28", "2026-03-31"),
            ("yearly", "2024-02-29", "2026-11-29", "2027-02-28"),
        ] {
            let body =
                json!({"subject": "x", "repeat": repeat, "due_on": due, "remind_at": format!("{due}T01:00:00Z")});
            let next_one = task(body).expect("valid").next(Uuid::max(), day(today), None).expect("a next one");
            assert_eq!(next_one.due_on, Some(day(next)), "{repeat} {due} {today}");
            assert_eq!(next_one.remind_at.map(|at| at.date_naive()), Some(day(next)), "{repeat} {due} {today}");
        }
        assert_eq!(
            task(json!({"subject": "x", "due_on": "2026-11-29"})).expect("valid").next(
                Uuid::max(),
                day("2026-11-29"),
                None
            ),
            None
        );
    }

    #[test]
    fn a_shorter_month_does_not_move_the_day_for_good() {
        let body = json!({"subject": "x", "repeat": "monthly", "due_on": "2027-02-28"});
        let task = task(body).expect("valid");
        let next = |before: Option<&str>| {
            task.next(Uuid::max(), day("2027-02-28"), before.map(day)).and_then(|next| next.due_on)
        };
        assert_eq!(next(Some("2027-01-31")), Some(day("2027-03-31")));
        assert_eq!(next(Some("2027-01-28")), Some(day("2027-03-28")));
        assert_eq!(next(None), Some(day("2027-03-28")));
    }
}
