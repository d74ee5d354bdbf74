//! What the records of sales show beyond their fields: the way of an opportunity, and how a pipeline converts.

mod conversion;
mod way;

use leptos::prelude::*;

use self::conversion::Conversion;
use self::way::Way;
use crate::resource::RecordPage;
use crate::{lazy, routes};

lazy!(sales, opportunity, |mut params| record("opportunities", params.remove(0), |id| view! { <Way id/> }.into_any()));
lazy!(sales, pipeline, |mut params| record("pipelines", params.remove(0), |id| view! { <Conversion id/> }.into_any()));

fn record(resource: &'static str, id: String, extra: fn(String) -> AnyView) -> AnyView {
    routes::resource(resource, |definition| view! { <RecordPage definition id extra/> }.into_any())
}
