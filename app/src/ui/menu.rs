//! A button that opens a panel, which comes from below on a narrow screen.

use leptos::prelude::*;

use super::{
    button::SubmitButton,
    icon::{Glyph, Icon},
};
use crate::look::Look;

const COUNT: &str = "min-w-4.5 rounded-full bg-accent-ground px-1.25 text-center text-2xs leading-4.5 text-accent";

const PANEL: &str = "fixed inset-x-0 bottom-0 z-20 max-h-[75dvh] overflow-y-auto rounded-t-sheet bg-surface p-3 shadow-float \
                     pb-[max(12px,env(safe-area-inset-bottom))] \
                     md:absolute md:inset-auto md:top-full md:left-0 md:mt-1 md:max-h-none md:min-w-58 md:overflow-visible \
                     md:max-w-[min(360px,calc(100vw-2*var(--edge)))] md:rounded-lg md:p-1.5";

const FOOT: &str = "mt-1.5 flex justify-end border-t border-hairline pt-1.5 max-md:sticky max-md:bottom-0 max-md:bg-surface";

/// A part of a form: it ends with the button that applies the form. The island `Menus` closes it as menus do.
#[component]
pub fn Menu(
    title: &'static str,
    /// Whether something is chosen in it.
    chosen: bool,
    /// How many choices, where they can be counted.
    #[prop(optional)]
    count: usize,
    children: Children,
) -> impl IntoView {
    let look = if chosen { Look::Chosen } else { Look::Plain };
    let count = (count > 0).then(|| view! { <span class=COUNT>{count}</span> });
    view! {
        <details class="group/menu relative" name="filter" data-menu>
            <summary class=format!("{} select-none group-open/menu:bg-hover", look.class())>
                {title}
                {count}
                <Icon glyph=Glyph::ChevronDown class="size-[1em] text-muted" />
            </summary>
            <div class=PANEL>
                {children()}
                <div class=FOOT>
                    <SubmitButton look=Look::Accent>"Apply"</SubmitButton>
                </div>
            </div>
        </details>
    }
    .into_any()
}

/// A line in a menu of actions.
pub const LINE: &str = "flex min-h-8 w-full items-center gap-2 rounded-sm px-2 py-0.5 text-left text-sm text-ink wrap-anywhere \
                        hover:bg-hover pointer-coarse:min-h-10";

const ACTIONS: &str = "absolute top-full right-0 z-20 mt-1 w-max min-w-45 max-w-[min(320px,calc(100vw-2*var(--edge)))] rounded-lg \
                       bg-surface p-1.5 shadow-float max-sm:right-auto max-sm:left-0";

/// A button that opens some actions, each a form of its own.
#[component]
pub fn ActionMenu(label: &'static str, glyph: Glyph, children: Children) -> impl IntoView {
    view! {
        <details class="group/menu relative" data-menu>
            <summary class=format!("{} select-none group-open/menu:bg-hover", Look::Plain.class())>
                <Icon glyph />
                {label}
                <Icon glyph=Glyph::ChevronDown class="size-[1em] text-muted" />
            </summary>
            <div class=ACTIONS>{children()}</div>
        </details>
    }
    .into_any()
}
