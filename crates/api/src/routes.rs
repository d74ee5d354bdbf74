//! What is served, in the order of the catalogue: read it like a table of contents.

use actix_web::dev::HttpServiceFactory;
use domain::platform::{Department, Role, User};
use domain::relations::{Contact, Customer, CustomerType};
use utoipa_actix_web::OpenApiFactory;
use utoipa_actix_web::scope::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{auth, crud, exports, imports, jobs, meta, operations, platform};

/// Everything below `/api/v1`.
pub fn api() -> impl HttpServiceFactory + OpenApiFactory {
    scope("/api/v1").configure(routes)
}

fn routes(api: &mut ServiceConfig<'_>) {
    api
        // relations
        .service(crud::of::<Customer>())
        .service(crud::of::<Contact>())
        .service(crud::of::<CustomerType>())
        // platform
        .configure(auth::setup::configure)
        .configure(auth::sign_in::configure)
        .configure(auth::me::configure)
        .configure(auth::second_factor::configure)
        .configure(platform::users::configure)
        .configure(platform::roles::configure)
        .configure(platform::keys::configure)
        .service(crud::of::<User>())
        .service(crud::of::<Department>())
        .service(crud::of::<Role>())
        .configure(jobs::routes::configure)
        .configure(operations::routes::configure)
        .configure(imports::routes::configure)
        .configure(exports::routes::configure)
        .service(meta::resource);
}
