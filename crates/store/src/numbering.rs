//! Gives new documents their numbers: no two the same, and none left out by a transaction that came to nothing.
//!
//! The count of a series is a locked row: who makes a document next waits until the one before is there or is not.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use domain::numbering::{self, Series};
use domain::resource::{Definition, Record};
use schema::number_rules;

use crate::db::Tx;
use crate::error::Result;
use crate::sql::{Bind, Sql};
use crate::table::Stored;

/// Numbers the new records that nobody has numbered.
pub(crate) async fn give<R: Stored>(tx: &mut Tx<'_>, records: &mut [Record<R>]) -> Result<()> {
    let Some((field, shipped)) = Definition::of::<R>().numbered() else { return Ok(()) };
    let waiting: Vec<&mut String> =
        records.iter_mut().filter_map(|record| record.data.number()).filter(|number| number.is_empty()).collect();
    if waiting.is_empty() {
        return Ok(());
    }
    let rule: Option<(String, i64)> = number_rules::table
        .filter(number_rules::resource.eq(R::NAME))
        .filter(number_rules::deleted_at.is_null())
        .select((number_rules::pattern, number_rules::begin_at))
        .first(&mut **tx)
        .await
        .optional()?;
    let (pattern, begin_at) = rule.unwrap_or_else(|| (shipped.to_owned(), 1));
    let today = numbering::day(tx.now());
    let Some(series) = Series::of(&pattern, today).or_else(|| Series::of(shipped, today)) else { return Ok(()) };
    let mut numbers = Vec::with_capacity(waiting.len());
    while numbers.len() < waiting.len() {
        let more = count_on::<R>(tx, &series, begin_at, waiting.len() - numbers.len()).await?;
        // What a file or another system brought is left out.
        let taken = taken::<R>(tx, field.key, &more).await?;
        numbers.extend(more.into_iter().filter(|number| !taken.contains(number)));
    }
    for (number, given) in waiting.into_iter().zip(numbers) {
        *number = given;
    }
    Ok(())
}

/// The next numbers of a series.
async fn count_on<R: Stored>(tx: &mut Tx<'_>, series: &Series, begin_at: i64, many: usize) -> Result<Vec<String>> {
    let many = many as i64;
    let query = Sql::new("insert into number_series as known (resource, series, last) values (")
        .bind(Bind::Text(R::NAME.to_owned()))
        .push(", ")
        .bind(Bind::Text(series.name()))
        .push(", ")
        .bind(Bind::Int(begin_at - 1 + many))
        .push(") on conflict (resource, series) do update set last = greatest(known.last, ")
        .bind(Bind::Int(begin_at - 1))
        .push(") + ")
        .bind(Bind::Int(many))
        .push(" returning last")
        .recurring();
    let last: i64 = query.rows::<BigInt>().get_result(&mut **tx).await?;
    Ok((last - many + 1..=last).map(|count| series.number(count)).collect())
}

async fn taken<R: Stored>(tx: &mut Tx<'_>, column: &str, numbers: &[String]) -> Result<HashSet<String>> {
    let query = Sql::new(format!("select {column} from {} where {column} = any(", R::TABLE))
        .bind(Bind::Texts(numbers.to_vec()))
        .push(")")
        .recurring();
    Ok(query.rows::<diesel::sql_types::Text>().load(&mut **tx).await?.into_iter().collect())
}
