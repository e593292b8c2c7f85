use leptos::prelude::*;
use model::{Role, Text};
use std::sync::Arc;

use super::{address, erase::Erase, events::Events, list::search, present::Present, records::Records};
use crate::{
    api::subjects::EraseSubject,
    islands::local_times::LocalTimes,
    pages::{Answer, Tried, answer, done, tried, webhooks},
    port::{Console, console, visitor},
    text::subjects,
    ui::{
        button::LinkButton,
        head::Head,
        icon::{Glyph, Icon},
        id::Copyable,
        nav::{Frame, Section},
        state::{Blank, Failed},
    },
    view::{ConsoleError, SubjectPage},
};
use leptos::server_fn::ServerFn;

/// Everything of one person over all providers.
#[component]
pub fn Subject() -> impl IntoView {
    let given = address::named();
    let (tried, done, answer, console) = (tried(), done(), answer(), console());
    let role = visitor().map(|visitor| visitor.role);
    let content = Suspend::new(async move {
        let page = found(console, address::exact(&given)).await;
        view! { <Found page given tried done answer role /> }
    });
    view! {
        <Frame title="Subject · Hookproof" current=Some(Section::Subjects)>
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

/// What is known of the subject; nothing is known of a name that no provider can have sent.
pub async fn found(console: Result<Arc<dyn Console>, ConsoleError>, subject: Option<Text>) -> Result<SubjectPage, ConsoleError> {
    let subject = subject.ok_or(ConsoleError::NotFound)?;
    console?.subject(subject).await
}

/// The page, or why there is none.
#[component]
pub fn Found(
    page: Result<SubjectPage, ConsoleError>,
    /// What was looked for.
    given: String,
    tried: Tried,
    done: Option<AnyView>,
    answer: Answer,
    role: Option<Role>,
) -> impl IntoView {
    match page {
        Ok(page) => view! { <Page page tried done role /> }.into_any(),
        Err(error) => {
            answer.failed(&error);
            let href = address::exact(&given).map_or_else(|| address::LIST.to_owned(), |subject| address::subject(&subject));
            let why = match error {
                ConsoleError::NotFound => view! { <Blank state=subjects::not_found() glyph=Glyph::Users /> }.into_any(),
                error => view! { <Failed error href /> }.into_any(),
            };
            view! {
                <Head back=(address::LIST, "Subjects") heading=given.clone() />
                {search(&given)}
                {why}
            }
            .into_any()
        }
    }
}

#[component]
fn Page(page: SubjectPage, tried: Tried, done: Option<AnyView>, role: Option<Role>) -> impl IntoView {
    let SubjectPage {
        subject,
        present,
        events,
        has_more,
        records,
        endpoints,
        providers,
        erasing,
        now,
    } = page;
    let is_admin = role >= Some(Role::Admin);
    let problem = tried.problem(&[EraseSubject::PATH]);
    let export = address::export(&subject).filter(|_| is_admin).map(|href| {
        view! {
            <LinkButton href download=true>
                <Icon glyph=Glyph::Download />
                "Export"
            </LinkButton>
        }
    });
    let log = webhooks::address::of_subject(&subject);
    let in_log = log.clone();
    let erase = erasing.map(|erasing| view! { <Erase subject=subject.clone() erasing tried /> });
    let name = subject.to_string();
    view! {
        <leptos_meta::Title text=format!("{subject} · Hookproof") />
        <div class="grid gap-y-3 pb-4 *:first:pb-0">
            <Head back=(address::LIST, "Subjects") heading=name.clone()>
                <p class="flex w-full flex-wrap items-center gap-x-3.5 text-sm text-muted">
                    <Copyable value=name label="the subject" />
                    <a href=in_log>"Its webhooks in the log"</a>
                </p>
            </Head>
            <div class="flex flex-wrap gap-2 print:hidden">{export} {erase}</div>
        </div>
        {done}
        {problem.map(|problem| view! { <div class="mb-3 max-w-reading">{problem}</div> })}
        <Present present events=events.clone() providers=providers.clone() now />
        <Events events has_more log providers endpoints now />
        <Records records now />
        <LocalTimes />
    }
    .into_any()
}
