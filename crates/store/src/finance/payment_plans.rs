//! Payment plans. One that is made out of an order or a contract begins with all that is open there, in one instalment.

use chrono::{Days, NaiveDate};
use domain::finance::PaymentPlan;
use domain::finance::payment_plans::Instalment;
use domain::lines::Lines;
use domain::numbering;
use domain::sales::owed::Owed;
use rust_decimal::Decimal;
use schema::{contracts, orders, payment_plans};

use crate::db::Tx;
use crate::error::Result;
use crate::sales::owed;
use crate::table::prelude::*;

/// Until when somebody pays with whom nothing else was agreed.
const USUAL: Days = Days::new(30);

impl Stored for PaymentPlan {
    stored_in!(payment_plans);

    async fn before_write(tx: &mut Tx<'_>, before: Option<&Record<Self>>, record: &mut Record<Self>) -> Result<()> {
        if before.is_none() && record.data.lines.is_empty() {
            record.data.lines = begun(tx, &record.data).await?;
            record.data.receive(Decimal::ZERO);
        }
        owed::keep(before, record, "lines")
    }
}

async fn begun(tx: &mut Tx<'_>, plan: &PaymentPlan) -> Result<Lines<Instalment>> {
    let (amount, due_on) = match (plan.order_id, plan.contract_id) {
        (Some(order), _) => {
            let of = orders::table.find(order.uuid()).select((orders::open, orders::deliver_on));
            let (open, due_on): (Decimal, Option<NaiveDate>) = of.first(&mut **tx).await?;
            (Some(open), due_on)
        }
        (None, Some(contract)) => {
            let of = contracts::table.find(contract.uuid()).select(contracts::open);
            (of.first::<Option<Decimal>>(&mut **tx).await?, None)
        }
        (None, None) => (None, None),
    };
    let Some(amount) = amount.filter(|amount| *amount > Decimal::ZERO) else { return Ok(Lines::default()) };
    let today = numbering::day(tx.now());
    let due_on = due_on.or(today.checked_add_days(USUAL)).unwrap_or(today);
    Ok(Lines(vec![Instalment { id: Uuid::now_v7(), due_on, amount, ..Instalment::default() }]))
}
