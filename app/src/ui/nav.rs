//! The bar at the top of every page.

use leptos::prelude::*;

use crate::islands::theme::ThemeSwitch;

/// The sections of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Webhooks,
    Endpoints,
}

impl Section {
    const ALL: [Self; 2] = [Self::Webhooks, Self::Endpoints];

    const fn title(self) -> &'static str {
        match self {
            Self::Webhooks => "Webhooks",
            Self::Endpoints => "Endpoints",
        }
    }

    const fn href(self) -> &'static str {
        match self {
            Self::Webhooks => "/webhooks",
            Self::Endpoints => "/endpoints",
        }
    }
}

const SECTION: &str = "flex h-full items-center border-y-2 border-transparent px-2 text-tab font-medium text-muted sm:px-2.5 \
                       hover:text-ink hover:no-underline aria-[current]:border-b-accent aria-[current]:text-ink";

#[component]
pub fn Header(current: Option<Section>) -> impl IntoView {
    let links = Section::ALL.map(|section| {
        let here = (current == Some(section)).then_some("page");
        view! {
            <li>
                <a class=SECTION href=section.href() aria-current=here>
                    {section.title()}
                </a>
            </li>
        }
    });
    view! {
        <a
            class="absolute -top-15 left-2 z-60 rounded-md bg-surface px-3 py-2 shadow-float focus:top-2"
            href="#content"
        >
            "Skip to the content"
        </a>
        <header class="flex h-12 items-center gap-2 border-b border-hairline px-edge sm:gap-5 print:hidden">
            <a
                class="inline-flex items-center gap-2 text-md font-semibold tracking-[-0.015em] text-ink hover:no-underline"
                href="/webhooks"
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
            <nav class="h-full flex-1" aria-label="Sections">
                <ul class="flex h-full gap-1">{links.collect_view()}</ul>
            </nav>
            <ThemeSwitch />
        </header>
    }
    .into_any()
}

/// A page: the bar, the content and its title in the window.
#[component]
pub fn Frame(#[prop(into)] title: String, current: Option<Section>, children: Children) -> impl IntoView {
    view! {
        <leptos_meta::Title text=title />
        <Header current />
        <main id="content" class="px-edge pb-12">{children()}</main>
    }
    .into_any()
}
