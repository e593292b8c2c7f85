use leptos::{prelude::*, server_fn::ServerFn};
use model::Role;

use super::entry::Entry;
use crate::{
    api::users::Invite,
    islands::local_times::LocalTimes,
    look::Look,
    pages::{Tried, answer, done, shown_once::Once, tried},
    port::console,
    text::{accounts, words},
    ui::{
        button::SubmitButton,
        card::Card,
        input::Input,
        nav::{Frame, Section},
        state::Failed,
    },
    view::{ShownOnce, UserList},
};

/// Who may come in, and as what.
#[component]
pub fn Users() -> impl IntoView {
    let (tried, done, answer, console) = (tried(), done(), answer(), console());
    let content = Suspend::new(async move {
        let found = async {
            let console = console?;
            // The list comes first: when it cannot be shown, what is shown once waits for the next time.
            let list = console.users().await?;
            Ok((list, console.shown_once().await?))
        };
        match found.await {
            Ok((list, shown)) => view! { <Page list shown tried done /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! { <Failed error href="/users".to_owned() /> }.into_any()
            }
        }
    });
    view! {
        <Frame title="Users · Hookproof" current=Some(Section::Users)>
            <div class="pt-5 pb-3">
                <h1>"Users"</h1>
            </div>
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

#[component]
fn Page(list: UserList, shown: Option<ShownOnce>, tried: Tried, done: Option<AnyView>) -> impl IntoView {
    let UserList { users, me, now } = list;
    let problem = tried.problem(&[Invite::PATH]);
    let entries = users.into_iter().map(|user| {
        let is_me = user.id == me;
        view! { <Entry user is_me tried=tried.clone() now /> }
    });
    let entries = entries.collect_view();
    view! {
        <Once shown />
        {done}
        {problem.map(|problem| view! { <div class="mb-3 max-w-reading">{problem}</div> })}
        <div class="grid grid-cols-[minmax(0,1fr)] items-start gap-6 xl:grid-cols-[minmax(0,1fr)_360px]">
            <ul class="border-t border-hairline">{entries}</ul>
            <NewUser tried />
        </div>
        <LocalTimes />
    }
    .into_any()
}

#[component]
fn NewUser(tried: Tried) -> impl IntoView {
    let form = tried.form::<Invite>("invite");
    let roles = Role::ALL
        .iter()
        .map(|role| {
            let meaning = words::role_meaning(*role);
            (role.as_str().into(), words::role(*role).into(), meaning.into())
        })
        .collect();
    let content = form.stack(view! {
        {form.field(Input::email("email", "E-mail address").required())}
        {form.field(Input::radio("role", "Role", roles).value(Role::Viewer.as_str()))}
        <p class="text-xs text-muted">{accounts::INVITE_HINT}</p>
        <div><SubmitButton look=Look::Accent>"Make an invite link"</SubmitButton></div>
    });
    view! { <Card title="Invite someone" id="invite-card">{content}</Card> }.into_any()
}
