use leptos::prelude::*;
use model::{ProviderMark, SubjectSummary, Timestamp};

use super::{
    address,
    show::{Found, found},
};
use crate::{
    islands::local_times::LocalTimes,
    look::Look,
    pages::{answer, done, parameter, tried, webhooks},
    port::{console, visitor},
    text::subjects,
    ui::{
        badge::OutcomeBadge,
        button::SubmitButton,
        icon::{Glyph, Icon},
        input::Input,
        mark::{Monogram, find},
        nav::{Frame, Section},
        row::{ABOVE, ENTRY, HEAD, ROW_LINK},
        state::{Blank, Failed},
        time::Ago,
    },
    view::SubjectList,
};

/// The search for a subject, and those of the newest webhooks. What is searched for leads to its own page.
#[component]
pub fn Subjects() -> impl IntoView {
    let asked = parameter("subject").and_then(|asked| address::exact(&asked));
    if let Some(subject) = asked.as_ref().filter(|subject| !address::is_relative(subject)) {
        leptos_axum::redirect(&address::subject(subject));
    }
    let (tried, done, answer, console) = (tried(), done(), answer(), console());
    let role = visitor().map(|visitor| visitor.role);
    let content = Suspend::new(async move {
        if let Some(subject) = asked {
            let page = found(console, Some(subject.clone())).await;
            return view! { <Found page given=subject.to_string() tried done answer role /> }.into_any();
        }
        let list = match console {
            Ok(console) => console.subjects().await,
            Err(error) => Err(error),
        };
        match list {
            Ok(list) => view! { <Recent list done /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! {
                    <h1 class="sr-only">"Subjects"</h1>
                    <Failed error href=address::LIST.to_owned() />
                }
                .into_any()
            }
        }
    });
    view! {
        <Frame title="Subjects · Hookproof" current=Some(Section::Subjects)>
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

/// The form that leads to a subject's page.
pub fn search(value: &str) -> AnyView {
    let input = Input::text("subject", "Subject")
        .value(value.to_owned())
        .placeholder("user-1042")
        .most(256)
        .required();
    view! {
        <form class="flex max-w-140 flex-wrap items-end gap-2" method="get" action=address::LIST role="search">
            <div class="min-w-0 flex-1 basis-60">{input.show("search", None)}</div>
            <SubmitButton look=Look::Accent>
                <Icon glyph=Glyph::Search />
                "Show"
            </SubmitButton>
        </form>
    }
    .into_any()
}

#[component]
fn Recent(list: SubjectList, done: Option<AnyView>) -> impl IntoView {
    let SubjectList { recent, providers, now } = list;
    let rows = if recent.is_empty() {
        view! { <Blank state=subjects::none_yet() glyph=Glyph::Users /> }.into_any()
    } else {
        view! {
            <h2 class="pt-6 pb-1">"Lately"</h2>
            <Table recent providers now />
        }
        .into_any()
    };
    view! {
        <header class="pt-4 pb-4">
            <h1>"Subjects"</h1>
            <p class="mt-1 max-w-reading text-sm text-muted">{subjects::MEANING}</p>
        </header>
        {done}
        {search("")}
        {rows}
        <LocalTimes />
    }
    .into_any()
}

/// The titles of the columns, and their widths where there is room for a table.
const COLUMNS: [(&str, &str); 4] = [
    ("Subject", "lg:pl-2"),
    ("Provider", "lg:w-[26%]"),
    ("Newest outcome", "lg:w-40"),
    ("Last heard of", "lg:w-32"),
];

#[component]
fn Table(recent: Vec<SubjectSummary>, providers: Vec<ProviderMark>, now: Timestamp) -> impl IntoView {
    let rows = recent.into_iter().map(|summary| {
        let mark = find(&providers, &summary.provider);
        let name = summary.subject.to_string();
        view! {
            <tr class=format!("{ENTRY} grid-cols-[minmax(0,1fr)_auto]") role="row">
                <td class="col-start-1 row-start-1 lg:pl-2" role="cell">
                    <a class=ROW_LINK href=address::subject(&summary.subject)>
                        <span class="block truncate" title=name.clone()>{name.clone()}</span>
                    </a>
                </td>
                <td class="col-start-1 row-start-2" role="cell">
                    <span class="flex min-w-0 items-center gap-2">
                        <Monogram mark=mark.clone() class="size-4 lg:size-5" />
                        <span class="min-w-0 truncate">{mark.title}</span>
                    </span>
                </td>
                <td class="col-start-2 row-start-2 text-right lg:text-left" role="cell">
                    {match summary.outcome {
                        Some(outcome) => view! { <OutcomeBadge outcome /> }.into_any(),
                        None => view! { <span class="text-muted">"–"</span> }.into_any(),
                    }}
                </td>
                <td class="col-start-2 row-start-1 text-right text-xs text-muted lg:text-left lg:text-sm" role="cell">
                    <a class=format!("{ABOVE} text-inherit hover:text-accent") href=webhooks::address::webhook(summary.webhook_id)>
                        <Ago at=summary.received_at now />
                        <span class="sr-only">": the webhook"</span>
                    </a>
                </td>
            </tr>
        }
    });
    view! {
        <table class="block w-full border-separate border-spacing-0 text-sm lg:table lg:table-fixed" role="table">
            <thead class="max-lg:sr-only" role="rowgroup">
                <tr role="row">
                    {COLUMNS
                        .map(|(title, width)| {
                            view! { <th class=format!("{HEAD} {width}") role="columnheader" scope="col">{title}</th> }
                        })
                        .collect_view()}
                </tr>
            </thead>
            <tbody class="block lg:table-row-group" role="rowgroup">{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
