//! Every resource as a value. Beyond this crate none is known by its type: whoever serves, imports or undoes records
//! takes the [`Verbs`] of a resource by its name, and knows the rest from its [`Definition`].
//!
//! A new resource is a line in [`ALL`].

use std::marker::PhantomData;

use async_trait::async_trait;
use domain::act::Act;
use domain::catalog::{Product, ProductCategory};
use domain::error::{Code, Error};
use domain::finance::{Invoice, Payment, PaymentPlan};
use domain::listing::Listing;
use domain::platform::{Attachment, Comment, CustomField, Department, Notification, NumberRule, Role, Task, User};
use domain::relations::{Contact, ContactRecord, Customer, CustomerType, DuplicateRule, Lead, Tag};
use domain::resource::{Definition, ExternalId};
use domain::sales::{Contract, Opportunity, Order, Pipeline, Quote, Stage};
use domain::service::{ServiceRequest, Ticket};
use domain::summary::{Summary, Summed};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::duplicates::{self, Alike};
use crate::error::Result;
use crate::external_ids::{self, Precondition};
use crate::history::{self, Change as Past};
use crate::operations::RowResult;
use crate::operations::batch::{self, Done, Item};
use crate::operations::bulk::{self, BulkChange};
use crate::operations::export::{self, Exported};
use crate::operations::import::{self, Line, Plan};
use crate::operations::undo::{self, Entry, Undoing, changed_since};
use crate::records::{self, IfMatch, Made, Merging, Page, Seen, Shown};
use crate::table::{Beside, Stored};
use crate::timeline::{self, Position, Subject, Told};
use crate::{reveal, search, summary};

/// In the order of the catalogue.
pub const ALL: &[&dyn Verbs] = &[
    // relations
    of::<Lead>(),
    of::<Customer>(),
    of::<Contact>(),
    of::<ContactRecord>(),
    of::<CustomerType>(),
    of::<Tag>(),
    of::<DuplicateRule>(),
    // sales
    of::<Opportunity>(),
    of::<Quote>(),
    of::<Order>(),
    of::<Contract>(),
    of::<Pipeline>(),
    of::<Stage>(),
    // catalog
    of::<Product>(),
    of::<ProductCategory>(),
    // finance
    of::<Invoice>(),
    of::<PaymentPlan>(),
    of::<Payment>(),
    // service
    of::<ServiceRequest>(),
    of::<Ticket>(),
    // platform
    of::<CustomField>(),
    of::<NumberRule>(),
    of::<Task>(),
    of::<Comment>(),
    of::<Attachment>(),
    of::<Notification>(),
    of::<User>(),
    of::<Department>(),
    of::<Role>(),
];

/// The verbs of a resource whose type is known.
pub const fn of<R: Stored>() -> &'static dyn Verbs {
    Of::<R>::HERE
}

pub fn find(name: &str) -> Option<&'static dyn Verbs> {
    ALL.iter().find(|verbs| verbs.definition().name == name).copied()
}

/// The same where a name that nobody knows is a refusal.
pub fn named(name: &str) -> Result<&'static dyn Verbs> {
    find(name).ok_or_else(|| Code::NotFound.into())
}

/// What can be done with the records of a resource. Each verb is explained where it stands for all resources at once.
#[async_trait(?Send)]
pub trait Verbs: Sync {
    /// What the program itself says of the resource.
    fn definition(&self) -> Definition;
    /// The same with the fields that administrators made.
    fn definition_in(&self, db: &Db) -> &'static Definition;

    async fn list(&self, db: &Db, listing: &Listing) -> Result<Page>;
    async fn summary(&self, db: &Db, summary: &Summary) -> Result<Summed>;
    async fn find(&self, db: &Db, id: Uuid) -> Result<Shown>;
    async fn beside(&self, db: &Db, member: &str, ids: Vec<Uuid>) -> Result<Beside>;
    async fn history(&self, db: &Db, id: Uuid, before: Option<i64>, limit: i64) -> Result<Vec<Past>>;
    /// Its records in the timeline of another record.
    async fn told(&self, db: &Db, about: &Subject, before: &Position, limit: i64) -> Result<Vec<Told>>;
    /// What happened to a record itself, for its timeline.
    async fn told_changes(&self, db: &Db, id: Uuid, before: &Position, limit: i64) -> Result<Vec<Told>>;

    async fn create(&self, tx: &mut Tx<'_>, body: &Map<String, Value>) -> Result<Shown>;
    async fn update(&self, tx: &mut Tx<'_>, id: Uuid, tag: &IfMatch, patch: &Map<String, Value>) -> Result<Shown>;
    async fn delete(&self, tx: &mut Tx<'_>, id: Uuid, tag: &IfMatch, move_to: Option<Uuid>) -> Result<()>;
    async fn restore(&self, tx: &mut Tx<'_>, id: Uuid) -> Result<Shown>;
    async fn assign(
        &self,
        tx: &mut Tx<'_>,
        id: Uuid,
        tag: &IfMatch,
        owner_id: Option<Uuid>,
        department_id: Option<Uuid>,
    ) -> Result<Shown>;
    /// The records that are like a draft, which is of the record `except` if that is there already.
    async fn duplicates(&self, db: &Db, draft: &Map<String, Value>, except: Option<Uuid>) -> Result<Vec<Alike>>;
    /// Also tells what came of each record.
    async fn merge(
        &self,
        tx: &mut Tx<'_>,
        id: Uuid,
        tag: &IfMatch,
        merging: &Merging,
    ) -> Result<(Shown, Vec<RowResult>)>;
    /// Also tells of the record that was made out of this one, if the act makes any.
    async fn act(
        &self,
        tx: &mut Tx<'_>,
        id: Uuid,
        tag: &IfMatch,
        act: &Act,
        asked: &Map<String, Value>,
    ) -> Result<(Shown, Option<Made>)>;
    async fn reveal(&self, tx: &mut Tx<'_>, id: Uuid, fields: &[String]) -> Result<Map<String, Value>>;
    /// Whether the record was made, too.
    async fn upsert(
        &self,
        tx: &mut Tx<'_>,
        name: &ExternalId,
        precondition: &Precondition,
        body: &Map<String, Value>,
    ) -> Result<(Shown, bool)>;

    async fn batch(&self, tx: &mut Tx<'_>, items: &[Result<Item, Error>]) -> Result<Vec<Result<Done, Error>>>;
    async fn selection(&self, db: &Db, listing: &Listing, limit: i64) -> Result<Vec<Uuid>>;
    fn refuse_change(&self, db: &Db, change: &BulkChange) -> Result<()>;
    async fn change(&self, tx: &mut Tx<'_>, change: &BulkChange, rows: &[(i64, Uuid)]) -> Result<Vec<RowResult>>;
    async fn take_back(&self, tx: &mut Tx<'_>, how: &Undoing, first: i64, run: &[Entry]) -> Result<Vec<RowResult>>;
    /// Lets records that came back be found once more.
    async fn index(&self, tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<()>;

    /// Makes anew what records are found and ordered by; tells of how many.
    async fn renew(&self, tx: &mut Tx<'_>, ids: Vec<Uuid>) -> Result<i64>;

    async fn import(&self, tx: &mut Tx<'_>, plan: &Plan, lines: Vec<Line>) -> Result<Vec<RowResult>>;
    async fn export(&self, db: &Db, listing: &Listing, after: Option<&[Value]>) -> Result<Vec<Exported>>;
    async fn count_export(&self, db: &Db, listing: &Listing) -> Result<i64>;
}

/// The verbs of one resource.
struct Of<R>(PhantomData<fn() -> R>);

impl<R: 'static> Of<R> {
    const HERE: &'static Self = &Self(PhantomData);
}

#[async_trait(?Send)]
impl<R: Stored> Verbs for Of<R> {
    fn definition(&self) -> Definition {
        Definition::of::<R>()
    }

    fn definition_in(&self, db: &Db) -> &'static Definition {
        db.definition::<R>()
    }

    async fn list(&self, db: &Db, listing: &Listing) -> Result<Page> {
        let listed = records::list::<R>(db, listing).await?;
        Ok(Page { data: shown_in_list(db, listing, &listed.records).await?, page: listed.page })
    }

    async fn summary(&self, db: &Db, asked: &Summary) -> Result<Summed> {
        summary::of_list::<R>(db, asked).await
    }

    async fn find(&self, db: &Db, id: Uuid) -> Result<Shown> {
        Shown::whole(db, &records::find::<R>(db, id).await?)
    }

    async fn beside(&self, db: &Db, member: &str, ids: Vec<Uuid>) -> Result<Beside> {
        R::beside(db, member, ids).await
    }

    async fn history(&self, db: &Db, id: Uuid, before: Option<i64>, limit: i64) -> Result<Vec<Past>> {
        history::of_record::<R>(db, id, before, limit).await
    }

    async fn told(&self, db: &Db, about: &Subject, before: &Position, limit: i64) -> Result<Vec<Told>> {
        timeline::told::<R>(db, about, before, limit).await
    }

    async fn told_changes(&self, db: &Db, id: Uuid, before: &Position, limit: i64) -> Result<Vec<Told>> {
        timeline::changes::<R>(db, id, before, limit).await
    }

    async fn create(&self, tx: &mut Tx<'_>, body: &Map<String, Value>) -> Result<Shown> {
        let seen = records::create::<R>(tx, body).await?;
        Shown::whole(tx.db(), &seen)
    }

    async fn update(&self, tx: &mut Tx<'_>, id: Uuid, tag: &IfMatch, patch: &Map<String, Value>) -> Result<Shown> {
        let written = records::update::<R>(tx, id, tag, patch).await?;
        Shown::whole(tx.db(), &written.record)
    }

    async fn delete(&self, tx: &mut Tx<'_>, id: Uuid, tag: &IfMatch, move_to: Option<Uuid>) -> Result<()> {
        records::delete::<R>(tx, id, tag, move_to).await
    }

    async fn restore(&self, tx: &mut Tx<'_>, id: Uuid) -> Result<Shown> {
        let seen = records::restore::<R>(tx, id).await?;
        Shown::whole(tx.db(), &seen)
    }

    async fn assign(
        &self,
        tx: &mut Tx<'_>,
        id: Uuid,
        tag: &IfMatch,
        owner_id: Option<Uuid>,
        department_id: Option<Uuid>,
    ) -> Result<Shown> {
        let written = records::assign::<R>(tx, id, tag, owner_id, department_id).await?;
        Shown::whole(tx.db(), &written.record)
    }

    async fn act(
        &self,
        tx: &mut Tx<'_>,
        id: Uuid,
        tag: &IfMatch,
        act: &Act,
        asked: &Map<String, Value>,
    ) -> Result<(Shown, Option<Made>)> {
        let written = records::act::<R>(tx, id, tag, act, asked).await?;
        Ok((Shown::whole(tx.db(), &written.record)?, written.made))
    }

    async fn duplicates(&self, db: &Db, draft: &Map<String, Value>, except: Option<Uuid>) -> Result<Vec<Alike>> {
        records::refuse_undraftable::<R>(db, draft)?;
        duplicates::check(db, db.definition::<R>(), draft, except).await
    }

    async fn merge(
        &self,
        tx: &mut Tx<'_>,
        id: Uuid,
        tag: &IfMatch,
        merging: &Merging,
    ) -> Result<(Shown, Vec<RowResult>)> {
        let (record, rows) = records::merge::<R>(tx, id, tag, merging).await?;
        Ok((Shown::whole(tx.db(), &record)?, rows))
    }

    async fn reveal(&self, tx: &mut Tx<'_>, id: Uuid, fields: &[String]) -> Result<Map<String, Value>> {
        reveal::reveal::<R>(tx, id, fields).await
    }

    async fn upsert(
        &self,
        tx: &mut Tx<'_>,
        name: &ExternalId,
        precondition: &Precondition,
        body: &Map<String, Value>,
    ) -> Result<(Shown, bool)> {
        let upserted = external_ids::upsert::<R>(tx, name, precondition, body).await?;
        Ok((Shown::whole(tx.db(), &upserted.record)?, upserted.created))
    }

    async fn batch(&self, tx: &mut Tx<'_>, items: &[Result<Item, Error>]) -> Result<Vec<Result<Done, Error>>> {
        batch::run::<R>(tx, items).await
    }

    async fn selection(&self, db: &Db, listing: &Listing, limit: i64) -> Result<Vec<Uuid>> {
        bulk::selection::<R>(db, listing, limit).await
    }

    fn refuse_change(&self, db: &Db, change: &BulkChange) -> Result<()> {
        bulk::faults::<R>(db, change)
    }

    async fn change(&self, tx: &mut Tx<'_>, change: &BulkChange, rows: &[(i64, Uuid)]) -> Result<Vec<RowResult>> {
        bulk::run::<R>(tx, change, rows).await
    }

    async fn take_back(&self, tx: &mut Tx<'_>, how: &Undoing, first: i64, run: &[Entry]) -> Result<Vec<RowResult>> {
        undo::take_back::<R>(tx, how, first, run).await
    }

    async fn index(&self, tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<()> {
        search::index_again::<R>(tx, ids).await
    }

    async fn renew(&self, tx: &mut Tx<'_>, ids: Vec<Uuid>) -> Result<i64> {
        search::renewal::renew::<R>(tx, ids).await
    }

    async fn import(&self, tx: &mut Tx<'_>, plan: &Plan, lines: Vec<Line>) -> Result<Vec<RowResult>> {
        import::chunk::<R>(tx, plan, lines).await
    }

    async fn export(&self, db: &Db, listing: &Listing, after: Option<&[Value]>) -> Result<Vec<Exported>> {
        export::chunk::<R>(db, listing, after).await
    }

    async fn count_export(&self, db: &Db, listing: &Listing) -> Result<i64> {
        export::count::<R>(db, listing).await
    }
}

/// The records of a page as the listing wants them: ready to be trimmed and added to if it wants that, and with the
/// reasons why a search found them.
async fn shown_in_list<R: Stored>(db: &Db, listing: &Listing, records: &[Seen<R>]) -> Result<Vec<Shown>> {
    let as_they_are = listing.fields.is_none() && listing.expand.is_empty() && listing.q.is_none();
    if as_they_are {
        return records.iter().map(|seen| Shown::whole(db, seen)).collect();
    }
    let shown = records.iter().map(|seen| Shown::members(db, seen));
    let Some(q) = &listing.q else { return Ok(shown.collect()) };
    let explained = shown.zip(search::why(db, records, q).await?).map(|(shown, why)| {
        let stamp = shown.stamp.clone();
        let mut members = shown.into_members();
        members.insert("matches".into(), serde_json::to_value(why).unwrap_or_default());
        Shown::with_members(stamp, members)
    });
    Ok(explained.collect())
}

/// Takes entries of the change log back. Rows are numbered on from `first`.
pub async fn take_back(tx: &mut Tx<'_>, how: &Undoing, first: i64, entries: &[Entry]) -> Result<Vec<RowResult>> {
    undo::hold(tx, entries).await?;
    let mut results = Vec::with_capacity(entries.len());
    // Neighbours of one resource and kind go together: an import is thousands of creations in a row.
    for run in entries.chunk_by(Entry::is_like) {
        let row = first + results.len() as i64;
        results.extend(match find(run[0].resource()) {
            Some(verbs) => verbs.take_back(tx, how, row, run).await?,
            None => run.iter().zip(row..).map(|(entry, row)| changed_since(row, entry)).collect(),
        });
    }
    Ok(results)
}

#[cfg(test)]
mod tests {
    use domain::CATALOGUE;

    #[test]
    fn every_resource_of_the_catalogue_is_registered() {
        let registered: Vec<_> = super::ALL.iter().map(|verbs| verbs.definition().name).collect();
        let declared: Vec<_> = CATALOGUE.iter().map(|definition| definition.name).collect();
        assert_eq!(registered, declared);
    }
}
