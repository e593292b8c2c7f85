//! What came as bytes: a tree where it is JSON, else the text or the bytes.

use leptos::prelude::*;

use super::tree;
use crate::{
    text::{masking, numbers::bytes},
    view::BodyView,
};

const CODE: &str = "overflow-auto rounded-lg border border-hairline bg-sunken px-3.5 py-3 font-mono text-note \
                    whitespace-pre-wrap wrap-anywhere";
const SEGMENT: &str = "bg-surface px-3 py-1.25 text-sm font-medium text-muted hover:text-ink hover:no-underline \
                       not-first:border-l not-first:border-hairline-strong focus-visible:-outline-offset-2 \
                       aria-[current]:bg-accent-ground aria-[current]:text-accent";

#[component]
pub fn Body(
    body: BodyView,
    /// Of the whole, in bytes.
    size: u64,
    /// Where it stands as a tree, and as it was received.
    views: (String, String),
    raw: bool,
    /// What it is, to a screen reader.
    label: &'static str,
    /// What is said where there is none.
    #[prop(default = "The request had no body.")]
    none: &'static str,
    /// Beside the views.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let tree = match &body {
        BodyView::Json(text) => tree::html(text),
        _ => None,
    };
    let views = tree.is_some().then(|| {
        let current = |on: bool| on.then_some("true");
        view! {
            <div class="inline-flex overflow-clip rounded-md border border-hairline-strong" role="group" aria-label="View">
                <a class=SEGMENT href=views.0 aria-current=current(!raw)>"Tree"</a>
                <a class=SEGMENT href=views.1 aria-current=current(raw)>"Raw"</a>
            </div>
        }
    });
    let code = |text: String, truncated: bool| code(text, truncated, label);
    let (kind, content) = match (body, tree) {
        (BodyView::Empty, _) => ("empty", view! { <p class="text-muted">{none}</p> }.into_any()),
        (BodyView::Json(_), Some(tree)) if !raw => (
            "JSON",
            view! {
                <div class=format!("{CODE} tree") tabindex="0" role="region" aria-label=label inner_html=tree></div>
            }
            .into_any(),
        ),
        (BodyView::Json(text), Some(_)) => ("JSON, as received", code(text, false)),
        (BodyView::Json(text), None) => ("JSON too deep or too long for a tree", code(text, false)),
        (BodyView::Text { text, truncated }, _) => ("text, not JSON", code(text, truncated)),
        (BodyView::Binary { dump, truncated }, _) => ("bytes that are not text", code(dump, truncated)),
    };
    view! {
        <div class="mb-2.5 flex flex-wrap items-center gap-2 text-sm">
            <span class="mr-auto text-muted">{format!("{} · {kind}", bytes(size))}</span>
            {views}
            {children.map(|children| children())}
        </div>
        {content}
    }
    .into_any()
}

fn code(text: String, truncated: bool, label: &'static str) -> AnyView {
    view! {
        <pre class=format!("{CODE} max-h-[75vh]") tabindex="0" role="region" aria-label=label>{text}</pre>
        {truncated.then(|| view! { <p class="mt-1.5 text-sm text-muted">{masking::TRUNCATED}</p> })}
    }
    .into_any()
}
