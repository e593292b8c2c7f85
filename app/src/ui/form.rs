//! Forms that change something. They post to a server function, which leads on to where the result is seen, or back to the
//! page with what is wrong, which is then said beside its field. Works without JavaScript.

use leptos::prelude::*;
use model::FieldError;

use super::{
    icon::{Glyph, Icon},
    input::Input,
};
use crate::{text::forms, view::ConsoleError};

/// A form of a page, with what its last try came back with.
#[derive(Debug, Clone)]
pub struct Form {
    /// Begins the ids of its elements.
    pub id: String,
    /// The server function that it posts to.
    pub action: &'static str,
    pub error: Option<ConsoleError>,
}

const PROBLEM: &str = "flex gap-2 rounded-md bg-bad-ground px-3 py-2 text-sm text-bad";

impl Form {
    /// The form around its fields and buttons, below each other.
    pub fn stack(&self, content: impl IntoView) -> AnyView {
        self.with("grid max-w-140 content-start gap-4", self.lost(), content)
    }

    /// The form around fields and buttons that stand beside each other.
    pub fn line(&self, content: impl IntoView) -> AnyView {
        self.with("flex flex-wrap items-end gap-2", None, content)
    }

    fn with(&self, class: &'static str, lost: Option<AnyView>, content: impl IntoView) -> AnyView {
        view! {
            <form id=(!self.id.is_empty()).then(|| self.id.clone()) class=class method="post" action=self.action>
                {self.problem()}
                {lost}
                {content}
            </form>
        }
        .into_any()
    }

    /// Said where the error took away what was typed. [`crate::islands::forms::KeepTyped`] puts it back where scripts run.
    fn lost(&self) -> Option<AnyView> {
        self.error.as_ref()?;
        Some(view! { <p class="text-sm text-bad scripted:hidden">{forms::ALL_LOST}</p> }.into_any())
    }

    /// What went wrong, and in which fields.
    pub fn problem(&self) -> Option<AnyView> {
        let error = self.error.as_ref()?;
        let fields = match error {
            ConsoleError::Invalid(errors) => errors.as_slice(),
            _ => &[],
        };
        let fields = fields
            .iter()
            .map(|error| view! { <li>{forms::sentence(&error.message)}</li> }.into_any());
        let fields = fields.collect_view();
        Some(
            view! {
                <div class=PROBLEM role="alert">
                    <Icon glyph=Glyph::TriangleAlert class="mt-0.75 size-3.5" />
                    <div class="min-w-0 wrap-anywhere">
                        <p>{forms::problem(error)}</p>
                        <ul class="list-disc pl-4">{fields}</ul>
                    </div>
                </div>
            }
            .into_any(),
        )
    }

    pub fn field(&self, input: Input) -> AnyView {
        let error = match &self.error {
            Some(ConsoleError::Invalid(errors)) => errors.iter().find(|error| names(error, &input.name)),
            _ => None,
        };
        let input = if self.error.is_some() { input.lost() } else { input };
        input.show(&self.id, error.map(|error| forms::sentence(&error.message)))
    }
}

/// Whether the error is of the field of that name. Programs know it as a path such as `static_header.name`; a field with
/// several values ends with `[]`.
fn names(error: &FieldError, name: &str) -> bool {
    let name = name.trim_end_matches("[]");
    let whole = error.field.split(['[', '/']).next().unwrap_or_default();
    let last = whole.rsplit('.').next().unwrap_or_default();
    whole.replace('.', "_") == name || last == name
}

/// What is sent along.
pub fn hidden(name: &'static str, value: impl ToString) -> impl IntoView {
    view! { <input type="hidden" name=name value=value.to_string() /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_finds_its_field() {
        fn check(field: &str, name: &str, found: bool) {
            let error = FieldError {
                field: field.to_owned(),
                message: String::new(),
            };
            assert_eq!(names(&error, name), found, "{field} {name}");
        }
        check("name", "name", true);
        check("static_header.name", "static_header_name", true);
        check("policy.on_untrusted", "on_untrusted", true);
        check("networks[1]", "networks", true);
        check("networks/1", "networks", true);
        check("subscription.event_types[1]", "event_types[]", true);
        check("name", "networks", false);
        check("", "name", false);
    }
}
