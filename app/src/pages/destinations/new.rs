use leptos::prelude::*;
use model::Role;

use super::{
    address, may_change,
    settings::{self, Values},
};
use crate::{
    api::destinations::AddDestination,
    look::Look,
    pages::{Tried, answer, tried},
    port::console,
    text::destinations,
    ui::{
        button::SubmitButton,
        head::Head,
        icon::{Glyph, Icon},
        nav::{Frame, Section},
        state::Failed,
    },
    view::{ConsoleError, DestinationForm},
};

/// The form for a new destination.
#[component]
pub fn NewDestination() -> impl IntoView {
    let (tried, answer, console, may_change) = (tried(), answer(), console(), may_change());
    let content = Suspend::new(async move {
        let form = match console {
            _ if !may_change => Err(ConsoleError::Forbidden { needs: Role::Admin }),
            Ok(console) => console.destination_form().await,
            Err(error) => Err(error),
        };
        match form {
            Ok(form) => view! { <Fill form tried /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! { <Failed error href=address::NEW.to_owned() /> }.into_any()
            }
        }
    });
    view! {
        <Frame title="New destination · Hookproof" current=Some(Section::Destinations)>
            <Head back=(address::LIST, "Destinations") heading="New destination" />
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

#[component]
fn Fill(form: DestinationForm, tried: Tried) -> impl IntoView {
    let fields = tried.form::<AddDestination>("add-destination");
    let settings = settings::fields(&fields, &form, &Values::default());
    let content = fields.stack(view! {
        {settings}
        <div>
            <SubmitButton look=Look::Accent>
                <Icon glyph=Glyph::Plus />
                "Add the destination"
            </SubmitButton>
        </div>
    });
    view! {
        <p class="max-w-reading pb-4 text-sm text-muted">{destinations::SECRET_LATER}</p>
        {content}
    }
    .into_any()
}
