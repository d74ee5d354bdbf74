//! How long opportunities stand in the stages of a pipeline, and how many go on.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use diesel::sql_types::{BigInt, Double, Nullable};
use domain::error::{Code, Error};
use domain::resource::Resource;
use domain::sales::visits::{Passage, StageRef, Visit};
use domain::sales::{Opportunity, Pipeline, Stage};
use schema::stage_visits;

use crate::db::Db;
use crate::error::Result;
use crate::sql::{Bind, Sql};
use crate::table::prelude::*;
use crate::{filter, records};

/// The stages through which an opportunity has gone, first to last.
pub async fn of_opportunity(db: &Db, id: Uuid) -> Result<Vec<Visit>> {
    let seen = records::find::<Opportunity>(db, id).await?;
    if ["stage_id", "status"].iter().any(|key| !seen.lens().shows(key)) {
        return Err(Code::FieldForbidden.into());
    }
    type Row = (Uuid, DateTime<Utc>, Option<DateTime<Utc>>, Option<String>);
    let rows: Vec<Row> = stage_visits::table
        .filter(stage_visits::opportunity_id.eq(id))
        .order(stage_visits::id)
        .select((stage_visits::stage_id, stage_visits::entered_at, stage_visits::left_at, stage_visits::outcome))
        .load(&mut *db.read().await?)
        .await?;
    let names = records::titles(db, Stage::NAME, rows.iter().map(|row| row.0).collect()).await?;
    let visit = |(stage, entered_at, left_at, outcome): Row| Visit {
        stage: StageRef { id: stage, name: names.get(&stage).cloned() },
        entered_at,
        left_at,
        outcome,
        seconds: (left_at.unwrap_or_else(Utc::now) - entered_at).num_seconds().max(0),
    };
    Ok(rows.into_iter().map(visit).collect())
}

/// What became of the opportunities that entered each stage of a pipeline between two days, both included, as far as the
/// caller sees them.
pub async fn of_pipeline(
    db: &Db,
    pipeline: Uuid,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
) -> Result<Vec<Passage>> {
    records::find::<Pipeline>(db, pipeline).await?;
    let rows = db.rows(Opportunity::READ)?;
    let table = Opportunity::TABLE;
    let definition = *db.definition::<Opportunity>();
    let readable = filter::readable(db, &definition, &["stage_id", "status"], table);
    let readable = readable.ok_or(Error::new(Code::FieldForbidden))?;
    let _turn = db.turn().await?;
    let visits = Sql::new(format!(
        "with visits as (
            select stage_visits.*, max(position) over (
                partition by opportunity_id order by stage_visits.id rows between 1 following and unbounded following
            ) as reached
            from stage_visits
            join stages on stages.id = stage_id
            join {table} on {table}.id = opportunity_id
            where {table}.deleted_at is null and pipeline_id = "
    ))
    .bind(Bind::Id(pipeline))
    .push(" and ")
    .append(filter::rows(&rows, table))
    .push(" and ")
    .append(readable);
    let query = visits
        .push(
            ") select s.id,
                count(distinct v.opportunity_id),
                count(distinct v.opportunity_id) filter (where v.outcome = 'won' or v.reached > s.position),
                count(distinct v.opportunity_id) filter (where v.outcome = 'won'),
                count(distinct v.opportunity_id) filter (where v.outcome = 'lost'),
                (avg(extract(epoch from coalesce(v.left_at, greatest(now(), v.entered_at)) - v.entered_at)) / 86400)::float8
            from stages s left join visits v on v.stage_id = s.id and ",
        )
        .append(entered_between(db, from, to))
        .push(" where s.deleted_at is null and s.pipeline_id = ")
        .bind(Bind::Id(pipeline))
        .push(" group by s.id order by s.position, s.id");
    type Row = (diesel::sql_types::Uuid, BigInt, BigInt, BigInt, BigInt, Nullable<Double>);
    let rows: Vec<(Uuid, i64, i64, i64, i64, Option<f64>)> = query.rows::<Row>().load(&mut *db.read().await?).await?;
    let names = records::titles(db, Stage::NAME, rows.iter().map(|row| row.0).collect()).await?;
    let passage = |(stage, entered, advanced, won, lost, average_days): (Uuid, _, _, _, _, _)| Passage {
        stage: StageRef { id: stage, name: names.get(&stage).cloned() },
        entered,
        advanced,
        won,
        lost,
        average_days,
    };
    Ok(rows.into_iter().map(passage).collect())
}

/// Days begin where the caller lives.
fn entered_between(db: &Db, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Sql {
    let offset = db.viewer().map_or(0, |viewer| viewer.utc_offset);
    let begin = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::seconds(offset.into());
    let from = from.map(|day| Sql::new("v.entered_at >= ").bind(Bind::Instant(begin(day))));
    let to = to.and_then(|day| day.checked_add_days(Days::new(1)));
    let to = to.map(|day| Sql::new("v.entered_at < ").bind(Bind::Instant(begin(day))));
    Sql::and(from.into_iter().chain(to).collect())
}
