//! Lists: which rows are in one, and in what order.

use domain::error::{Code, Error};
use domain::filter::{Context, Filter, Op};
use domain::listing::{Count, Deleted, Listing, Sort};
use domain::permission::{Action, Permission};
use domain::resource::Definition;
use domain::viewer::{Rows, Viewer};

use super::count::{self, ENOUGH};
use super::{Passing, context, passing, present, see};
use crate::db::Db;
use crate::error::Result;
use crate::paging::{self, Cursor, Listed, Order};
use crate::sql::Sql;
use crate::table::{Selection, Stored};
use crate::{filter, reveal, search};

/// Which rows are in a list.
pub(super) struct Scope {
    pub(super) condition: Sql,
    /// Whether the list is one of the few that are asked for all day, so that preparing its statement pays.
    recurs: bool,
    /// The masked fields in which it looks a value up; see [`reveal::look_up`].
    looked_up: Vec<String>,
    /// The condition without the words of a search, and about which share of its rows these let through.
    pub(super) unsearched: Sql,
    pub(super) share: f64,
}

/// The condition under which rows are in a list: present, visible, and passing the filter. No masked value can be found by
/// it, because what becomes of many rows at once shows nobody which they were.
pub(crate) async fn condition_of_list<R: Stored>(db: &Db, listing: &Listing, action: Permission) -> Result<Sql> {
    Ok(scope_of_list::<R>(db, listing, action, false).await?.condition)
}

async fn scope_of_list<R: Stored>(db: &Db, listing: &Listing, action: Permission, lookup: bool) -> Result<Scope> {
    let definition = db.definition::<R>();
    let context = context(db, definition);
    let Passing { mut parts, mut looked_up } = passing(db, &context, &listing.filter, action, lookup)?;
    let mut recurs = recurs(definition, listing, &db.rows(action)?);
    parts.insert(0, presence::<R>(db, listing)?);
    if let Some(within) = sorted_within(&context, listing)? {
        recurs = false;
        parts.push(filter::rows(&within, R::TABLE));
    }
    let (unsearched, mut share) = (Sql::and(parts.clone()), 1.0);
    if let Some(q) = &listing.q {
        // Counting goes beyond the page, exactly to the end; and an order without an index takes all rows too.
        let page = match listing.count {
            Count::None => Some(paging::limit(listing)),
            Count::Estimate => Some(ENOUGH),
            Count::Exact => None,
        };
        let page = page.filter(|_| paging::walks(definition, listing));
        let search = search::condition::<R>(&mut db.read().await?, q, page, lookup).await?;
        recurs &= search.recurs;
        share = search.share;
        looked_up.extend(search.looked_up);
        parts.push(search.condition);
    }
    Ok(Scope { condition: Sql::and(parts), recurs, looked_up, unsearched, share })
}

/// Who sees what is deleted is who can bring it back.
fn presence<R: Stored>(db: &Db, listing: &Listing) -> Result<Sql> {
    let table = R::TABLE;
    match listing.deleted {
        Deleted::Without => Ok(present(table)),
        Deleted::Only => {
            let deleted = Sql::new(format!("{table}.deleted_at is not null"));
            Ok(Sql::and(vec![deleted, filter::rows(&db.rows(R::DELETE)?, table)]))
        }
    }
}

/// The order of rows tells about the values they are ordered by: only those rows can stand in it whose values the caller
/// reads.
fn sorted_within(context: &Context<'_>, listing: &Listing) -> Result<Option<Rows>> {
    let Some(viewer) = context.viewer else { return Ok(None) };
    let fields = listing.sort.iter().filter_map(|sort| context.definition.field(&sort.field));
    let reaches = fields.map(|field| viewer.rights.reads(context.definition.name, field));
    match reaches.min() {
        None => Ok(None),
        Some(None) => Err(Code::FieldForbidden.into()),
        Some(Some(reach)) => Ok(context.narrower(reach)),
    }
}

pub async fn list<R: Stored>(db: &Db, listing: &Listing) -> Result<Listed<R>> {
    let definition = db.definition::<R>();
    listing.check(definition)?;
    let listing = &in_order(db, definition, listing);
    let cursor = Cursor::read(db, R::NAME, listing)?;
    let costly = !recurs(definition, listing, &db.rows(R::READ)?) || listing.count != Count::None;
    let _turn = if costly { db.turn().await? } else { None };
    let mut scope = scope_of_list::<R>(db, listing, R::READ, true).await?;
    let (recurs, looked_up) = (scope.recurs, std::mem::take(&mut scope.looked_up));
    let order = Order::of::<R>(db, listing);
    let backwards = cursor.as_ref().is_some_and(|cursor| cursor.backwards);
    let condition = match cursor.as_ref().and_then(|cursor| cursor.position.as_ref()) {
        Some(position) => {
            let beyond = order.beyond(position, backwards).ok_or(Error::new(Code::InvalidCursor))?;
            Sql::and(vec![scope.condition.clone(), beyond])
        }
        None => scope.condition.clone(),
    };
    let limit = paging::limit(listing) as i64 + 1;
    let selection = Selection { condition, order: order.sql(backwards), limit };
    let selection = if recurs { selection.recurring() } else { selection };
    // In the order of the newest these have an index to walk, and so are short for certain.
    let rows = if !looked_up.is_empty() {
        db.write(async |tx| reveal::look_up::<R>(tx, &looked_up, selection).await).await?
    } else if recurs && paging::begins_with_newest(definition, listing) && listing.q.is_none() {
        db.ask(async |connection| R::load(connection, selection.clone()).await).await?
    } else {
        R::load(&*db.read().await?, selection).await?
    };
    let rows = see::<R>(db, rows)?;
    let mut listed = paging::turn(db, listing, &order, cursor, rows);
    (listed.page.total, listed.page.estimated) = count::count::<R>(db, listing.count, scope).await?;
    Ok(listed)
}

/// A list that is asked for in no order begins with the newest, where the caller may know which ones those are.
fn in_order(db: &Db, of: &Definition, listing: &Listing) -> Listing {
    let known = |viewer: &Viewer| {
        let read = Permission::new(of.name, Action::Read);
        of.field(of.newest).and_then(|field| viewer.rights.reads(of.name, field)) >= viewer.rights.scope(read)
    };
    let mut listing = listing.clone();
    let is_bin = listing.deleted == Deleted::Only;
    if listing.sort.is_empty() && !is_bin && of.newest != "updated_at" && db.viewer().is_none_or(known) {
        listing.sort.push(Sort { field: of.newest.to_owned(), descending: true });
    }
    listing
}

/// Whether a filter is one of the few that are asked for all day: everything, or what belongs to one owner, customer or
/// parent. Their plan is the same for all values; every other list is planned for its own.
fn recurs(of: &Definition, listing: &Listing, rows: &Rows) -> bool {
    let by_reference = |filter: &Filter| match filter {
        Filter::Test(test) => {
            test.op == Op::Eq && matches!(test.field.as_str(), "owner_id" | "customer_id" | "parent_id")
        }
        Filter::And(parts) => parts.and.is_empty(),
        _ => false,
    };
    let filter = match &listing.filter {
        Filter::And(parts) if parts.and.len() == 1 => by_reference(&parts.and[0]),
        filter => by_reference(filter),
    };
    filter
        && listing.deleted == Deleted::Without
        && paging::walks(of, listing)
        && !matches!(rows, Rows::Departments { .. } | Rows::About { .. })
}
