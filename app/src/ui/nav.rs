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

#[component]
pub fn Header(current: Option<Section>) -> impl IntoView {
    let links = Section::ALL.map(|section| {
        let here = (current == Some(section)).then_some("page");
        view! {
            <li>
                <a href=section.href() aria-current=here>
                    {section.title()}
                </a>
            </li>
        }
    });
    view! {
        <a class="skip" href="#content">
            "Skip to the content"
        </a>
        <header class="topbar">
            <a class="brand" href="/webhooks">
                <svg class="brand-mark" viewBox="0 0 20 20" aria-hidden="true">
                    <path d="M6 2.75v7.5a4 4 0 0 0 8 0V9"></path>
                    <path d="m10.75 11.5 3.25-3.25 3.25 3.25"></path>
                    <circle cx="6" cy="2.75" r="1.4"></circle>
                </svg>
                "Hookproof"
            </a>
            <nav aria-label="Sections">
                <ul>{links.collect_view()}</ul>
            </nav>
            <ThemeSwitch />
        </header>
    }
}

/// A page: the bar, the content and its title in the window.
#[component]
pub fn Frame(#[prop(into)] title: String, current: Option<Section>, children: Children) -> impl IntoView {
    view! {
        <leptos_meta::Title text=title />
        <Header current />
        <main id="content">{children()}</main>
    }
}
