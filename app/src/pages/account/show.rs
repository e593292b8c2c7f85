use leptos::{prelude::*, server_fn::ServerFn};

use super::{second_factor::Second, sessions::Sessions, tokens::Tokens};
use crate::{
    api::account::{AddToken, BeginSecondFactor, ChangePassword, ConfirmSecondFactor, RemoveSecondFactor},
    islands::local_times::LocalTimes,
    look::Look,
    pages::{Tried, answer, done, shown_once::Once, sign_in::link::new_password, tried},
    port::console,
    text::{accounts, words},
    ui::{button::SubmitButton, card::Card, input::Input, nav::Frame, state::Failed},
    view::{AccountPage, ShownOnce},
};

/// Password, second factor, sessions and tokens.
#[component]
pub fn Account() -> impl IntoView {
    let (tried, done, answer, console) = (tried(), done(), answer(), console());
    let content = Suspend::new(async move {
        let found = async {
            let console = console?;
            // The page comes first: when it cannot be shown, what is shown once waits for the next time.
            let page = console.account().await?;
            Ok((page, console.shown_once().await?))
        };
        match found.await {
            Ok((page, shown)) => view! { <Page page shown tried done /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! { <Failed error href="/account".to_owned() /> }.into_any()
            }
        }
    });
    view! {
        <Frame title="Account · Hookproof" current=None>
            <div class="pt-5 pb-3">
                <h1>"Account"</h1>
            </div>
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

/// The forms that say themselves what is wrong.
const SAY_IT_THEMSELVES: [&str; 5] = [
    AddToken::PATH,
    BeginSecondFactor::PATH,
    ChangePassword::PATH,
    ConfirmSecondFactor::PATH,
    RemoveSecondFactor::PATH,
];

#[component]
fn Page(page: AccountPage, shown: Option<ShownOnce>, tried: Tried, done: Option<AnyView>) -> impl IntoView {
    let AccountPage {
        user,
        second_factor,
        sessions,
        tokens,
        now,
    } = page;
    let problem = tried.problem(&SAY_IT_THEMSELVES);
    let who = format!(
        "{} · {}: {}",
        user.email,
        words::role(user.role),
        words::role_meaning(user.role)
    );
    view! {
        <p class="-mt-2 mb-4 wrap-anywhere text-muted">{who}</p>
        <Once shown />
        {done}
        {problem}
        <div class="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-2">
            <div class="grid grid-cols-[minmax(0,1fr)] gap-4">
                <Password email=user.email tried=tried.clone() />
                <Second state=second_factor tried=tried.clone() />
            </div>
            <div class="grid grid-cols-[minmax(0,1fr)] gap-4">
                <Sessions sessions tried=tried.clone() now />
                <Tokens tokens tried now />
            </div>
        </div>
        <LocalTimes />
    }
    .into_any()
}

#[component]
fn Password(email: String, tried: Tried) -> impl IntoView {
    let form = tried.form::<ChangePassword>("password");
    let content = form.stack(view! {
        <input class="hidden" type="text" autocomplete="username" value=email readonly />
        {form.field(Input::password("current", "Present password", "current-password").most(256))}
        {new_password(&form, "new")}
        {form.field(Input::tick("revoke_tokens", accounts::REVOKE_TOKENS, true))}
        <p class="text-xs text-muted">{accounts::PASSWORD_CHANGE}</p>
        <div><SubmitButton look=Look::Plain>"Change the password"</SubmitButton></div>
    });
    view! { <Card title="Password">{content}</Card> }.into_any()
}
