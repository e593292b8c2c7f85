//! The table of contents of the console.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::pages::{
    account::show::Account,
    audit::list::Audit,
    deliveries::{list::Deliveries, show::Delivery},
    destinations::{list::Destinations, new::NewDestination, show::Destination},
    endpoints::{list::Endpoints, new::NewEndpoint, show::Endpoint},
    not_found::NotFound,
    overview::show::Overview,
    resends::show::Progress,
    sign_in::{code::SecondStep, link::Link, password::SignIn},
    subjects::{list::Subjects, show::Subject},
    users::list::Users,
    webhooks::{bulk::Bulk, list::Webhooks, show::Webhook},
};

/// The pages. The server provides the port (`Arc<dyn Console>`) as context.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=Overview ssr=SsrMode::Async />
                <Route path=path!("/webhooks") view=Webhooks ssr=SsrMode::Async />
                <Route path=path!("/webhooks/bulk") view=Bulk ssr=SsrMode::Async />
                <Route path=path!("/webhooks/:id") view=Webhook ssr=SsrMode::Async />
                <Route path=path!("/resends/:id") view=Progress ssr=SsrMode::Async />
                <Route path=path!("/deliveries") view=Deliveries ssr=SsrMode::Async />
                <Route path=path!("/deliveries/:id") view=Delivery ssr=SsrMode::Async />
                <Route path=path!("/subjects") view=Subjects ssr=SsrMode::Async />
                <Route path=path!("/subjects/:subject") view=Subject ssr=SsrMode::Async />
                <Route path=path!("/destinations") view=Destinations ssr=SsrMode::Async />
                <Route path=path!("/destinations/new") view=NewDestination ssr=SsrMode::Async />
                <Route path=path!("/destinations/:id") view=Destination ssr=SsrMode::Async />
                <Route path=path!("/users") view=Users ssr=SsrMode::Async />
                <Route path=path!("/audit") view=Audit ssr=SsrMode::Async />
                <Route path=path!("/account") view=Account ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignIn ssr=SsrMode::Async />
                <Route path=path!("/sign-in/code") view=SecondStep ssr=SsrMode::Async />
                <Route path=path!("/link/:token") view=Link ssr=SsrMode::Async />
                <Route path=path!("/endpoints") view=Endpoints ssr=SsrMode::Async />
                <Route path=path!("/endpoints/new") view=NewEndpoint ssr=SsrMode::Async />
                <Route path=path!("/endpoints/:id") view=Endpoint ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
