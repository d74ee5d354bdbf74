//! What there is to know about a resource before its first record: fields, rights, operators.

use actix_web::{HttpResponse, get, web};
use domain::error::Code;
use domain::field::Field;
use domain::filter::{Op, operators};
use domain::messages;
use domain::permission::{Action, Permission, Right};
use domain::platform::CustomField;
use domain::platform::users::Locale;
use domain::summary;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::http::error::{Refusal, Result};

/// The fields that administrators made, of all resources that the caller reads: what a client needs to show them like
/// those that it knows by itself.
#[utoipa::path(
    tag = "platform",
    operation_id = "list_made_fields",
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "What was said of each field, in the order of forms.", body = MadeFields)),
)]
#[get("/meta")]
pub async fn made_fields(caller: Caller) -> Result<HttpResponse> {
    caller.fits()?;
    let (rights, catalogue) = (&caller.viewer.rights, caller.store().catalogue());
    let seen = |made: &CustomField| {
        let of = catalogue.find(&made.resource).filter(|of| rights.may(Permission::new(of.name, Action::Read)));
        let field = of.and_then(|of| of.own_field(made.key.as_deref()?));
        of.zip(field).is_some_and(|(of, field)| rights.field(of.name, field) > Right::None)
    };
    let fields = caller.store().declared_fields().into_iter().filter(seen).collect();
    Ok(HttpResponse::Ok().json(MadeFields { fields }))
}

#[derive(Serialize, ToSchema)]
struct MadeFields {
    fields: Vec<CustomField>,
}

/// Describe the fields of a resource as the caller may use them.
#[utoipa::path(
    tag = "platform",
    operation_id = "describe_resource",
    params(("resource" = String, Path, description = "The name of the resource, such as `customers`.")),
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "The fields, and what the caller may do.", body = ref("#/components/schemas/ResourceDescription"))),
)]
#[get("/meta/{resource}")]
pub async fn resource(caller: Caller, resource: web::Path<String>) -> Result<HttpResponse> {
    let definition = caller.store().catalogue().find(&resource).ok_or(Refusal::from(Code::NotFound))?;
    let rights = &caller.viewer.rights;
    if !rights.may(Permission::new(definition.name, Action::Read)) {
        return Err(Code::NotFound.into());
    }
    caller.fits()?;
    let label = |field: &Field| {
        let label = |locale| messages::label(locale, definition.name, field);
        json!({"zh-CN": label(Locale::Chinese), "en": label(Locale::English)})
    };
    let fields = definition.all_fields().filter_map(|field| {
        let right = rights.field(definition.name, field);
        if right == Right::None {
            return None;
        }
        let mut described = serde_json::to_value(field).unwrap_or_default();
        described["label"] = label(field);
        if let Some(made) = field.made {
            described["made"] = json!(made);
        }
        described["right"] = right.word().into();
        // A masked value is as closed as a hidden one, save that who may have it shown can look it up in full.
        let asked =
            |op: &&Op| right > Right::Masked || (**op == Op::Eq && rights.reveals(definition.name, field).is_some());
        let operators = if field.filterable { operators(field.kind, field.personal) } else { &[] };
        let operators: Vec<_> = operators.iter().filter(asked).map(|op| op.word()).collect();
        described["filterable"] = (!operators.is_empty()).into();
        described["sortable"] = (field.sortable && right > Right::Masked).into();
        described["operators"] = operators.into();
        described["groupable"] = (summary::is_groupable(field) && right > Right::Masked).into();
        described["measures"] = if right > Right::Masked { summary::measures(field).into() } else { json!([]) };
        Some(described)
    });
    let actions: Vec<_> = Action::WORDS
        .iter()
        .filter_map(|word| Action::from_word(word))
        .filter(|action| rights.may(Permission::new(definition.name, *action)))
        .map(Action::word)
        .collect();
    let acts: Vec<_> = definition
        .acts
        .iter()
        .filter(|act| rights.may(Permission::new(definition.name, act.action)))
        .map(|act| {
            let mut described = serde_json::to_value(act).unwrap_or_default();
            let key = format!("act.{}.{}", definition.name, act.noun);
            let word = |locale| messages::lookup(locale, &key).unwrap_or(act.noun);
            described["label"] = json!({"zh-CN": word(Locale::Chinese), "en": word(Locale::English)});
            described
        })
        .collect();
    Ok(HttpResponse::Ok().json(json!({
        "name": definition.name,
        "area": definition.area.word(),
        "title": definition.title,
        "actions": actions,
        "state": definition.state,
        "acts": acts,
        "fields": fields.collect::<Vec<_>>(),
    })))
}
