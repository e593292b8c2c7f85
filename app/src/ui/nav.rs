//! The frame of every page: the bar at its top with the sections and the menu of the one who is signed in.

use leptos::{prelude::*, server_fn::ServerFn};
use model::Role;

use super::icon::{Glyph, Icon};
use crate::{
    api::sign_in::SignOut,
    islands::{forms::KeepTyped, menus::Menus, theme::ThemeSwitch},
    port::visitor,
    text::words,
    view::Visitor,
};

/// The sections of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Overview,
    Webhooks,
    Deliveries,
    Subjects,
    Endpoints,
    Destinations,
    Users,
    Audit,
}

impl Section {
    const ALL: [Self; 8] = [
        Self::Overview,
        Self::Webhooks,
        Self::Deliveries,
        Self::Subjects,
        Self::Endpoints,
        Self::Destinations,
        Self::Users,
        Self::Audit,
    ];

    const fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Webhooks => "Webhooks",
            Self::Deliveries => "Deliveries",
            Self::Subjects => "Subjects",
            Self::Endpoints => "Endpoints",
            Self::Destinations => "Destinations",
            Self::Users => "Users",
            Self::Audit => "Audit",
        }
    }

    const fn href(self) -> &'static str {
        match self {
            Self::Overview => "/",
            Self::Webhooks => "/webhooks",
            Self::Deliveries => "/deliveries",
            Self::Subjects => "/subjects",
            Self::Endpoints => "/endpoints",
            Self::Destinations => "/destinations",
            Self::Users => "/users",
            Self::Audit => "/audit",
        }
    }

    /// The role that it takes to see it.
    const fn needs(self) -> Role {
        match self {
            Self::Overview | Self::Webhooks | Self::Deliveries | Self::Subjects | Self::Endpoints | Self::Destinations => {
                Role::Viewer
            }
            Self::Users | Self::Audit => Role::Admin,
        }
    }

    /// Whether a line stands before it: what comes, where it goes, and who may.
    const fn begins_group(self) -> bool {
        matches!(self, Self::Endpoints | Self::Users)
    }
}

/// Two lines where the sections would not fit beside the rest. On a phone they scroll within their line.
const BAR: &str = "flex min-h-12 flex-wrap items-center gap-x-2 border-b border-hairline px-edge xl:flex-nowrap xl:gap-x-5 \
                   print:hidden";
const SECTIONS: &str = "order-last -mx-edge w-[calc(100%+2*var(--edge))] overflow-x-auto px-2 [scrollbar-width:none] \
                        max-md:mask-r-from-90% md:-ml-2.5 md:w-auto md:px-0 xl:order-none xl:ml-0 xl:flex-1";
const SECTION: &str = "flex h-10 items-center border-y-2 border-transparent px-2 text-tab font-medium whitespace-nowrap \
                       text-muted -outline-offset-2 md:px-2.5 xl:h-12 hover:text-ink hover:no-underline \
                       aria-[current]:border-b-accent aria-[current]:text-ink aria-[current]:[scroll-initial-target:nearest]";
/// Before the sections of the next kind.
const BETWEEN: &str = "mx-1.5 h-4 w-px flex-none self-center bg-hairline-strong";

#[component]
fn Header(current: Option<Section>, visitor: Option<Visitor>) -> impl IntoView {
    let sections = visitor.as_ref().map(|visitor| {
        let role = visitor.role;
        let links = Section::ALL
            .into_iter()
            .filter(|section| section.needs() <= role)
            .map(|section| {
                let here = (current == Some(section)).then_some("page");
                view! {
                    <li class="flex">
                        {section.begins_group().then(|| view! { <span class=BETWEEN aria-hidden="true"></span> })}
                        <a class=SECTION href=section.href() aria-current=here>
                            {section.title()}
                        </a>
                    </li>
                }
            });
        view! {
            <nav class=SECTIONS aria-label="Sections">
                <ul class="flex w-max">{links.collect_view()}</ul>
            </nav>
        }
    });
    view! {
        <a
            class="absolute -top-15 left-2 z-60 rounded-md bg-surface px-3 py-2 shadow-float focus:top-2"
            href="#content"
        >
            "Skip to the content"
        </a>
        <header class=BAR>
            <a
                class="inline-flex items-center gap-2 text-md font-semibold tracking-[-0.015em] text-ink hover:no-underline"
                href="/"
            >
                <svg
                    class="size-5 text-accent"
                    viewBox="0 0 20 20"
                    fill="none"
                    stroke="currentColor"
                    stroke-width="2.2"
                    stroke-linecap="round"
                    stroke-linejoin="round"
                    aria-hidden="true"
                >
                    <path d="M6 2.75v7.5a4 4 0 0 0 8 0V9"></path>
                    <path d="m10.75 11.5 3.25-3.25 3.25 3.25"></path>
                    <circle cx="6" cy="2.75" r="1.4" fill="currentColor" stroke="none"></circle>
                </svg>
                "Hookproof"
            </a>
            {sections}
            <div class="ml-auto flex h-12 items-center gap-2">
                {visitor.map(|visitor| view! { <UserMenu visitor /> })}
                <ThemeSwitch />
            </div>
        </header>
    }
    .into_any()
}

const PANEL: &str = "absolute top-full right-0 z-20 mt-1 min-w-50 max-w-[calc(100vw-2*var(--edge))] rounded-lg bg-surface \
                     p-1.5 shadow-float";
const LINE: &str = "flex min-h-8 w-full items-center gap-2 rounded-sm px-2 py-0.5 text-sm text-ink hover:bg-hover \
                    hover:no-underline pointer-coarse:min-h-10";

/// Who is signed in, and the ways to the account and out.
#[component]
fn UserMenu(visitor: Visitor) -> impl IntoView {
    let label = format!("Signed in as {}", visitor.email);
    view! {
        <details class="group/user relative" data-menu>
            <summary
                class="flex h-8 max-w-55 items-center gap-1.5 rounded-md px-2 text-sm text-muted select-none hover:bg-hover hover:text-ink group-open/user:bg-hover pointer-coarse:min-h-10"
                aria-label=label
            >
                <Icon glyph=Glyph::User class="size-4" />
                <span class="truncate max-md:hidden" aria-hidden="true">{visitor.email.clone()}</span>
                <Icon glyph=Glyph::ChevronDown class="size-[1em]" />
            </summary>
            <div class=PANEL>
                <p class="border-b border-hairline px-2 pt-1 pb-2 text-sm">
                    <span class="block wrap-anywhere">{visitor.email}</span>
                    <span class="text-muted">{words::role(visitor.role)}</span>
                </p>
                <a class=format!("{LINE} mt-1.5") href="/account">
                    <Icon glyph=Glyph::KeyRound class="size-4 text-muted" />
                    "Account"
                </a>
                <form method="post" action=SignOut::PATH>
                    <button class=LINE type="submit">
                        <Icon glyph=Glyph::LogOut class="size-4 text-muted" />
                        "Sign out"
                    </button>
                </form>
            </div>
        </details>
    }
    .into_any()
}

/// A page: the bar, the content and its title in the window. For someone who is not signed in the bar is bare.
#[component]
pub fn Frame(#[prop(into)] title: String, current: Option<Section>, children: Children) -> impl IntoView {
    let visitor = visitor();
    view! {
        <leptos_meta::Title text=title />
        <Header current visitor />
        <main id="content" class="px-edge pb-12">{children()}</main>
        <Menus />
        <KeepTyped />
    }
    .into_any()
}

/// A page with one form: before someone is signed in.
#[component]
pub fn NarrowFrame(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <Frame title=format!("{title} · Hookproof") current=None>
            <div class="mx-auto grid max-w-90 grid-cols-[minmax(0,1fr)] gap-5 pt-[min(12vh,96px)]">{children()}</div>
        </Frame>
    }
    .into_any()
}
