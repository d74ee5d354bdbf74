//! Records that are like others: what a draft is told before it is saved, and what stands in the way of a write.
//!
//! Everything is found by the digests of the search index, personal values and names alike, so that a question costs a
//! few probes of one index however many records there are. A record that the caller may not see, or whose like value he
//! may not read, is told as there, with its owner's name and nothing else: of two records that differ in nothing he may
//! know the answers are the same. Who asks for personal values that he may not read everywhere is counted like somebody who
//! looks up a masked number, hit or miss.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::catalogue;
use domain::duplicates::{self, Likeness, Said, Strength};
use domain::error::{Code, Error, Fault};
use domain::field::{Field, Kind};
use domain::lens::{Lens, Lenses};
use domain::permission::{Action, Permission, Scope};
use domain::resource::{Definition, Record};
use domain::viewer::Rows;
use schema::{duplicate_rules, users};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::db::{Db, Tx};
use crate::error::Result;
use crate::keys::KeyRing;
use crate::reveal;
use crate::sql::{Bind, Sql};
use crate::table::Stored;

/// Most records that are told.
const TOLD: usize = 20;
/// Most records that are looked at: a number that hundreds share says nothing.
const LOOKED_AT: i64 = 100;

/// What a refused write says of a record that the caller may see, and of one that he may not.
const SEEN: &str = "same_as";
const UNSEEN: &str = "same_as_unseen";

/// A record like the draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alike {
    pub resource: &'static str,
    /// In what they are alike; of a record out of sight one word, so that two of them are not known as one.
    pub by: Vec<&'static str>,
    pub strength: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whose it is; nobody's, where there is no owner.
    pub owner: Option<String>,
}

impl Alike {
    /// The same record, alike in more.
    fn join(&mut self, other: Self) {
        let anew: Vec<&str> = other.by.into_iter().filter(|by| !self.by.contains(by)).collect();
        self.by.extend(anew);
        if other.strength == Strength::Refuse.word() {
            self.strength = other.strength;
        }
    }
}

/// One way in which a record may be like others.
struct Rule {
    likeness: Likeness,
    among: &'static Definition,
    strength: Strength,
}

/// A value, and where one looks for it.
struct Asked<'a> {
    said: &'a Said,
    rule: &'a Rule,
    /// The field in which others hold it.
    field: &'static Field,
    digest: Uuid,
}

/// A record that holds one of the digests.
struct Holder {
    id: Uuid,
    owner: Option<Uuid>,
    department: Option<Uuid>,
    title: String,
    digests: Vec<Uuid>,
}

/// The digests of a record by which others like it are found, beside those of its personal values.
pub(crate) fn digests(keys: &KeyRing, of: &Definition, record: &Map<String, Value>) -> Vec<Uuid> {
    let open = |said: &Said| !said.field.personal;
    let said = if of.merged { duplicates::said(of, record) } else { Vec::new() };
    said.iter().filter(|said| open(said)).map(|said| keys.alike_digest(of.name, said.by.word(), &said.key)).collect()
}

/// The records that are like a draft, which is of the record `except` if that is there already.
pub async fn check(
    db: &Db,
    of: &'static Definition,
    draft: &Map<String, Value>,
    except: Option<Uuid>,
) -> Result<Vec<Alike>> {
    let said = duplicates::said(of, draft);
    if said.is_empty() {
        return Ok(Vec::new());
    }
    let keys = db.keys();
    let rules = rules(&mut *db.read().await?, of, &[Strength::Warn, Strength::Refuse]).await?;
    let rules: Vec<Rule> = rules.into_iter().chain(of_key(of)).collect();
    let asked = asked(&keys, &rules, &said);
    let probed = probed(db, &asked);
    if probed.is_empty() {
        return told(db, &mut *db.read().await?, &asked, except).await;
    }
    let probed: Vec<String> = probed.into_iter().map(str::to_owned).collect();
    db.write(async |tx| {
        reveal::refuse_too_many(tx).await?;
        let told = told(tx.db(), tx, &asked, except).await?;
        reveal::keep(tx, of.name, Uuid::nil(), 0, &probed).await?;
        Ok(told)
    })
    .await
}

/// Refuses a record that is like another in a way that stands in the way, by what it did not hold before. Two that are
/// written at once wait for each other.
pub(crate) async fn refuse<R: Stored>(tx: &mut Tx<'_>, before: Option<&Record<R>>, after: &Record<R>) -> Result<()> {
    refuse_all(tx, before, std::slice::from_ref(after)).await
}

/// The same for several new records, which may also be like each other.
pub(crate) async fn refuse_all<R: Stored>(
    tx: &mut Tx<'_>,
    before: Option<&Record<R>>,
    after: &[Record<R>],
) -> Result<()> {
    if !R::MERGED || tx.db().viewer().is_none() || tx.db().trace.allow_duplicates {
        return Ok(());
    }
    let of = tx.db().definition::<R>();
    let rules = rules(tx, of, &[Strength::Refuse]).await?;
    if rules.is_empty() {
        return Ok(());
    }
    let said_of = |record: &Record<R>| match serde_json::to_value(&record.data) {
        Ok(Value::Object(document)) => duplicates::said(of, &document),
        _ => Vec::new(),
    };
    let known: Vec<Said> = before.map(said_of).unwrap_or_default();
    let is_known = |said: &Said| known.iter().any(|known| (known.by, &known.key) == (said.by, &said.key));
    let said: Vec<Said> = after.iter().flat_map(said_of).filter(|said| !is_known(said)).collect();
    let keys = tx.db().keys();
    let asked = asked(&keys, &rules, &said);
    if asked.is_empty() {
        return Ok(());
    }
    let mut digests: Vec<Uuid> = asked.iter().map(|asked| asked.digest).collect();
    digests.sort_unstable();
    let many = digests.len();
    digests.dedup();
    wait_turn(tx, digests.clone()).await?;
    if !probed(tx.db(), &asked).is_empty() {
        reveal::refuse_too_many(tx).await?;
    }
    let except = before.map(|before| before.stamp.id);
    let mut faults: Vec<Fault> = Vec::new();
    for (pointer, alike) in matches(tx.db(), tx, &asked, except).await? {
        // No title: faults of operations are read by others than the caller.
        let fault = match alike.id {
            Some(id) => Fault::new(pointer, SEEN).with("id", id),
            None => Fault::new(pointer, UNSEEN).with("owner", alike.owner.as_deref().unwrap_or("-")),
        };
        let fault = fault.with("resource", alike.resource);
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }
    if faults.is_empty() && many > digests.len() && after.len() > 1 {
        // Two of them are one; which, is told when they come one by one.
        faults.push(Fault::new("", "same_as_each_other"));
    }
    if faults.is_empty() {
        return Ok(());
    }
    if faults.iter().any(|fault| fault.code == UNSEEN) {
        tx.note_unseen();
    }
    Err(Error { faults, ..Error::new(Code::Duplicate) }.into())
}

/// Counts a refusal that told of a record out of sight, in a transaction that lasts.
pub async fn note<'a>(tx: &mut Tx<'_>, faults: impl IntoIterator<Item = &'a Fault>) -> Result<()> {
    for fault in faults.into_iter().filter(|fault| fault.code == UNSEEN) {
        let resource = fault.params.get("resource").and_then(|name| catalogue::find(name));
        let field = fault.pointer.rsplit('/').find(|part| part.parse::<usize>().is_err()).unwrap_or_default();
        if let Some(of) = resource {
            reveal::keep(tx, of.name, Uuid::nil(), 0, &[field.to_owned()]).await?;
        }
    }
    Ok(())
}

/// Whether a refusal told of a record out of sight.
pub fn told_unseen(error: &Error) -> bool {
    error.faults.iter().any(|fault| fault.code == UNSEEN)
}

/// The rules for the records of a resource.
async fn rules(connection: &mut AsyncPgConnection, of: &Definition, strengths: &[Strength]) -> Result<Vec<Rule>> {
    let words: Vec<&str> = strengths.iter().map(|strength| strength.word()).collect();
    let rows: Vec<(Likeness, String, Strength)> = duplicate_rules::table
        .filter(duplicate_rules::resource.eq(of.name))
        .filter(duplicate_rules::strength.eq_any(words))
        .filter(duplicate_rules::deleted_at.is_null())
        .order((duplicate_rules::among, duplicate_rules::likeness))
        .select((duplicate_rules::likeness, duplicate_rules::among, duplicate_rules::strength))
        .load(connection)
        .await?;
    let rule = |(likeness, among, strength): (Likeness, String, Strength)| {
        let among = catalogue::find(&among).filter(|among| among.merged)?;
        Some(Rule { likeness, among, strength })
    };
    Ok(rows.into_iter().filter_map(rule).collect())
}

/// A key is one record's whatever the rules say; the database refuses the second.
fn of_key(of: &'static Definition) -> Option<Rule> {
    let field = of.key.and_then(|key| of.own_field(key)).filter(|field| field.kind == Kind::CreditCode)?;
    Some(Rule { likeness: Likeness::of(field)?, among: catalogue::find(of.name)?, strength: Strength::Refuse })
}

fn asked<'a>(keys: &KeyRing, rules: &'a [Rule], said: &'a [Said]) -> Vec<Asked<'a>> {
    let mut asked = Vec::new();
    for said in said {
        for rule in rules.iter().filter(|rule| rule.likeness == said.by) {
            let among = rule.among.name;
            for field in duplicates::places(rule.among, said.by) {
                let digest = match field.personal {
                    true => keys.wanted_digest(among, field, &said.key),
                    false => Some(keys.alike_digest(among, said.by.word(), &said.key)),
                };
                asked.extend(digest.map(|digest| Asked { said, rule, field, digest }));
            }
        }
    }
    asked
}

/// The personal fields in which a question looks for values beyond what the caller reads.
fn probed<'a>(db: &Db, asked: &[Asked<'a>]) -> HashSet<&'static str> {
    let Some(viewer) = db.viewer() else { return HashSet::new() };
    let reads_all = |asked: &Asked<'_>| viewer.rights.reads(asked.rule.among.name, asked.field) == Some(Scope::All);
    asked.iter().filter(|asked| asked.field.personal && !reads_all(asked)).map(|asked| asked.field.key).collect()
}

/// Lets nobody else write a record like this one meanwhile.
async fn wait_turn(tx: &mut Tx<'_>, digests: Vec<Uuid>) -> Result<()> {
    let query =
        Sql::new("select count(*) from (select pg_advisory_xact_lock(hashtextextended(digest::text, 7)) from unnest(")
            .bind(Bind::Ids(digests))
            .push(") as wanted (digest)) held")
            .recurring();
    let _: i64 = query.rows::<diesel::sql_types::BigInt>().get_result(&mut **tx).await?;
    Ok(())
}

/// What a draft is told: each record in sight once, and of those out of sight that they are there.
async fn told(
    db: &Db,
    connection: &mut AsyncPgConnection,
    asked: &[Asked<'_>],
    except: Option<Uuid>,
) -> Result<Vec<Alike>> {
    let mut told: Vec<Alike> = Vec::new();
    for (_, alike) in matches(db, connection, asked, except).await? {
        let same = told.iter().position(|known| alike.id.is_some() && known.id == alike.id);
        match same {
            Some(place) => told[place].join(alike),
            None if !told.contains(&alike) => told.push(alike),
            None => {}
        }
    }
    // What can be opened first; the order of the others says nothing of them.
    told.sort_by_cached_key(|alike| match alike.id {
        Some(id) => (0, id.to_string(), String::new(), alike.resource),
        None => (1, alike.by.concat(), alike.owner.clone().unwrap_or_default(), alike.resource),
    });
    told.truncate(TOLD);
    Ok(told)
}

/// Each record that holds one of the values, with where the value was said.
async fn matches(
    db: &Db,
    connection: &mut AsyncPgConnection,
    asked: &[Asked<'_>],
    except: Option<Uuid>,
) -> Result<Vec<(String, Alike)>> {
    let mut found: Vec<(&'static Definition, Holder)> = Vec::new();
    let mut looked: Vec<&str> = Vec::new();
    for one in asked {
        let among = one.rule.among;
        if looked.contains(&among.name) {
            continue;
        }
        looked.push(among.name);
        let digests = asked.iter().filter(|asked| asked.rule.among.name == among.name).map(|asked| asked.digest);
        let holders = holders(connection, among, digests.collect()).await?;
        found.extend(holders.into_iter().map(|holder| (among, holder)));
    }
    let owners = names(connection, found.iter().filter_map(|(_, holder)| holder.owner).collect()).await?;
    let mut matches = Vec::new();
    for (among, holder) in &found {
        let sight = Sight::of(db, among, holder);
        let owner = holder.owner.and_then(|owner| owners.get(&owner).cloned());
        for asked in asked.iter().filter(|a| a.rule.among.name == among.name && holder.digests.contains(&a.digest)) {
            let is_shown = sight.shows(asked.field);
            // Whoever names a record that he may not see would learn by its absence that it was meant.
            if is_shown && except == Some(holder.id) {
                continue;
            }
            let alike = Alike {
                resource: among.name,
                by: vec![asked.said.by.word()],
                strength: asked.rule.strength.word(),
                id: None,
                title: None,
                owner: owner.clone(),
            };
            let alike = match is_shown {
                true => Alike {
                    id: Some(holder.id),
                    title: Some(holder.title.clone()).filter(|_| sight.lens.shows(among.title)),
                    owner: alike.owner.filter(|_| sight.lens.shows("owner_id")),
                    ..alike
                },
                false => alike,
            };
            matches.push((asked.said.pointer.clone(), alike));
        }
    }
    Ok(matches)
}

/// What the caller sees of one record.
struct Sight {
    in_reach: bool,
    lens: Arc<Lens>,
}

impl Sight {
    fn of(db: &Db, of: &Definition, holder: &Holder) -> Self {
        let rows = db.rows(Permission::new(of.name, Action::Read)).ok();
        let reached = |rows: &Rows| rows.contains(holder.owner, holder.department);
        let lens = Lenses::of(db.viewer(), of).of_row(holder.owner, holder.department);
        Self { in_reach: rows.as_ref().is_some_and(reached), lens }
    }

    /// Whether it may be told that the record holds a value there.
    fn shows(&self, field: &Field) -> bool {
        self.in_reach && self.lens.shows(field.key)
    }
}

/// The present records of a resource that hold one of the digests. The array is made once, before anything else: joined, the
/// planner would read a million records for the five that it does not expect.
async fn holders(connection: &mut AsyncPgConnection, among: &Definition, digests: Vec<Uuid>) -> Result<Vec<Holder>> {
    let (table, title) = (among.table, among.title);
    let query = Sql::new(format!(
        "select {table}.id, {table}.owner_id, {table}.department_id, {table}.{title}, \
         (select digests from search_index where record_id = {table}.id) from {table} where {table}.deleted_at is null \
         and {table}.id = any(array(select record_id from search_index where digests && "
    ))
    .bind_unseen(Bind::Ids(digests))
    .push(format!(")) order by {table}.id limit "))
    .bind(Bind::Int(LOOKED_AT))
    .recurring();
    type Row = (Uuid, Option<Uuid>, Option<Uuid>, String, Vec<Uuid>);
    let rows: Vec<Row> =
        query.rows::<(SqlUuid, Nullable<SqlUuid>, Nullable<SqlUuid>, Text, Array<SqlUuid>)>().load(connection).await?;
    let holder = |(id, owner, department, title, digests)| Holder { id, owner, department, title, digests };
    Ok(rows.into_iter().map(holder).collect())
}

async fn names(connection: &mut AsyncPgConnection, ids: HashSet<Uuid>) -> Result<HashMap<Uuid, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String)> =
        users::table.filter(users::id.eq_any(ids)).select((users::id, users::name)).load(connection).await?;
    Ok(rows.into_iter().collect())
}
