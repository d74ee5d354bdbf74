//! Import: lines of a file become records, a chunk at a time.
//!
//! Lines that make new records are written by one statement a table; if the database refuses one of them, the chunk is
//! taken back and written line by line, so that only the bad line stays out. Lines of records that are there already
//! are compared first, and only those that differ go through the verb that changes them.

use std::collections::HashMap;

use domain::check::{self, Said};
use domain::custom::{self, Custom};
use domain::error::{Code, Error, Fault};
use domain::lines;
pub use domain::platform::operations::ImportMode as Mode;
use domain::resource::{ExternalIds, Record, Resource, Stamp};
use domain::transfer::{self, Companion, cells};
use serde_json::{Map, Value};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::known::{Known, Meant};
use super::{Outcome, RowResult, references};
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::records::{self, IfMatch, holding};
use crate::sql::{Bind, Sql};
use crate::table::{Selection, Stored};
use crate::{duplicates, external_ids, filter, numbering, personal, platform, search};

/// Most lines of one chunk: few enough that a lost chunk costs little, enough that statements cost little.
pub const CHUNK: usize = 1000;

/// How a file is to be read into records.
#[derive(Clone, Debug)]
pub struct Plan {
    pub mode: Mode,
    /// The system whose names for records the file gives.
    pub system: String,
    /// A rehearsal is taken back chunk by chunk, so that a chunk does not see the records of those before it.
    pub dry_run: bool,
}

/// A line, its cells already values by field. What is empty is left out.
#[derive(Clone, Debug, Default)]
pub struct Line {
    pub row: i64,
    pub external_id: Option<String>,
    pub values: Map<String, Value>,
    /// By field of lines, the rows that tell them; in a file a document goes over several.
    pub rows: HashMap<&'static str, Vec<i64>>,
    /// The record of the companion resource that the line tells too.
    pub companion: Map<String, Value>,
    /// Members that name a record of the same resource which the file tells in an earlier line.
    pub told_before: Vec<&'static str>,
    pub faults: Vec<Fault>,
}

/// Reads a chunk of lines into records, each line with the caller's rights.
pub async fn chunk<R: Stored>(tx: &mut Tx<'_>, plan: &Plan, mut lines: Vec<Line>) -> Result<Vec<RowResult>> {
    references::resolve::<R>(tx, plan, &mut lines).await?;
    let places: HashMap<i64, _> = lines
        .iter_mut()
        .map(|line| (line.row, std::mem::take(&mut line.rows)))
        .filter(|(_, rows)| !rows.is_empty())
        .collect();
    let known = Known::of::<R>(tx, &plan.system, &lines).await?;
    let mut results = Vec::with_capacity(lines.len());
    let (mut fresh, mut present) = (Vec::new(), Vec::new());
    for mut line in lines {
        let (id, taken) = match (known.meant(&line), plan.mode) {
            (Meant::New, _) => {
                fresh.push(line);
                continue;
            }
            (Meant::Present(id, _), Mode::Upsert) => {
                present.push((id, line));
                continue;
            }
            (Meant::Present(id, member), Mode::Create) => (Some(id), member),
            (Meant::KeyOfAnother(member), _) => (None, member),
        };
        tell(&mut line.faults, vec![Fault::field(taken, "taken")]);
        results.push(RowResult::failed(line.row, id, line.faults));
    }
    results.extend(create::<R>(tx, plan, fresh).await?);
    results.extend(merge::<R>(tx, present).await?);
    results.sort_by_key(|result| result.row);
    for result in results.iter_mut() {
        if let Some(rows) = places.get(&result.row) {
            result.faults = std::mem::take(&mut result.faults).into_iter().map(|fault| placed(rows, fault)).collect();
        }
    }
    Ok(results)
}

/// A fault of a document's line with the row of the file that tells it.
fn placed(rows: &HashMap<&'static str, Vec<i64>>, fault: Fault) -> Fault {
    let mut parts = fault.pointer.split('/').skip(1);
    let row =
        parts.next().zip(parts.next()).and_then(|(lines, place)| rows.get(lines)?.get(place.parse::<usize>().ok()?));
    match row {
        Some(row) => fault.with("row", row),
        None => fault,
    }
}

/// Adds faults to those of a line, each cause once: a member that is at fault already is not told of again, and of a
/// line that cannot be read nothing else is known.
fn tell(faults: &mut Vec<Fault>, found: Vec<Fault>) {
    for fault in found {
        if !faults.iter().any(|known| known.pointer.is_empty() || known.pointer == fault.pointer) {
            faults.push(fault);
        }
    }
}

/// A line checked, and what it will be.
struct Prepared<R, C> {
    row: i64,
    record: Record<R>,
    companion: Option<Record<C>>,
}

async fn create<R: Stored>(tx: &mut Tx<'_>, plan: &Plan, lines: Vec<Line>) -> Result<Vec<RowResult>> {
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let department = match tx.db().user_id() {
        Some(user) => platform::users::department(tx, user).await?,
        None => None,
    };
    let (mut prepared, mut results) = (Vec::with_capacity(lines.len()), Vec::new());
    for line in lines {
        let row = line.row;
        match prepare::<R>(tx, plan, department, line) {
            Ok(line) => prepared.push(line),
            Err(faults) => results.push(RowResult::failed(row, None, faults)),
        }
    }
    let attempt = tx.savepoint(async |tx| insert(tx, &mut prepared).await).await;
    match attempt {
        Ok(()) => results
            .extend(prepared.iter().map(|line| RowResult::new(line.row, Some(line.record.stamp.id), Outcome::Created))),
        Err(crate::Error::Refused(_)) => {
            for mut line in prepared {
                let (row, id) = (line.row, line.record.stamp.id);
                let attempt = tx.savepoint(async |tx| insert(tx, std::slice::from_mut(&mut line)).await).await;
                results.push(match attempt {
                    Ok(()) => RowResult::new(row, Some(id), Outcome::Created),
                    Err(crate::Error::Refused(error)) => RowResult::refused(row, None, error),
                    Err(error) => return Err(error),
                });
            }
        }
        Err(error) => return Err(error),
    }
    Ok(results)
}

/// Checks a line that makes a new record: every fault at once.
fn prepare<R: Stored>(
    tx: &Tx<'_>,
    plan: &Plan,
    department: Option<Uuid>,
    line: Line,
) -> std::result::Result<Prepared<R, R::Companion>, Vec<Fault>> {
    let mut faults = line.faults;
    // A line that cannot be read says nothing that could be checked.
    if faults.iter().any(|fault| fault.pointer.is_empty()) {
        return Err(faults);
    }
    // Whoever makes records here owns them.
    let mut stamp = records::new_stamp(tx, tx.db().user_id(), department);
    let name = line.external_id.is_some().then(|| "external_ids".to_owned());
    tell(&mut faults, refused::<R>(tx, &stamp, line.values.keys().chain(&name)));
    if let Some(name) = line.external_id {
        stamp.external_ids.0.insert(plan.system.clone(), name);
    }
    let mut values = line.values;
    tell(&mut faults, lines::name_new(R::FIELDS, None, &mut values, Uuid::now_v7));
    let data = check::create::<R>(said::<R>(tx, &values)).map_err(|found| tell(&mut faults, found)).ok();
    let mut companion = None;
    if let (Some(kind), false) = (transfer::companion(R::NAME), line.companion.is_empty()) {
        let own = Stamp { id: Uuid::now_v7(), external_ids: ExternalIds::default(), ..stamp.clone() };
        let values = linked(kind, stamp.id, line.companion);
        let told = refused::<R::Companion>(tx, &own, values.keys());
        let checked = check::create::<R::Companion>(said::<R::Companion>(tx, &values));
        match checked {
            Ok((data, custom)) if told.is_empty() => {
                companion = Some(Record { stamp: Stamp { custom, ..own }, data });
            }
            Ok(_) => faults.extend(told.into_iter().map(|fault| beside(kind, fault))),
            Err(found) => faults.extend(told.into_iter().chain(found).map(|fault| beside(kind, fault))),
        }
    }
    match data {
        Some((data, custom)) if faults.is_empty() => {
            Ok(Prepared { row: line.row, record: Record { stamp: Stamp { custom, ..stamp }, data }, companion })
        }
        _ => Err(faults),
    }
}

/// The companion's values with those that tie it to its record.
fn linked(kind: &Companion, id: Uuid, mut values: Map<String, Value>) -> Map<String, Value> {
    values.insert(kind.link.into(), id.to_string().into());
    values.insert(kind.mark.into(), true.into());
    values
}

/// Points a companion's fault at its columns.
fn beside(kind: &Companion, mut fault: Fault) -> Fault {
    fault.pointer = format!("/{}{}", kind.prefix, fault.pointer);
    fault
}

/// What the caller may not do: make such a record, or write these fields.
fn refused<'a, R: Resource>(tx: &Tx<'_>, stamp: &Stamp, keys: impl Iterator<Item = &'a String>) -> Vec<Fault> {
    let refusal = |error: crate::Error| match error {
        crate::Error::Refused(error) if error.faults.is_empty() => vec![Fault::new("", error.code.word())],
        crate::Error::Refused(error) => error.faults,
        _ => vec![Fault::new("", Code::Internal.word())],
    };
    let row = records::refuse_foreign(tx.db(), R::CREATE, stamp).err().map(refusal);
    let fields = records::refuse_unwritable::<R>(tx.db(), R::CREATE, Some(stamp), keys).err().map(refusal);
    row.into_iter().chain(fields).flatten().collect()
}

/// Writes new records, with what they are found by and what others call them.
async fn insert<R: Stored>(tx: &mut Tx<'_>, lines: &mut [Prepared<R, R::Companion>]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut records: Vec<Record<R>> = lines.iter().map(|line| line.record.clone()).collect();
    holding::settle_new(tx, &mut records).await?;
    numbering::give::<R>(tx, &mut records).await?;
    for record in &mut records {
        R::before_write(tx, None, record).await?;
        R::make_room(tx, record).await?;
    }
    duplicates::refuse_all(tx, None, &records).await?;
    insert_records(tx, records.clone()).await?;
    R::after_write(tx, None, &records).await?;
    let companions: Vec<_> = lines.iter().filter_map(|line| line.companion.clone()).collect();
    insert_records(tx, companions).await?;
    let stamps: Vec<&Stamp> = lines.iter().map(|line| &line.record.stamp).collect();
    external_ids::remember(tx, R::NAME, &stamps).await
}

/// Writes records and what they are found by. That is made on another thread while the database takes the records.
async fn insert_records<R: Stored>(tx: &mut Tx<'_>, records: Vec<Record<R>>) -> Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let (keys, definition) = (tx.db().keys(), tx.db().definition::<R>());
    let mut sealed = records.clone();
    sealed.iter_mut().try_for_each(|record| personal::seal::<R>(tx.db(), record, None))?;
    let found_by = spawn_blocking(move || search::prepare(&keys, definition, &records.iter().collect::<Vec<_>>()));
    R::insert_all(tx, &sealed).await?;
    let found_by = found_by.await.map_err(|_| Error::new(Code::Internal))?;
    search::write(tx, found_by).await
}

/// Lays lines over the records that they name.
async fn merge<R: Stored>(tx: &mut Tx<'_>, lines: Vec<(Uuid, Line)>) -> Result<Vec<RowResult>> {
    let ids: Vec<Uuid> = lines.iter().map(|(id, _)| *id).collect();
    let present = load::<R>(tx, "id", ids.clone()).await?;
    let present: HashMap<Uuid, Record<R>> = present.into_iter().map(|record| (record.stamp.id, record)).collect();
    let companions = match transfer::companion(R::NAME) {
        Some(kind) if lines.iter().any(|(_, line)| !line.companion.is_empty()) => {
            load::<R::Companion>(tx, kind.link, ids).await?
        }
        _ => Vec::new(),
    };
    let mut results = Vec::with_capacity(lines.len());
    for (id, line) in lines {
        let row = line.row;
        // Somebody deletes it, or takes it away from the caller, at this moment.
        let Some(record) = present.get(&id) else {
            results.push(RowResult::failed(row, None, vec![Fault::field("external_id", "hidden")]));
            continue;
        };
        // Of a line that cannot be read nothing else is known.
        if line.faults.iter().any(|fault| fault.pointer.is_empty()) {
            results.push(RowResult::failed(row, Some(id), line.faults));
            continue;
        }
        let attempt = tx.savepoint(async |tx| merge_line::<R>(tx, record, &companions, line).await).await;
        results.push(match attempt {
            Ok(changed) => {
                let outcome = if changed.is_empty() { Outcome::Unchanged } else { Outcome::Updated };
                RowResult { changed, ..RowResult::new(row, Some(id), outcome) }
            }
            Err(crate::Error::Refused(error)) => RowResult::refused(row, Some(id), error),
            Err(error) => return Err(error),
        });
    }
    Ok(results)
}

/// The present records of these ids that the caller may see, in the clear.
async fn load<R: Stored>(tx: &mut Tx<'_>, column: &str, ids: Vec<Uuid>) -> Result<Vec<Record<R>>> {
    let table = R::TABLE;
    let Ok(rows) = tx.db().rows(R::READ) else { return Ok(Vec::new()) };
    let condition = Sql::new(format!("{table}.deleted_at is null and {table}.{column} = any("))
        .bind(Bind::Ids(ids))
        .push(") and ")
        .append(filter::rows(&rows, table))
        .recurring();
    let selection = Selection { condition, order: Sql::new(format!("{table}.id")).recurring(), limit: i64::MAX };
    let mut records = R::load(tx, selection).await?;
    records.iter_mut().for_each(|record| personal::open::<R>(tx.db(), record));
    Ok(records)
}

/// Changes what differs, and tells what that was.
async fn merge_line<R: Stored>(
    tx: &mut Tx<'_>,
    record: &Record<R>,
    companions: &[Record<R::Companion>],
    line: Line,
) -> Result<Map<String, Value>> {
    let id = record.stamp.id;
    let mut faults = line.faults;
    let (mut values, closed) = admitted::<R>(tx.db(), record, line.values);
    tell(&mut faults, closed);
    let present = object(content(record));
    lines::lay_over(R::FIELDS, &present, &mut values);
    tell(&mut faults, lines::name_new(R::FIELDS, Some(&present), &mut values, Uuid::now_v7));
    let mut changed = Map::new();
    match check::change(content(record), said::<R>(tx, &values)) {
        Ok((data, custom)) => changed.extend(difference(tx.db(), content(record), (&data, &custom))),
        Err(found) => tell(&mut faults, found),
    }
    let mut beside = None;
    if let Some(kind) = transfer::companion(R::NAME).filter(|_| !line.companion.is_empty()) {
        let same = named_same::<R::Companion>(tx.db(), kind, id, companions, &line.companion);
        let (told, found) = match same {
            Some(companion) => admitted::<R::Companion>(tx.db(), companion, linked(kind, id, line.companion)),
            None => (linked(kind, id, line.companion), Vec::new()),
        };
        let nobody = (R::Companion::default(), Custom::default());
        let base = same.map_or((&nobody.0, &nobody.1), content);
        let checked = match same {
            Some(companion) => check::change(content(companion), said::<R::Companion>(tx, &told)),
            None => check::create::<R::Companion>(said::<R::Companion>(tx, &told)),
        };
        let found = match checked {
            Ok((data, custom)) => {
                let pairs = difference(tx.db(), base, (&data, &custom)).into_iter();
                let pairs = pairs.filter(|(key, _)| same.is_some() || key != kind.link);
                changed.extend(pairs.map(|(key, pair)| (format!("{}.{key}", kind.prefix), pair)));
                found
            }
            Err(more) => found.into_iter().chain(more).collect(),
        };
        faults.extend(found.into_iter().map(|fault| self::beside(kind, fault)));
        beside = Some((same.map(|companion| companion.stamp.id), told));
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults).into());
    }
    if changed.keys().any(|key| !key.contains('.')) {
        records::update::<R>(tx, id, &IfMatch::Any, &values).await?;
    }
    if let Some((beside_id, values)) = beside.filter(|_| changed.keys().any(|key| key.contains('.'))) {
        match beside_id {
            Some(id) => drop(records::update::<R::Companion>(tx, id, &IfMatch::Any, &values).await?),
            None => drop(records::create::<R::Companion>(tx, &values).await?),
        }
    }
    Ok(changed)
}

/// The values of a line that may be laid over a record, and a fault for each other one. Whoever may not write a value is
/// told so whatever it is, because a right guess would differ from a wrong one; only what he reads anyway may stand in
/// the file as it is.
fn admitted<R: Stored>(
    db: &Db,
    record: &Record<R>,
    mut values: Map<String, Value>,
) -> (Map<String, Value>, Vec<Fault>) {
    let present = object(content(record));
    let lens = records::lenses::<R>(db).at(&record.stamp);
    let mut faults = Vec::new();
    values.retain(|key, value| {
        let writes = records::writes::<R>(db, R::UPDATE, Some(&record.stamp), key);
        let stands = lens.shows(key) && present.get(key) == Some(value);
        if !writes && !stands {
            faults.push(Fault::field(key, "not_writable"));
        }
        writes
    });
    (values, faults)
}

/// The person of the same name whom the record has already; without one the line tells of a new one, who then is the one
/// meant. Whose name the caller does not read is nobody that he could mean.
fn named_same<'a, C: Stored>(
    db: &Db,
    kind: &Companion,
    id: Uuid,
    companions: &'a [Record<C>],
    told: &Map<String, Value>,
) -> Option<&'a Record<C>> {
    let lenses = records::lenses::<C>(db);
    let title = told.get(C::TITLE);
    let is_meant = |companion: &&Record<C>| {
        let lens = lenses.at(&companion.stamp);
        if !lens.shows(kind.link) || !lens.shows(C::TITLE) {
            return false;
        }
        let data = Value::Object(object(content(companion)));
        data[kind.link].as_str() == Some(&id.to_string()) && title.is_none_or(|title| data[C::TITLE] == *title)
    };
    companions.iter().find(is_meant)
}

/// What a record says, without its stamp.
fn content<R>(record: &Record<R>) -> (&R, &Custom) {
    (&record.data, &record.stamp.custom)
}

fn object<R: Resource>((data, custom): (&R, &Custom)) -> Map<String, Value> {
    match serde_json::to_value(data) {
        Ok(Value::Object(object)) => object.into_iter().chain(custom.0.clone()).collect(),
        _ => Map::new(),
    }
}

fn said<'a, R: Resource>(tx: &Tx<'_>, members: &'a Map<String, Value>) -> Said<'a> {
    Said { definition: tx.db().definition::<R>(), members, at: tx.now() }
}

/// Field to its value before and after, personal values masked.
fn difference<R: Resource>(db: &Db, before: (&R, &Custom), after: (&R, &Custom)) -> Map<String, Value> {
    let (before, mut after) = (object(before), object(after));
    // What is empty is not among the values of fields that administrators made.
    for key in before.keys().filter(|key| custom::is_key(key)) {
        after.entry(key.clone()).or_insert(Value::Null);
    }
    let differs = |key: &String, new: &Value| before.get(key).is_none_or(|old| old != new);
    let pairs = after.into_iter().filter(|(key, new)| differs(key, new));
    let mut changed: Map<String, Value> = pairs
        .map(|(key, new)| {
            let pair = vec![before.get(&key).cloned().unwrap_or(Value::Null), new];
            (key, Value::Array(pair))
        })
        .collect();
    cells::masked(db.definition::<R>().own_fields(), &mut changed);
    changed
}
