//! One user, and what an admin may do with them.

use leptos::prelude::*;
use model::{Role, Timestamp, UserSummary};

use crate::{
    api::users::{ResetLink, ResetSecondFactor, SetRole, SetUserDisabled},
    look::Look,
    pages::Tried,
    text::{
        accounts,
        words::{self, Meaning},
    },
    ui::{
        badge::Mark,
        button::SubmitButton,
        disclosure::{Disclosure, Inset},
        form::hidden,
        icon::{Glyph, Icon},
        input::Input,
        time::Ago,
    },
};

#[component]
pub fn Entry(user: UserSummary, is_me: bool, tried: Tried, now: Timestamp) -> impl IntoView {
    let signed_in = accounts::signed_in(user.signed_in_at, user.invited, now);
    let change = (!is_me).then(|| view! { <Change user=user.clone() tried /> });
    view! {
        <li class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1.5 border-b border-hairline py-3 text-sm">
            <span class="row-span-3 mt-0.5 grid size-8 place-items-center rounded-full bg-sunken text-muted">
                <Icon glyph=Glyph::User class="size-4" />
            </span>
            <div class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                <h2 class="wrap-anywhere">{user.email}</h2>
                <span class="text-muted">{words::role(user.role)}</span>
                {is_me.then(|| view! { <Mark meaning=Meaning::Info glyph=Glyph::User text="you" /> })}
                {user.disabled.then(|| view! { <Mark meaning=Meaning::Neutral glyph=Glyph::CircleSlash text="disabled" /> })}
                {user.invited.then(|| view! { <Mark meaning=Meaning::Attention glyph=Glyph::Hourglass text="invited" /> })}
                {user.second_factor.then(|| view! { <Mark meaning=Meaning::Good glyph=Glyph::ShieldCheck text="second factor" /> })}
            </div>
            <p class="flex flex-wrap gap-x-3.5 text-muted">
                <span>{signed_in}</span>
                <span>"added " <Ago at=user.created_at now /></span>
            </p>
            {change}
        </li>
    }
    .into_any()
}

#[component]
fn Change(user: UserSummary, tried: Tried) -> impl IntoView {
    let UserSummary {
        id,
        email,
        role,
        invited,
        second_factor,
        disabled,
        ..
    } = user;
    let roles = Role::ALL
        .iter()
        .map(|role| (role.as_str().into(), words::role(*role).into()))
        .collect();
    let mut set_role = tried.small_form::<SetRole>();
    set_role.id = format!("role-{id}");
    let set_role = set_role.line(view! {
        {hidden("id", id)}
        <div class="min-w-40">{set_role.field(Input::select("role", "Role", roles).value(role.as_str()))}</div>
        <SubmitButton says=format!("Change the role of {email}")>"Change the role"</SubmitButton>
    });
    let link = if invited {
        format!("Make another invite link for {email}")
    } else {
        format!("Make a reset link for {email}")
    };
    let link = tried.small_form::<ResetLink>().line(view! {
        {hidden("id", id)}
        <SubmitButton>{link}</SubmitButton>
    });
    let turn_off = format!("Turn off the second factor of {email}");
    let without_factor = second_factor.then(|| {
        let form = tried.small_form::<ResetSecondFactor>().line(view! {
            {hidden("id", id)}
            <SubmitButton look=Look::Danger>{turn_off}</SubmitButton>
        });
        view! {
            <div>
                {form}
                <p class="mt-1 text-xs text-muted">{accounts::LOSES_SECOND_FACTOR}</p>
            </div>
        }
    });
    let (label, look) = if disabled {
        (format!("Enable {email}"), Look::Plain)
    } else {
        (format!("Disable {email}"), Look::Danger)
    };
    let disable = tried.small_form::<SetUserDisabled>().line(view! {
        {hidden("id", id)}
        {hidden("disabled", !disabled)}
        <SubmitButton look>{label}</SubmitButton>
    });
    view! {
        <div class="min-w-0">
            <Disclosure label="Change …" says=format!("Change … {email}")>
                <Inset>
                    {set_role}
                    {link}
                    {without_factor}
                    {disable}
                </Inset>
            </Disclosure>
        </div>
    }
    .into_any()
}
