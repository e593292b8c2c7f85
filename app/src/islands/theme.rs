use leptos::prelude::*;

use super::{remember, remembered};

/// Where the choice is remembered; the shell's script reads it before the first paint.
pub const REMEMBERED_AS: &str = "theme";

const BUTTON: &str = "-mr-2 hidden size-8 place-items-center rounded-md text-muted scripted:inline-grid \
                      hover:bg-hover hover:text-ink pointer-coarse:min-h-10 pointer-coarse:min-w-10";

/// Switches between the system's theme, light and dark. Without JavaScript the page follows the system.
#[island]
pub fn ThemeSwitch() -> impl IntoView {
    // What is chosen is only known in the browser, so it is read after the page has been taken over.
    let theme = RwSignal::new(None::<&'static str>);
    Effect::new(move || theme.set(known(remembered(REMEMBERED_AS).as_deref())));
    let switch = move |_| {
        let next = next(theme.get_untracked());
        theme.set(next);
        remember(REMEMBERED_AS, next);
        if let Some(root) = document().document_element() {
            let _ = match next {
                Some(next) => root.set_attribute("data-theme", next),
                None => root.remove_attribute("data-theme"),
            };
        }
    };
    let label = move || format!("Theme: {}", theme.get().unwrap_or("as the system"));
    view! {
        <button type="button" class=BUTTON title=label aria-label=label on:click=switch>
            <svg
                class="theme-light:hidden theme-dark:hidden size-4"
                viewBox="0 0 24 24"
                fill="none"
                stroke="currentColor"
                stroke-width="2"
                stroke-linecap="round"
                stroke-linejoin="round"
                aria-hidden="true"
            >
                <circle cx="12" cy="12" r="9"></circle>
                <path d="M12 3a9 9 0 0 1 0 18z" fill="currentColor"></path>
            </svg>
            <svg
                class="hidden theme-light:block size-4"
                viewBox="0 0 24 24"
                fill="none"
                stroke="currentColor"
                stroke-width="2"
                stroke-linecap="round"
                stroke-linejoin="round"
                aria-hidden="true"
            >
                <circle cx="12" cy="12" r="4"></circle>
                <path d="M12 2v2M12 20v2M4.93 4.93l1.41 1.41M17.66 17.66l1.41 1.41M2 12h2M20 12h2M6.34 17.66l-1.41 1.41M19.07 4.93l-1.41 1.41"></path>
            </svg>
            <svg
                class="hidden theme-dark:block size-4"
                viewBox="0 0 24 24"
                fill="none"
                stroke="currentColor"
                stroke-width="2"
                stroke-linecap="round"
                stroke-linejoin="round"
                aria-hidden="true"
            >
                <path d="M20.985 12.486a9 9 0 1 1-9.473-9.472c.405-.022.617.46.402.803a6 6 0 0 0 8.268 8.268c.344-.215.825-.004.803.401"></path>
            </svg>
        </button>
    }
}

fn known(remembered: Option<&str>) -> Option<&'static str> {
    match remembered {
        Some("light") => Some("light"),
        Some("dark") => Some("dark"),
        _ => None,
    }
}

fn next(theme: Option<&str>) -> Option<&'static str> {
    match theme {
        None => Some("light"),
        Some("light") => Some("dark"),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_switch_comes_back_to_where_it_began() {
        assert_eq!(next(next(next(None))), None);
        assert_eq!(known(next(None)), Some("light"));
        assert_eq!(known(Some("sepia")), None);
    }
}
