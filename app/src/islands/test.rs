use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use model::DestinationId;

use crate::{
    api::destinations::test_destination,
    look::Look,
    text::{destinations, forms},
    view::{ConsoleError, TestAnswer},
};

const ANSWER: &str = "rounded-md px-3 py-2 text-sm";
const BODY: &str = "max-h-60 overflow-auto rounded-lg border border-hairline bg-sunken px-3 py-2 font-mono text-note \
                    whitespace-pre-wrap wrap-anywhere";

/// Sends a test webhook and shows what is answered. Without JavaScript the form is sent, and the page that it leads to gives
/// what came of it as `before`.
#[island]
pub fn SendTest(
    destination: DestinationId,
    /// Where the form posts to.
    action: String,
    before: Option<TestAnswer>,
) -> impl IntoView {
    let answer = RwSignal::new(before.map(Ok::<_, ConsoleError>));
    let under_way = RwSignal::new(false);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        if under_way.get_untracked() {
            return;
        }
        under_way.set(true);
        answer.set(None);
        spawn_local(async move {
            let result = test_destination(destination).await;
            under_way.set(false);
            answer.set(Some(result));
        });
    };
    let shown = move || {
        answer.get().map(|answer| {
            let (text, colours, body) = match answer {
                Err(error) => (forms::problem(&error), "bg-bad-ground text-bad", String::new()),
                Ok(answer) => {
                    let colours = match answer.failure {
                        None => "bg-good-ground text-good",
                        Some(_) => "bg-bad-ground text-bad",
                    };
                    let text = destinations::tested(answer.status, answer.failure, answer.duration_ms);
                    (text, colours, answer.response_body)
                }
            };
            let body = (!body.is_empty()).then(|| {
                view! { <pre class=BODY tabindex="0" role="region" aria-label="The answer's body">{body}</pre> }
            });
            view! {
                <p class=format!("{ANSWER} {colours}")>{text}</p>
                {body}
            }
        })
    };
    view! {
        <form class="grid grid-cols-[minmax(0,1fr)] gap-2.5" method="post" action=action on:submit=send>
            <input type="hidden" name="id" value=destination.to_string() />
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1.5">
                <button class=Look::Plain.class() type="submit" aria-disabled=move || under_way.get().then_some("true")>
                    {move || if under_way.get() { destinations::TESTING } else { destinations::SEND_TEST }}
                </button>
                <span class="min-w-0 flex-1 basis-60 text-sm text-muted">{destinations::TEST}</span>
            </div>
            <div class="grid grid-cols-[minmax(0,1fr)] gap-2.5" role="status">{shown}</div>
        </form>
    }
}
