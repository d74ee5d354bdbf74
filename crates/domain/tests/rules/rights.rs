//! What roles give: over which rows, to which fields, and to whom they may be handed on.

use std::collections::BTreeSet;

use std::sync::Arc;

use domain::catalogue::{Catalogue, FACILITIES, find, grantable};
use domain::lens::{Lens, Lenses};
use domain::permission::{Action, FieldRight, Governed, Grant, Permission, Right, Scope};
use domain::platform::shipped_roles::{ADMINISTRATOR, shipped_roles};
use domain::relations::Customer;
use domain::resource::Verb;
use domain::viewer::{Rights, RoleRights, Rows, Viewer};
use domain::{CATALOGUE, Code, Definition, Field, Resource};
use serde_json::{Map, Value, json};
use uuid::Uuid;

const ME: Uuid = Uuid::from_u128(1);
const ANOTHER: Uuid = Uuid::from_u128(2);
const MINE: Uuid = Uuid::from_u128(10);
const BELOW: Uuid = Uuid::from_u128(11);
const ELSEWHERE: Uuid = Uuid::from_u128(12);

fn scopes() -> impl Iterator<Item = Scope> {
    Scope::WORDS.iter().filter_map(|word| Scope::from_word(word))
}

fn rights() -> impl Iterator<Item = Right> {
    Right::WORDS.iter().filter_map(|word| Right::from_word(word))
}

fn grant(resource: &str, action: Action, scope: Scope) -> Grant {
    Grant { resource: resource.to_owned(), action, scope }
}

fn reader(scope: Scope, personal: Right) -> RoleRights {
    RoleRights { grants: vec![grant(Customer::NAME, Action::Read, scope)], personal, fields: vec![] }
}

fn right_to(field: &str, right: Right) -> FieldRight {
    FieldRight { resource: Customer::NAME.to_owned(), field: field.to_owned(), right }
}

fn with(roles: Vec<RoleRights>) -> Viewer {
    Viewer {
        user_id: ME,
        session_id: Uuid::nil(),
        department_id: Some(MINE),
        departments: vec![MINE, BELOW],
        rights: Rights::of(roles),
        today: "2026-11-21".parse().expect("a date"),
        utc_offset: 8 * 3600,
    }
}

/// Somebody who reads everything.
pub fn who_reads_all() -> Viewer {
    let grants = CATALOGUE.iter().map(|of| grant(of.name, Action::Read, Scope::All)).collect();
    with(vec![RoleRights { grants, personal: Right::Write, fields: vec![] }])
}

/// Somebody who reads all customers, but no cities.
pub fn viewer() -> Viewer {
    with(vec![RoleRights { fields: vec![right_to("city", Right::None)], ..reader(Scope::All, Right::Masked) }])
}

#[test]
fn each_scope_reaches_its_rows_and_no_others() {
    // Whose the rows are, and of which department: mine here, mine elsewhere, of the team, below it, elsewhere, nobody's.
    let rows = [
        (Some(ME), Some(MINE)),
        (Some(ME), Some(ELSEWHERE)),
        (Some(ANOTHER), Some(MINE)),
        (Some(ANOTHER), Some(BELOW)),
        (Some(ANOTHER), Some(ELSEWHERE)),
        (None, None),
    ];
    for scope in scopes() {
        let expected = match scope {
            Scope::Own => [true, true, false, false, false, false],
            Scope::Team => [true, true, true, false, false, false],
            Scope::Department => [true, true, true, true, false, false],
            Scope::All => [true; 6],
        };
        let reached = with(vec![reader(scope, Right::Read)]).rows(Customer::READ).expect("granted");
        assert_eq!(rows.map(|(owner, department)| reached.contains(owner, department)), expected, "{scope:?}");
    }
    let nobody = with(vec![reader(Scope::All, Right::Read)]).rows(Customer::DELETE);
    assert_eq!(nobody.expect_err("not granted").code, Code::Forbidden);
}

#[test]
fn who_has_no_department_reaches_only_his_own_rows_by_it() {
    let alone = Viewer { department_id: None, departments: vec![], ..with(vec![reader(Scope::Team, Right::Read)]) };
    let rows = alone.rows(Customer::READ).expect("granted");
    assert_eq!(rows, Rows::Departments { user: ME, departments: vec![] });
    assert!(rows.contains(Some(ME), None) && !rows.contains(None, None) && !rows.contains(Some(ANOTHER), Some(MINE)));
}

/// Through what somebody looks at a row of his own.
fn lens(viewer: &Viewer) -> Arc<Lens> {
    Lenses::of(Some(viewer), &Definition::of::<Customer>()).of_row(Some(ME), None)
}

/// What somebody sees of a record.
fn seen(viewer: &Viewer, record: Value) -> Value {
    let Value::Object(mut record) = record else { panic!("an object") };
    lens(viewer).apply(&mut record);
    Value::Object(record)
}

#[test]
fn each_right_shows_a_field_as_it_says_whether_the_role_names_it_or_not() {
    let record = || json!({"name": "华信", "phones": ["13812345678"], "fax": "075512345678"});
    for right in rights() {
        let by_rule = with(vec![reader(Scope::All, right)]);
        let expected = match right {
            Right::None => json!({"name": "华信"}),
            Right::Masked => json!({"name": "华信", "phones": ["138****5678"], "fax": "075****5678"}),
            Right::Read | Right::Write => record(),
        };
        assert_eq!(seen(&by_rule, record()), expected, "{right:?}");
        let fields = vec![right_to("name", right), right_to("phones", Right::Write), right_to("fax", Right::Read)];
        let by_name = with(vec![RoleRights { fields, ..reader(Scope::All, Right::None) }]);
        let expected = match right {
            Right::None => json!({"phones": ["13812345678"], "fax": "075512345678"}),
            Right::Masked => json!({"name": "华****", "phones": ["13812345678"], "fax": "075512345678"}),
            Right::Read | Right::Write => record(),
        };
        assert_eq!(seen(&by_name, record()), expected, "{right:?}");
    }
    assert_eq!(seen(&with(vec![]), record()), json!({}), "who reads nothing sees nothing");
}

#[test]
fn of_several_roles_the_widest_right_counts_but_only_of_those_that_read_the_resource() {
    let phone = Customer::FIELDS.iter().find(|field| field.personal).expect("a personal field");
    for one in rights() {
        for other in rights() {
            let both = Rights::of(vec![reader(Scope::Own, one), reader(Scope::Own, other)]);
            assert_eq!(both.field(Customer::NAME, phone), one.max(other), "{one:?} {other:?}");
            let writes = RoleRights {
                grants: vec![grant(Customer::NAME, Action::Update, Scope::All)],
                ..reader(Scope::All, other)
            };
            let reads_elsewhere =
                RoleRights { grants: vec![grant("contacts", Action::Read, Scope::All)], ..reader(Scope::All, other) };
            let only = Rights::of(vec![reader(Scope::Own, one), writes, reads_elsewhere]);
            assert_eq!(only.field(Customer::NAME, phone), one, "{one:?} {other:?}");
        }
    }
}

#[test]
fn a_lens_tells_what_it_hides_and_the_clear_one_hides_nothing() {
    let record = || Map::from_iter([("city".to_owned(), json!("深圳")), ("phones".to_owned(), json!(["13812345678"]))]);
    let mut whole = record();
    Lens::clear().apply(&mut whole);
    assert_eq!(whole, record());
    let lens = |role: RoleRights| lens(&with(vec![role]));
    assert!(Lens::clear().is_clear() && lens(reader(Scope::All, Right::Read)).is_clear());
    assert!(!lens(reader(Scope::All, Right::Masked)).is_clear(), "masked");
    let hiding = lens(RoleRights { fields: vec![right_to("city", Right::None)], ..reader(Scope::All, Right::Read) });
    assert!(!hiding.is_clear() && !hiding.shows("city") && hiding.shows("name"));
}

#[test]
fn the_widest_of_the_scopes_that_roles_give_counts_in_whatever_order() {
    for one in scopes() {
        for other in scopes() {
            let both = Rights::of(vec![reader(one, Right::Read), reader(other, Right::Read)]);
            assert_eq!(both.scope(Customer::READ), Some(one.max(other)), "{one:?} {other:?}");
            assert!(both.may(Customer::READ) && !both.may(Customer::UPDATE));
            let told = both.grants().into_iter().filter(|told| told.resource == Customer::NAME);
            assert_eq!(told.collect::<Vec<_>>(), [grant(Customer::NAME, Action::Read, one.max(other))]);
        }
    }
    assert_eq!(Rights::default().scope(Customer::READ), None);
}

#[test]
fn what_is_about_a_record_comes_with_the_rights_to_it_and_what_is_ones_own_with_any() {
    let rights = Rights::of(vec![RoleRights {
        grants: vec![grant("customers", Action::Read, Scope::Own), grant("customers", Action::Delete, Scope::Own)],
        ..reader(Scope::Own, Right::None)
    }]);
    let scope = |resource, action| rights.scope(Permission::new(resource, action));
    for action in [Action::Read, Action::Create, Action::Update, Action::Delete] {
        assert_eq!(scope("comments", action), Some(Scope::All), "{action:?}: as far as the customers reach");
    }
    assert_eq!(scope("notifications", Action::Read), Some(Scope::Own));
    let wide = Rights::of(vec![
        RoleRights {
            grants: vec![grant("notifications", Action::Read, Scope::All), grant("comments", Action::Read, Scope::All)],
            ..reader(Scope::Own, Right::None)
        }
        .meaningful(),
    ]);
    assert_eq!(wide.scope(Permission::new("notifications", Action::Read)), Some(Scope::Own), "nobody grants it");
    assert_eq!(wide.scope(Permission::new("customers", Action::Read)), None);
    assert_eq!(wide.scope(Permission::new("comments", Action::Read)), None);
    assert_eq!(Rights::default().scope(Permission::new("notifications", Action::Read)), None);
}

#[test]
fn grants_are_told_by_resource_and_action_in_one_order() {
    let pairs = [
        ("users", Action::Delete),
        ("users", Action::Read),
        ("contacts", Action::Update),
        ("contacts", Action::Create),
    ];
    let role = RoleRights {
        grants: pairs.map(|(resource, action)| grant(resource, action, Scope::Own)).to_vec(),
        ..reader(Scope::Own, Right::None)
    };
    // What is about a record is told with the rights over that, and has a test of its own.
    let own = |told: &Grant| pairs.iter().any(|(resource, _)| *resource == told.resource);
    let granted = Rights::of(vec![role]).grants().into_iter().filter(own);
    let told: Vec<_> = granted.map(|grant| (grant.resource, grant.action)).collect();
    let expected = [pairs[3], pairs[2], pairs[1], pairs[0]].map(|(resource, action)| (resource.to_owned(), action));
    assert_eq!(told, expected);
}

#[test]
fn one_hands_on_what_one_holds_up_to_the_same_and_not_beyond() {
    for mine in scopes() {
        for theirs in scopes() {
            let rights = Rights::of(vec![reader(mine, Right::Read)]);
            assert_eq!(
                rights.cover(&reader(theirs, Right::Read), Catalogue::built()),
                theirs <= mine,
                "{mine:?} {theirs:?}"
            );
        }
    }
    for mine in rights() {
        for theirs in rights() {
            let held = Rights::of(vec![reader(Scope::All, mine)]);
            assert_eq!(
                held.cover(&reader(Scope::All, theirs), Catalogue::built()),
                theirs <= mine,
                "{mine:?} {theirs:?}"
            );
            let named = |right| RoleRights { fields: vec![right_to("city", right)], ..reader(Scope::All, Right::None) };
            let held = Rights::of(vec![named(mine)]);
            assert_eq!(held.cover(&named(theirs), Catalogue::built()), theirs <= mine, "{mine:?} {theirs:?}");
        }
    }
    let held = Rights::of(vec![reader(Scope::All, Right::Write)]);
    for action in Action::WORDS.iter().filter_map(|word| Action::from_word(word)) {
        let role =
            RoleRights { grants: vec![grant(Customer::NAME, action, Scope::Own)], ..reader(Scope::Own, Right::None) };
        assert_eq!(held.cover(&role, Catalogue::built()), action == Action::Read, "{action:?}");
    }
    let elsewhere =
        RoleRights { grants: vec![grant("users", Action::Read, Scope::Own)], ..reader(Scope::Own, Right::None) };
    assert!(!held.cover(&elsewhere, Catalogue::built()));
}

#[test]
fn a_role_names_only_what_there_is_and_everything_once() {
    let told = |role: RoleRights| -> Vec<(String, String)> {
        role.faults(Catalogue::built()).into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    };
    let pair = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    let base = || reader(Scope::Own, Right::Read);
    assert_eq!(
        told(RoleRights { fields: vec![right_to("city", Right::Read), right_to("name", Right::Read)], ..base() }),
        []
    );
    let grants =
        vec![grant(Customer::NAME, Action::Read, Scope::Own), grant(Customer::NAME, Action::Update, Scope::Own)];
    assert_eq!(told(RoleRights { grants, ..base() }), []);
    let twice = vec![grant(Customer::NAME, Action::Read, Scope::Own), grant(Customer::NAME, Action::Read, Scope::All)];
    assert_eq!(told(RoleRights { grants: twice, ..base() }), [pair("/grants/1", "repeated")]);
    let twice = vec![right_to("city", Right::Read), right_to("city", Right::None)];
    assert_eq!(told(RoleRights { fields: twice, ..base() }), [pair("/fields/1", "repeated")]);
    let elsewhere = FieldRight { resource: "users".into(), ..right_to("city", Right::Read) };
    assert_eq!(told(RoleRights { fields: vec![elsewhere], ..base() }), [pair("/fields/0/field", "not_a_choice")]);
    for facility in FACILITIES {
        for scope in scopes() {
            let role = RoleRights { grants: vec![grant(facility.name, facility.actions[0], scope)], ..base() };
            let expected = if scope == Scope::All { vec![] } else { vec![pair("/grants/0/scope", "not_a_choice")] };
            assert_eq!(told(role), expected, "{} {scope:?}", facility.name);
        }
    }
}

#[test]
fn the_actions_of_a_resource_follow_from_its_verbs() {
    for (verb, expected) in [
        (Verb::List, vec![Action::Read]),
        (Verb::Find, vec![Action::Read]),
        (Verb::Create, vec![Action::Create, Action::Import]),
        (Verb::Update, vec![Action::Update, Action::Assign]),
        (Verb::Delete, vec![Action::Delete]),
    ] {
        let verbs: &[Verb] = Box::leak(Box::new([verb]));
        for fields in [&[][..], Customer::FIELDS] {
            let definition = Definition { verbs, fields, ..Definition::of::<Customer>() };
            // What goes out in files is no verb of the wire.
            let actions: BTreeSet<_> = definition.actions().filter(|action| *action != Action::Export).collect();
            let reveal = fields.iter().any(|field: &Field| field.personal).then_some(Action::Reveal);
            assert_eq!(actions, expected.iter().copied().chain(reveal).collect(), "{verb:?}");
        }
    }
    let all: BTreeSet<_> = Definition::of::<Customer>().actions().collect();
    assert_eq!(all, Action::WORDS.iter().filter_map(|word| Action::from_word(word)).collect());
}

#[test]
fn everything_can_be_granted_and_every_shipped_role_grants_what_there_is() {
    let names: Vec<_> = grantable().map(|of| of.name).collect();
    let by_roles = CATALOGUE.iter().filter(|of| of.governed == Governed::ByRoles);
    let known = by_roles.map(|of| of.name).chain(FACILITIES.iter().map(|of| of.name));
    assert_eq!(names, known.collect::<Vec<_>>());
    for of in grantable() {
        assert_eq!(of.scopes, if find(of.name).is_some() { Scope::ALL } else { &[Scope::All] }, "{}", of.name);
    }
    let shipped = shipped_roles();
    let has = |key: &str, resource: &'static str, action| {
        let role = shipped.iter().find(|role| role.key == key).expect("shipped");
        role.grants.iter().find(|grant| grant.resource == resource && grant.action == action).map(|grant| grant.scope)
    };
    for of in grantable() {
        for action in &of.actions {
            assert_eq!(has(ADMINISTRATOR, of.name, *action), Some(Scope::All), "{} {action:?}", of.name);
        }
        let looks = of.actions.contains(&Action::Read).then_some(Scope::All);
        assert_eq!(has("auditor", of.name, Action::Read), looks, "{}", of.name);
        assert_eq!(has("auditor", of.name, Action::Update), None, "{}", of.name);
    }
    for (key, action, scope) in [
        ("sales", Action::Read, Some(Scope::Own)),
        ("sales", Action::Reveal, None),
        ("sales_manager", Action::Read, Some(Scope::Department)),
        ("service_agent", Action::Reveal, Some(Scope::All)),
        ("service_agent", Action::Delete, None),
        ("marketing", Action::Import, Some(Scope::All)),
        ("analyst", Action::Update, None),
        ("integration", Action::Delete, Some(Scope::All)),
    ] {
        assert_eq!(has(key, Customer::NAME, action), scope, "{key} {action:?}");
        assert_eq!(has(key, "users", Action::Read), Some(Scope::All), "{key} sees colleagues");
        assert_eq!(has(key, "users", Action::Update), None, "{key}");
    }
}

#[test]
fn a_permission_is_written_as_resource_and_action() {
    assert_eq!(Permission::new("customers", Action::Read).to_string(), "customers.read");
    assert_eq!(Permission::new("keys", Action::Update).to_string(), "keys.update");
}
