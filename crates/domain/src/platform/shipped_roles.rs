//! The roles a new installation starts with. They are ordinary rows afterwards and may be changed.

use crate::catalog::{Product, ProductCategory};
use crate::catalogue;
use crate::finance::{Invoice, Payment, PaymentPlan};
use crate::permission::{Action, Grant, Right, Scope};
use crate::platform::{Department, Task, User};
use crate::relations::{Contact, ContactRecord, Customer, CustomerType, Lead, Tag};
use crate::resource::Resource;
use crate::sales::{Contract, Opportunity, Order, Pipeline, Quote, Stage};
use crate::service::{ServiceRequest, Ticket};

/// A role as it is shipped; its name is at the message key `role.<key>`, what it is for at `role.<key>.note`.
pub struct ShippedRole {
    pub key: &'static str,
    pub personal: Right,
    pub grants: Vec<Grant>,
}

pub const ADMINISTRATOR: &str = "administrator";

use Action::{Assign, Create, Delete, Export, Import, Merge, Read, Reveal, Update};

const EVERYTHING: &[Action] = &[Read, Create, Update, Delete, Assign, Import, Export, Reveal, Merge];
const WORK: &[Action] = &[Read, Create, Update];
const LOOK: &[Action] = &[Read];

const PEOPLE: &[&str] = &[User::NAME, Department::NAME];
/// What people work with all day.
const WORKED_ON: &[&str] = &[Lead::NAME, Customer::NAME, Contact::NAME, ContactRecord::NAME, Opportunity::NAME];
/// What is promised to a customer in writing.
const PROMISED: &[&str] = &[Quote::NAME, Order::NAME, Contract::NAME];
/// What customers owe, and the money that comes in for it.
const OWED: &[&str] = &[Invoice::NAME, PaymentPlan::NAME, Payment::NAME];
/// What customers ask of whoever serves them.
const ASKED: &[&str] = &[ServiceRequest::NAME, Ticket::NAME];
/// What whoever serves customers looks after.
const SERVED: &[&str] = &[Customer::NAME, Contact::NAME];
/// What everybody writes down who speaks with them.
const WRITTEN: &[&str] = &[ContactRecord::NAME];
/// What an administrator keeps for everybody.
const LISTS: &[&str] =
    &[CustomerType::NAME, Tag::NAME, Pipeline::NAME, Stage::NAME, Product::NAME, ProductCategory::NAME];

pub fn shipped_roles() -> Vec<ShippedRole> {
    let everywhere = |wanted: &[Action]| {
        let granted = catalogue::grantable().flat_map(|of| {
            let actions: Vec<_> = of.actions.into_iter().filter(|action| wanted.contains(action)).collect();
            grants(&[of.name], &actions, Scope::All)
        });
        granted.collect::<Vec<_>>()
    };
    let colleagues = || [grants(PEOPLE, LOOK, Scope::All), grants(LISTS, LOOK, Scope::All)].concat();
    let served = || grants(SERVED, &[Read, Update, Reveal], Scope::All);
    // Who sells sees what his customers ask for, and who serves them what they were promised.
    let selling = |what: &[Action], scope: Scope| {
        let sold = grants(&[WORKED_ON, PROMISED, OWED].concat(), what, scope);
        [sold, grants(ASKED, WORK, scope)].concat()
    };
    let serving = |what: &[Action]| {
        let asked = [grants(ASKED, what, Scope::All), grants(WRITTEN, WORK, Scope::All)].concat();
        [asked, grants(&[Opportunity::NAME], LOOK, Scope::All), grants(PROMISED, LOOK, Scope::All)].concat()
    };
    // Who counts the money sees by what it is owed, and the customers that owe it.
    let counting = || {
        let known = grants(&[PROMISED, &[Contact::NAME]].concat(), LOOK, Scope::All);
        [grants(OWED, EVERYTHING, Scope::All), grants(&[Customer::NAME], &[Read, Update], Scope::All), known].concat()
    };
    // Everybody has something to do; who leads a department sees what its people have to do.
    let own_tasks = || grants(&[Task::NAME], &[Read, Create, Update, Delete], Scope::Own);
    let tasks_of_all = || grants(&[Task::NAME], EVERYTHING, Scope::Department);
    // Whoever puts tags on records may make new ones.
    let tagging = |own: Vec<Grant>| [own, grants(&[Tag::NAME], &[Create, Update], Scope::All)].concat();
    let with = |own: Vec<Grant>| [own, own_tasks(), colleagues()].concat();
    let leads = |own: Vec<Grant>| [own, tasks_of_all(), colleagues()].concat();
    let integrated = || {
        let worked_on = [WORKED_ON, PROMISED, OWED, ASKED, &[Task::NAME]].concat();
        [grants(&worked_on, &[Read, Create, Update, Delete], Scope::All), colleagues()].concat()
    };
    vec![
        role(ADMINISTRATOR, Right::Write, everywhere(EVERYTHING)),
        role("sales_manager", Right::Write, tagging(leads(selling(EVERYTHING, Scope::Department)))),
        role("sales", Right::Write, tagging(with(selling(&[Read, Create, Update, Delete, Import, Merge], Scope::Own)))),
        role(
            "service_manager",
            Right::Write,
            tagging(leads([serving(EVERYTHING), grants(SERVED, WORK, Scope::All)].concat())),
        ),
        role("service_agent", Right::Masked, tagging(with([serving(WORK), served()].concat()))),
        role("accountant", Right::Masked, with(counting())),
        role("marketing", Right::Masked, tagging(with(grants(WORKED_ON, &[Read, Create, Update, Import], Scope::All)))),
        role("analyst", Right::Masked, with(grants(&[WORKED_ON, PROMISED, OWED, ASKED].concat(), LOOK, Scope::All))),
        role("auditor", Right::Masked, everywhere(LOOK)),
        role("integration", Right::Write, integrated()),
    ]
}

fn role(key: &'static str, personal: Right, grants: Vec<Grant>) -> ShippedRole {
    ShippedRole { key, personal, grants }
}

/// As far as the actions mean something for the resources.
fn grants(resources: &[&str], actions: &[Action], scope: Scope) -> Vec<Grant> {
    let known = catalogue::grantable().filter(|of| resources.contains(&of.name));
    let meant = known.flat_map(|of| of.actions.into_iter().map(move |action| (of.name, action)));
    let meant = meant.filter(|(_, action)| actions.contains(action));
    meant.map(|(resource, action)| Grant { resource: resource.to_owned(), action, scope }).collect()
}
