//! What is served: every resource of the registry, and what is no collection of records.

use actix_web::dev::HttpServiceFactory;
use store::registry;
use utoipa_actix_web::OpenApiFactory;
use utoipa_actix_web::scope::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{activity, auth, crud, exports, finance, imports, jobs, meta, operations, platform, sales};

/// Everything below `/api/v1`.
pub fn api() -> impl HttpServiceFactory + OpenApiFactory {
    scope("/api/v1").configure(resources).configure(routes)
}

fn resources(api: &mut ServiceConfig<'_>) {
    for verbs in registry::ALL {
        api.service(crud::of(*verbs));
    }
}

fn routes(api: &mut ServiceConfig<'_>) {
    // sales
    api.configure(sales::stages::configure);
    // finance
    api.configure(finance::receivables::configure);
    // platform
    api.configure(auth::setup::configure)
        .configure(auth::sign_in::configure)
        .configure(auth::me::configure)
        .configure(auth::notices::configure)
        .configure(auth::second_factor::configure)
        .configure(platform::users::configure)
        .configure(platform::roles::configure)
        .configure(platform::keys::configure)
        .configure(platform::attachments::configure)
        .configure(activity::configure)
        .configure(jobs::routes::configure)
        .configure(operations::routes::configure)
        .configure(imports::routes::configure)
        .configure(exports::routes::configure)
        .service(meta::made_fields)
        .service(meta::resource);
}
