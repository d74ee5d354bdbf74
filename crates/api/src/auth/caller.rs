//! The caller of a request: the only source of a [`Db`].

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use domain::error::{Code, Error};
use domain::permission::Permission;
use domain::viewer::Viewer;
use futures_util::future::{FutureExt, LocalBoxFuture};
use store::{Db, Store, Trace};

use crate::http::error::{Refusal, Result};
use crate::http::query;
use crate::http::request::RequestId;

/// A caller whose credentials were checked.
pub struct Caller {
    pub viewer: Arc<Viewer>,
    store: web::Data<Store>,
    trace: Trace,
    /// What is wrong with the address. It is told to those who may ask.
    misfit: Option<Error>,
}

impl Caller {
    /// May I? The first line of a handler. Without the permission there is no connection.
    pub fn authorize(&self, permission: Permission) -> Result<Db> {
        let db = self.store.authorize(self.viewer.clone(), permission, self.trace.clone())?;
        self.fits().map(|()| db)
    }

    /// What concerns nobody but the caller, such as one's own profile and sessions.
    pub fn own(&self) -> Result<Db> {
        self.fits().map(|()| self.store.own(self.viewer.clone(), self.trace.clone()))
    }

    /// Refuses an address that asks for more than there is. Those who may ask are told; a connection implies it.
    pub fn fits(&self) -> Result<()> {
        self.misfit.clone().map_or(Ok(()), |error| Err(Refusal(error)))
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
            Ok(Self { viewer, store, trace, misfit: query::fault(&request) })
        }
        .boxed_local()
    }
}
