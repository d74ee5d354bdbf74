//! The caller of a request: the only source of a [`Db`].

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use domain::error::Code;
use domain::permission::Permission;
use domain::viewer::Viewer;
use futures_util::future::{FutureExt, LocalBoxFuture};
use store::{Db, Store, Trace};

use crate::http::error::{Refusal, Result};
use crate::http::request::RequestId;

/// A caller whose credentials were checked.
pub struct Caller {
    pub viewer: Arc<Viewer>,
    store: web::Data<Store>,
    trace: Trace,
}

impl Caller {
    /// May I? The first line of a handler. Without the permission there is no connection.
    pub fn authorize(&self, permission: Permission) -> Result<Db> {
        Ok(self.store.authorize(self.viewer.clone(), permission, self.trace.clone())?)
    }

    /// What concerns nobody but the caller, such as one's own profile and sessions.
    pub fn own(&self) -> Db {
        self.store.own(self.viewer.clone(), self.trace.clone())
    }

    pub fn store(&self) -> &Store {
        &self.store
    }
}

impl FromRequest for Caller {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            let store = request.app_data::<web::Data<Store>>().ok_or(Refusal::from(Code::Internal))?.clone();
            let viewer = super::viewer_of(&request, &store).await?;
            let trace = Trace { request_id: RequestId::of(&request).as_str().to_owned(), ..Trace::default() };
            Ok(Self { viewer, store, trace })
        }
        .boxed_local()
    }
}
