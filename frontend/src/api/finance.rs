//! What customers owe.

use domain::finance::receivables::{Receivable, Statement};

use super::{Call, Result, parse};

/// What customers owed at a day, or one of them.
pub async fn receivables(as_of: &str, customer: Option<&str>) -> Result<Vec<Receivable>> {
    let of = customer.map(|id| format!("&customer_id={id}")).unwrap_or_default();
    let mut body = Call::get(format!("/receivables?as_of={as_of}{of}")).send().await?.body;
    Ok(parse(body["data"].take()))
}

/// The statement of a customer between two days, in each currency.
pub async fn statement(customer: &str, from: &str, to: &str) -> Result<Vec<Statement>> {
    let mut body = Call::get(format!("/customers/{customer}/statement?from={from}&to={to}")).send().await?.body;
    Ok(parse(body["data"].take()))
}

/// The same as a file.
pub async fn save_statement(customer: &str, from: &str, to: &str) -> Result<()> {
    let path = format!("/customers/{customer}/statement/file?from={from}&to={to}");
    Call::get(path).save_as(&format!("statement-{from}-{to}.csv")).await
}
