use leptos::prelude::*;
use model::{DeliveryFilter, DestinationSummary, Timestamp};

use super::{
    address,
    health::{HealthMark, Queue, is_trouble, sentence},
    may_change,
};
use crate::{
    islands::local_times::LocalTimes,
    look::Look,
    pages::{answer, deliveries::address as delivery_address, done},
    port::console,
    text::destinations,
    ui::{
        button::LinkButton,
        icon::{Glyph, Icon},
        nav::{Frame, Section},
        state::{Blank, Failed},
    },
    view::DestinationList,
};

/// The destinations with how they do.
#[component]
pub fn Destinations() -> impl IntoView {
    let (answer, console, done, may_change) = (answer(), console(), done(), may_change());
    let content = Suspend::new(async move {
        let list = match console {
            Ok(console) => console.destinations().await,
            Err(error) => Err(error),
        };
        match list {
            Ok(list) => view! { <List list may_change /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! { <Failed error href=address::LIST.to_owned() /> }.into_any()
            }
        }
    });
    view! {
        <Frame title="Destinations · Hookproof" current=Some(Section::Destinations)>
            <div class="flex flex-wrap items-center justify-between gap-2 pt-5 pb-3">
                <h1>"Destinations"</h1>
                {may_change.then(|| view! { <AddLink /> })}
            </div>
            {done}
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

#[component]
fn AddLink() -> impl IntoView {
    view! {
        <LinkButton href=address::NEW look=Look::Accent>
            <Icon glyph=Glyph::Plus />
            "Add a destination"
        </LinkButton>
    }
    .into_any()
}

#[component]
fn List(list: DestinationList, may_change: bool) -> impl IntoView {
    let DestinationList { destinations, now } = list;
    if destinations.is_empty() {
        return view! { <Blank state=destinations::none_yet(may_change) glyph=Glyph::Server /> }.into_any();
    }
    let entries = destinations
        .into_iter()
        .map(|destination| view! { <Entry destination now /> })
        .collect_view();
    view! {
        <ul class="border-t border-hairline">{entries}</ul>
        <LocalTimes />
    }
    .into_any()
}

/// What it is called and its address, how it does, and what waits: below each other or in one line.
const ENTRY: &str = "grid gap-x-4 gap-y-1.5 border-b border-hairline py-3 text-sm md:grid-cols-[minmax(0,1fr)_auto] \
                     xl:grid-cols-[minmax(0,5fr)_minmax(0,6fr)_240px] xl:items-center";

#[component]
pub fn Entry(
    destination: DestinationSummary,
    now: Timestamp,
    /// What is wrong stands on the page already.
    #[prop(optional)]
    told_above: bool,
) -> impl IntoView {
    let deliveries = delivery_address::list(&DeliveryFilter {
        destinations: vec![destination.id],
        ..DeliveryFilter::default()
    });
    let sentence = if told_above && is_trouble(&destination) {
        String::new()
    } else {
        sentence(&destination, now)
    };
    view! {
        <li class=ENTRY>
            <div class="min-w-0">
                <div class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                    <h2 class="wrap-anywhere">
                        <a class="text-ink" href=address::destination(destination.id)>{destination.name.clone()}</a>
                    </h2>
                    <HealthMark destination=destination.clone() />
                </div>
                <code class="wrap-anywhere text-muted">{destination.url.clone()}</code>
            </div>
            <p class="text-muted md:col-span-full md:row-start-2 xl:col-auto xl:row-auto">{sentence}</p>
            <div class="flex flex-wrap items-center gap-x-3.5 gap-y-1 md:justify-end">
                <Queue destination />
                <a href=deliveries>"Deliveries"</a>
            </div>
        </li>
    }
    .into_any()
}
