//! What payments are for: orders, contracts, payment plans and invoices, whose open amounts they make less.
//!
//! The rows are locked while money is counted for them, one kind after the other and each kind in the order of its ids, so
//! that however many post at once nothing gets more than is open and no two wait for each other.

use std::collections::BTreeSet;

use diesel::sql_types::{Nullable, Uuid as SqlUuid};
use domain::error::{Error, Fault};
use domain::finance::payments::Allocation;
use domain::finance::{Invoice, InvoiceId, Payment, PaymentPlan, PaymentPlanId};
use domain::sales::owed::Owed;
use domain::sales::{Contract, ContractId, Order, OrderId};
use rust_decimal::Decimal;

use crate::db::Tx;
use crate::error::Result;
use crate::records;
use crate::sql::{Bind, Sql};
use crate::table::prelude::*;

/// One of the things that a line may name.
#[derive(Clone, Copy)]
struct Named {
    key: &'static str,
    get: fn(&Allocation) -> Option<Uuid>,
    set: fn(&mut Allocation, Option<Uuid>),
}

/// In the order in which they are locked.
const ORDER: Named = Named {
    key: "order_id",
    get: |line| line.order_id.map(OrderId::uuid),
    set: |line, id| line.order_id = id.map(OrderId::new),
};
const CONTRACT: Named = Named {
    key: "contract_id",
    get: |line| line.contract_id.map(ContractId::uuid),
    set: |line, id| line.contract_id = id.map(ContractId::new),
};
const INVOICE: Named = Named {
    key: "invoice_id",
    get: |line| line.invoice_id.map(InvoiceId::uuid),
    set: |line, id| line.invoice_id = id.map(InvoiceId::new),
};
const PLAN: Named = Named {
    key: "plan_id",
    get: |line| line.plan_id.map(PaymentPlanId::uuid),
    set: |line, id| line.plan_id = id.map(PaymentPlanId::new),
};

/// Makes the lines of a new payment out of what it says it is for: as much of each as is open, as far as it goes.
pub(super) async fn begin(tx: &mut Tx<'_>, payment: &mut Payment) -> Result<()> {
    let mut left = payment.amount;
    let named = [
        (ORDER, payment.order_ids.iter().map(|id| id.uuid()).collect::<Vec<_>>(), "orders"),
        (CONTRACT, payment.contract_ids.iter().map(|id| id.uuid()).collect(), "contracts"),
        (INVOICE, payment.invoice_ids.iter().map(|id| id.uuid()).collect(), "invoices"),
        (PLAN, payment.plan_ids.iter().map(|id| id.uuid()).collect(), "payment_plans"),
    ];
    for (of, ids, table) in named {
        for id in ids {
            let query = Sql::new(format!("select open from {table} where id = ")).bind(Bind::Id(id)).recurring();
            let open: Option<Option<Decimal>> =
                query.rows::<Nullable<diesel::sql_types::Numeric>>().get_result(&mut **tx).await.optional()?;
            let amount = open.flatten().unwrap_or(left).clamp(Decimal::ZERO, left);
            left -= amount;
            let mut line = Allocation { id: Uuid::now_v7(), amount, ..Allocation::default() };
            (of.set)(&mut line, Some(id));
            payment.lines.push(line);
        }
    }
    payment.tell_by_lines(false);
    Ok(())
}

/// Counts a payment for all that its lines name, and for what that belongs to.
pub(super) async fn count(tx: &mut Tx<'_>, payment: &mut Payment) -> Result<()> {
    let said = payment.lines.clone();
    complete(tx, payment).await?;
    let mut faults = Vec::new();
    place::<Order>(tx, payment, &said, ORDER, &mut faults).await?;
    place::<Contract>(tx, payment, &said, CONTRACT, &mut faults).await?;
    place::<Invoice>(tx, payment, &said, INVOICE, &mut faults).await?;
    place::<PaymentPlan>(tx, payment, &said, PLAN, &mut faults).await?;
    payment.tell_by_lines(false);
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults).into()) }
}

/// Counts it no longer.
pub(super) async fn take_off(tx: &mut Tx<'_>, payment: &Payment) -> Result<()> {
    take_off_one::<Order>(tx, payment, ORDER).await?;
    take_off_one::<Contract>(tx, payment, CONTRACT).await?;
    take_off_one::<Invoice>(tx, payment, INVOICE).await?;
    take_off_one::<PaymentPlan>(tx, payment, PLAN).await
}

/// Names in each line what belongs to what it names: the order of an invoice, and of an order its contract, plan and
/// invoice where there is but one of them.
async fn complete(tx: &mut Tx<'_>, payment: &mut Payment) -> Result<()> {
    const ABOVE: [(Named, &str, Named); 5] = [
        (INVOICE, "select order_id from invoices where id = ", ORDER),
        (INVOICE, "select contract_id from invoices where id = ", CONTRACT),
        (PLAN, "select order_id from payment_plans where id = ", ORDER),
        (PLAN, "select contract_id from payment_plans where id = ", CONTRACT),
        (CONTRACT, "select order_id from contracts where id = ", ORDER),
    ];
    const BELOW: [(Named, &str, Named); 4] = [
        (
            ORDER,
            "select id from contracts where deleted_at is null and status in ('signed', 'completed') and order_id = ",
            CONTRACT,
        ),
        (
            ORDER,
            "select id from invoices where deleted_at is null and status = 'issued' and open > 0 and order_id = ",
            INVOICE,
        ),
        (ORDER, "select id from payment_plans where deleted_at is null and status = 'active' and order_id = ", PLAN),
        (
            CONTRACT,
            "select id from payment_plans where deleted_at is null and status = 'active' and contract_id = ",
            PLAN,
        ),
    ];
    for line in payment.lines.iter_mut() {
        for (from, query, to) in ABOVE.iter().chain(&BELOW) {
            let (Some(id), None) = ((from.get)(line), (to.get)(line)) else { continue };
            let query = Sql::new(*query).bind(Bind::Id(id)).push(" limit 2").recurring();
            let found: Vec<Option<Uuid>> = query.rows::<Nullable<SqlUuid>>().load(&mut **tx).await?;
            if let [Some(only)] = found.as_slice() {
                (to.set)(line, Some(*only));
            }
        }
    }
    Ok(())
}

/// Counts what the lines name of one kind. What a line says must take its amount; what was only found to belong to it is
/// left out where it does not.
async fn place<R: Stored + Owed>(
    tx: &mut Tx<'_>,
    payment: &mut Payment,
    said: &[Allocation],
    of: Named,
    faults: &mut Vec<Fault>,
) -> Result<()> {
    for id in named(payment, of) {
        let locked = R::lock(tx, id).await?.filter(|locked| locked.deleted_at.is_none());
        let target = locked.map(|locked| locked.record.data);
        let (customer, currency) = (payment.customer_id, payment.currency);
        let mut sum = Decimal::ZERO;
        let lines = payment.lines.iter_mut().enumerate().filter(|(_, line)| (of.get)(line) == Some(id));
        for (number, line) in lines {
            let wrong = match &target {
                None => Some("not_found"),
                Some(target) if target.customer() != customer => Some("of_another_customer"),
                Some(target) if target.currency() != currency => Some("of_another_currency"),
                Some(target) if !target.takes_money() => Some("takes_no_money"),
                Some(target) if target.open().is_some_and(|open| open < sum + line.amount) => Some("more_than_open"),
                Some(_) => None,
            };
            match wrong {
                None => sum += line.amount,
                Some(code) if said.get(number).and_then(of.get) == Some(id) => {
                    faults.push(Fault::new(format!("/lines/{number}/{}", of.key), code));
                }
                Some(_) => (of.set)(line, None),
            }
        }
        receive::<R>(tx, id, sum).await?;
    }
    Ok(())
}

async fn take_off_one<R: Stored + Owed>(tx: &mut Tx<'_>, payment: &Payment, of: Named) -> Result<()> {
    for id in named(payment, of) {
        let sum: Decimal = payment.lines.iter().filter(|line| (of.get)(line) == Some(id)).map(|line| line.amount).sum();
        receive::<R>(tx, id, -sum).await?;
    }
    Ok(())
}

async fn receive<R: Stored + Owed>(tx: &mut Tx<'_>, id: Uuid, amount: Decimal) -> Result<()> {
    records::touch::<R>(tx, id, |record| {
        let received = record.data.received() + amount;
        record.data.receive(received);
    })
    .await
}

fn named(payment: &Payment, of: Named) -> BTreeSet<Uuid> {
    payment.lines.iter().filter_map(of.get).collect()
}
