//! The settings of a destination.

use leptos::prelude::*;
use model::{Outcome, Subscription};

use super::timeline::Timeline;
use crate::{
    api::destinations::{ChangeDestination, OWN_SCHEDULE},
    look::Look,
    pages::Tried,
    text::{destinations, words},
    ui::{
        button::SubmitButton,
        card::Card,
        disclosure::{Disclosure, Inset},
        facts::{Fact, Facts},
        form::{Form, hidden},
        input::Input,
    },
    view::{DestinationForm, DestinationPage},
};

/// What the fields begin with.
#[derive(Debug, Clone, Default)]
pub struct Values {
    name: String,
    url: String,
    subscription: Subscription,
    headers: Vec<String>,
    concurrency: Option<u32>,
    rate_limit: Option<u32>,
    ordered: bool,
    /// `None` for the usual one.
    schedule: Option<Vec<u32>>,
}

impl From<&DestinationPage> for Values {
    fn from(page: &DestinationPage) -> Self {
        Self {
            name: page.destination.name.clone(),
            url: page.destination.url.clone(),
            subscription: page.subscription.clone(),
            headers: page.headers.clone(),
            concurrency: Some(page.concurrency),
            rate_limit: page.rate_limit,
            ordered: page.ordered,
            schedule: Some(page.schedule.clone()),
        }
    }
}

/// How many empty lines for event types follow those that are filled in.
const MORE_LINES: usize = 2;

/// All fields: what it is called and where it is, then what it takes, then how it is sent.
pub fn fields(form: &Form, of: &DestinationForm, values: &Values) -> AnyView {
    let url_hint = if of.http_allowed {
        destinations::URL_HINT_HTTP
    } else {
        destinations::URL_HINT
    };
    let name = Input::text("name", "Name")
        .value(values.name.clone())
        .hint(destinations::NAME_HINT);
    let url = Input::url("url", "URL")
        .value(values.url.clone())
        .placeholder("https://example.com/webhooks")
        .hint(url_hint);
    let (takes, sending) = (takes(form, of, values), sending(form, of, values));
    view! {
        {form.field(name.most(128).required())}
        {form.field(url.most(2048).required())}
        <Disclosure label="What it takes" open=true>
            <Inset>{takes}</Inset>
        </Disclosure>
        <Disclosure label="How it is sent" open=true>
            <Inset>{sending}</Inset>
        </Disclosure>
    }
    .into_any()
}

fn takes(form: &Form, of: &DestinationForm, values: &Values) -> AnyView {
    let chosen = &values.subscription;
    let endpoints = of.endpoints.iter().map(|endpoint| {
        let on = chosen.endpoints.contains(&endpoint.id);
        (endpoint.id.to_string().into(), endpoint.name.clone().into(), on)
    });
    let outcomes = Outcome::ALL.iter().map(|outcome| {
        let on = chosen.outcomes.contains(outcome);
        (outcome.as_str().into(), words::outcome(*outcome).into(), on)
    });
    // What is set, and some lines more.
    let event_types = chosen.event_types.iter().map(|event_type| event_type.to_string().into());
    let lines = event_types.chain(std::iter::repeat_n("".into(), MORE_LINES)).collect();
    let event_types = Input::several("event_types[]", "Event types", lines)
        .placeholder("inquiry.*")
        .list("event-types")
        .hint(destinations::EVENT_TYPES_HINT)
        .most(256);
    let suggestions = of.catalogue.iter().map(|event| {
        let (event_type, title) = (event.event_type.clone(), event.title.clone());
        view! { <option value=event_type>{title}</option> }
    });
    let endpoints: Vec<_> = endpoints.collect();
    let endpoints = (!endpoints.is_empty())
        .then(|| form.field(Input::ticks("endpoints[]", "Endpoints", endpoints).hint(destinations::ENDPOINTS_HINT)));
    view! {
        {endpoints}
        {form.field(event_types)}
        <datalist id="event-types">{suggestions.collect_view()}</datalist>
        {form.field(Input::ticks("outcomes[]", "Outcomes", outcomes.collect()).hint(destinations::OUTCOMES_HINT))}
    }
    .into_any()
}

fn sending(form: &Form, of: &DestinationForm, values: &Values) -> AnyView {
    let number = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
    // One line a header; the values are not known here.
    let names: Vec<_> = values.headers.iter().map(|name| format!("{name}:")).collect();
    let headers = Input::secret("headers", "Headers", true)
        .value(names.join("\n"))
        .placeholder("authorization: Bearer …")
        .hint(if values.headers.is_empty() {
            destinations::HEADERS_HINT.to_owned()
        } else {
            format!("{} {}", destinations::HEADERS_HINT, destinations::HEADERS_KEEP)
        })
        .most(8192);
    let concurrency = Input::text("concurrency", "Requests at once")
        .value(number(values.concurrency))
        .hint(destinations::concurrency_hint(of.default_concurrency))
        .pattern("[0-9]*")
        .keys("numeric")
        .most(4);
    let rate_limit = Input::text("rate_limit", "Rate limit")
        .value(number(values.rate_limit))
        .hint(destinations::RATE_HINT)
        .pattern("[0-9]*")
        .keys("numeric")
        .most(6);
    let ordered = Input::tick("ordered", destinations::ORDERED, values.ordered).hint(destinations::ORDERED_HINT);
    view! {
        {form.field(ordered)}
        <div class="grid gap-4 sm:grid-cols-2">
            {form.field(concurrency)}
            {form.field(rate_limit)}
        </div>
        {schedule(form, of, values)}
        {form.field(headers)}
    }
    .into_any()
}

/// One of the schedules that are offered, or one that is written.
fn schedule(form: &Form, of: &DestinationForm, values: &Values) -> AnyView {
    let usual = (destinations::SCHEDULE_USUAL.to_owned(), of.default_schedule.clone());
    let offered: Vec<_> = std::iter::once(usual).chain(of.presets.clone()).collect();
    let set = values.schedule.as_ref().unwrap_or(&of.default_schedule);
    let is_own = !offered.iter().any(|(_, waits)| waits == set);
    let written = destinations::schedule(set);
    let own = (OWN_SCHEDULE.into(), destinations::OWN_SCHEDULE.into(), "".into());
    let options = offered.into_iter().map(|(name, waits)| {
        let words = destinations::schedule_in_words(&waits);
        (destinations::schedule(&waits).into(), name.into(), words.into())
    });
    let chosen = if is_own { OWN_SCHEDULE.to_owned() } else { written.clone() };
    let choice = Input::radio("schedule_choice", "Schedule", options.chain([own]).collect()).value(chosen);
    let own = Input::text("schedule", "Waits of another schedule")
        .value(if is_own { written } else { String::new() })
        .placeholder("0, 30 s, 5 min, 2 h, 1 d")
        .hint(destinations::OWN_SCHEDULE_HINT)
        .most(512);
    view! {
        <div>
            {form.field(choice)}
            <div class="pt-1 pl-5.5">{form.field(own)}</div>
        </div>
    }
    .into_any()
}

/// The settings as a form for those who may change them, else as they are.
#[component]
pub fn Settings(page: DestinationPage, tried: Tried, may_change: bool) -> impl IntoView {
    let drawn = view! { <Timeline waits=page.schedule.clone() /> };
    if !may_change {
        return view! {
            <AsTheyAre page />
            <Card title="Schedule">{drawn}</Card>
        }
        .into_any();
    }
    let form = tried.form::<ChangeDestination>("settings");
    let settings = fields(&form, &page.form, &Values::from(&page));
    let content = form.stack(view! {
        {hidden("id", page.destination.id)}
        {settings}
        <div><SubmitButton look=Look::Accent>"Save the settings"</SubmitButton></div>
    });
    view! {
        <Card title="Schedule">{drawn}</Card>
        <Card title="Settings" id="settings-card">{content}</Card>
    }
    .into_any()
}

#[component]
fn AsTheyAre(page: DestinationPage) -> impl IntoView {
    let endpoints = &page.subscription.endpoints;
    let names = page.form.endpoints.iter().filter(|endpoint| endpoints.contains(&endpoint.id));
    let names: Vec<_> = names.map(|endpoint| endpoint.name.clone()).collect();
    let types: Vec<_> = page.subscription.event_types.iter().map(ToString::to_string).collect();
    let outcomes = page.subscription.outcomes.iter();
    let outcomes: Vec<_> = outcomes.map(|outcome| words::outcome(*outcome).to_owned()).collect();
    let all = |list: Vec<String>| Some(if list.is_empty() { "all".to_owned() } else { list.join(", ") });
    let facts = [
        ("Endpoints", all(names)),
        ("Event types", all(types)),
        ("Outcomes", all(outcomes)),
        ("Headers", (!page.headers.is_empty()).then(|| page.headers.join(", "))),
        ("Requests at once", Some(page.concurrency.to_string())),
        ("Rate limit", page.rate_limit.map(|limit| format!("{limit} per second"))),
        ("Order", page.ordered.then(|| destinations::ORDERED.to_owned())),
    ];
    let facts = facts
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| view! { <Fact name>{value}</Fact> }));
    let facts = facts.collect_view();
    view! { <Card title="Settings"><Facts>{facts}</Facts></Card> }.into_any()
}
