//! Named constraints of the database and what their refusal means to a caller: one table for all resources.

use diesel::result::Error;
use domain::custom;
use domain::error::{Code, Fault};

/// Constraint, code, member of the body at fault, and the fault.
const MEANINGS: &[(&str, Code, &str, &str)] = &[
    ("departments_name_taken", Code::Duplicate, "name", "taken"),
    ("departments_parent_exists", Code::Invalid, "parent_id", "not_found"),
    ("departments_not_own_parent", Code::Invalid, "parent_id", "cycle"),
    ("users_username_taken", Code::Duplicate, "username", "taken"),
    ("users_email_taken", Code::Duplicate, "email", "taken"),
    ("roles_name_taken", Code::Duplicate, "name", "taken"),
    ("customer_types_name_taken", Code::Duplicate, "name", "taken"),
    ("tags_name_taken", Code::Duplicate, "name", "taken"),
    ("customers_credit_code_taken", Code::Duplicate, "credit_code", "taken"),
    ("customers_type_exists", Code::Invalid, "type_id", "not_found"),
    ("customers_parent_exists", Code::Invalid, "parent_id", "not_found"),
    ("contacts_customer_exists", Code::Invalid, "customer_id", "not_found"),
    ("contacts_one_primary", Code::Conflict, "is_primary", "taken"),
    ("contact_records_customer_exists", Code::Invalid, "customer_id", "not_found"),
    ("contact_records_opportunity_exists", Code::Invalid, "opportunity_id", "not_found"),
    ("contact_records_contact_exists", Code::Invalid, "contact_id", "not_found"),
    ("product_categories_name_taken", Code::Duplicate, "name", "taken"),
    ("product_categories_parent_exists", Code::Invalid, "parent_id", "not_found"),
    ("products_code_taken", Code::Duplicate, "code", "taken"),
    ("products_category_exists", Code::Invalid, "category_id", "not_found"),
    ("products_image_exists", Code::Invalid, "image_id", "not_found"),
    ("pipelines_name_taken", Code::Duplicate, "name", "taken"),
    ("stages_name_taken", Code::Duplicate, "name", "taken"),
    ("stages_pipeline_exists", Code::Invalid, "pipeline_id", "not_found"),
    ("opportunities_customer_exists", Code::Invalid, "customer_id", "not_found"),
    ("opportunities_stage_exists", Code::Invalid, "stage_id", "not_found"),
    ("opportunities_number_taken", Code::Duplicate, "number", "taken"),
    ("leads_customer_exists", Code::Invalid, "customer_id", "not_found"),
    ("leads_contact_exists", Code::Invalid, "contact_id", "not_found"),
    ("leads_opportunity_exists", Code::Invalid, "opportunity_id", "not_found"),
    ("quotes_customer_exists", Code::Invalid, "customer_id", "not_found"),
    ("quotes_contact_exists", Code::Invalid, "contact_id", "not_found"),
    ("quotes_opportunity_exists", Code::Invalid, "opportunity_id", "not_found"),
    ("quotes_revises_exists", Code::Invalid, "revises_id", "not_found"),
    ("quotes_number_taken", Code::Duplicate, "number", "taken"),
    ("orders_customer_exists", Code::Invalid, "customer_id", "not_found"),
    ("orders_contact_exists", Code::Invalid, "contact_id", "not_found"),
    ("orders_opportunity_exists", Code::Invalid, "opportunity_id", "not_found"),
    ("orders_quote_exists", Code::Invalid, "quote_id", "not_found"),
    ("orders_number_taken", Code::Duplicate, "number", "taken"),
    ("contracts_customer_exists", Code::Invalid, "customer_id", "not_found"),
    ("contracts_contact_exists", Code::Invalid, "contact_id", "not_found"),
    ("contracts_order_exists", Code::Invalid, "order_id", "not_found"),
    ("contracts_renews_exists", Code::Invalid, "renews_id", "not_found"),
    ("contracts_number_taken", Code::Duplicate, "number", "taken"),
    ("invoices_customer_exists", Code::Invalid, "customer_id", "not_found"),
    ("invoices_order_exists", Code::Invalid, "order_id", "not_found"),
    ("invoices_contract_exists", Code::Invalid, "contract_id", "not_found"),
    ("invoices_corrects_exists", Code::Invalid, "corrects_id", "not_found"),
    ("invoices_number_taken", Code::Duplicate, "number", "taken"),
    ("payment_plans_customer_exists", Code::Invalid, "customer_id", "not_found"),
    ("payment_plans_order_exists", Code::Invalid, "order_id", "not_found"),
    ("payment_plans_contract_exists", Code::Invalid, "contract_id", "not_found"),
    ("payment_plans_number_taken", Code::Duplicate, "number", "taken"),
    ("payments_customer_exists", Code::Invalid, "customer_id", "not_found"),
    ("payments_number_taken", Code::Duplicate, "number", "taken"),
    ("invoices_corrected_once", Code::Conflict, "corrects_id", "taken"),
    ("service_requests_customer_exists", Code::Invalid, "customer_id", "not_found"),
    ("service_requests_contact_exists", Code::Invalid, "contact_id", "not_found"),
    ("service_requests_number_taken", Code::Duplicate, "number", "taken"),
    ("tickets_customer_exists", Code::Invalid, "customer_id", "not_found"),
    ("tickets_contact_exists", Code::Invalid, "contact_id", "not_found"),
    ("tickets_service_request_exists", Code::Invalid, "service_request_id", "not_found"),
    ("tickets_number_taken", Code::Duplicate, "number", "taken"),
    ("fields_key_taken", Code::Duplicate, "key", "taken"),
    ("external_ids_pkey", Code::Duplicate, "external_ids", "taken"),
    ("user_roles_role_id_fkey", Code::Invalid, "roles", "not_found"),
    ("operations_undo_of_key", Code::Conflict, "id", "already_undone"),
];

/// The refusal a database error stands for, if it is one that a caller can do something about.
pub fn refusal(error: &Error) -> Option<domain::Error> {
    let Error::DatabaseError(_, info) = error else { return None };
    let name = info.constraint_name()?;
    if name.ends_with("_owner_exists") {
        return Some(domain::Error::at(Code::Invalid, Fault::field("owner_id", "not_found")));
    }
    if name.ends_with("_department_exists") {
        return Some(domain::Error::at(Code::Invalid, Fault::field("department_id", "not_found")));
    }
    if let Some(key) = name.strip_prefix("custom_unique_").and(info.details()).and_then(made_by_an_administrator) {
        return Some(domain::Error::at(Code::Duplicate, Fault::field(key, "taken")));
    }
    let (_, code, member, fault) = MEANINGS.iter().find(|(constraint, ..)| *constraint == name)?;
    Some(domain::Error::at(*code, Fault::field(member, fault)))
}

/// The member that PostgreSQL names in `Key (folded(custom ->> 'x_code'::text))=(a) already exists.` What stands in the
/// record comes after it.
fn made_by_an_administrator(details: &str) -> Option<&str> {
    let (expression, _) = details.split_once(")=(")?;
    expression.split('\'').find(|part| custom::is_key(part))
}
