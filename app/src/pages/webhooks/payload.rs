//! The tab with the body: a tree where it is JSON, else the text or the bytes.

use leptos::prelude::*;
use model::WebhookId;

use super::{address, tree};
use crate::{
    text::{masking, numbers::bytes, words::Meaning},
    ui::{
        button::LinkButton,
        icon::{Glyph, Icon},
        notice::Notice,
    },
    view::BodyView,
};

const CODE: &str = "overflow-auto rounded-lg border border-hairline bg-sunken px-3.5 py-3 font-mono text-note \
                    whitespace-pre-wrap wrap-anywhere";
const SEGMENT: &str = "bg-surface px-3 py-1.25 text-sm font-medium text-muted hover:text-ink hover:no-underline \
                       not-first:border-l not-first:border-hairline-strong focus-visible:-outline-offset-2 \
                       aria-[current]:bg-accent-ground aria-[current]:text-accent";

#[component]
pub fn Payload(
    id: WebhookId,
    body: BodyView,
    size: u64,
    raw: bool,
    parse_error: Option<String>,
    may_download: bool,
) -> impl IntoView {
    let tree = match &body {
        BodyView::Json(text) => tree::html(text),
        _ => None,
    };
    let has_tree = tree.is_some();
    let download = (may_download && size > 0).then(|| {
        view! {
            <LinkButton href=address::body(id) download=true>
                <Icon glyph=Glyph::Download />
                "Download"
            </LinkButton>
        }
    });
    let here = address::webhook(id);
    let views = has_tree.then(|| {
        let current = |on: bool| on.then_some("true");
        view! {
            <div class="inline-flex overflow-clip rounded-md border border-hairline-strong" role="group" aria-label="View">
                <a class=SEGMENT href=here.clone() aria-current=current(!raw)>"Tree"</a>
                <a class=SEGMENT href=format!("{here}?view=raw") aria-current=current(raw)>"Raw"</a>
            </div>
        }
    });
    let (kind, content) = match (body, tree) {
        (BodyView::Empty, _) => (
            "empty",
            view! { <p class="text-muted">"The request had no body."</p> }.into_any(),
        ),
        (BodyView::Json(_), Some(tree)) if !raw => (
            "JSON",
            view! {
                <div class=format!("{CODE} tree") tabindex="0" role="region" aria-label="Payload" inner_html=tree></div>
            }
            .into_any(),
        ),
        (BodyView::Json(text), Some(_)) => ("JSON, as received", code(text, false)),
        (BodyView::Json(text), None) => ("JSON too deep or too long for a tree", code(text, false)),
        (BodyView::Text { text, truncated }, _) => ("text, not JSON", code(text, truncated)),
        (BodyView::Binary { dump, truncated }, _) => ("bytes that are not text", code(dump, truncated)),
    };
    view! {
        {parse_error.map(|error| {
            let text = format!("Kept as it came, but not all of it could be read as events: {error}.");
            view! { <Notice meaning=Meaning::Attention glyph=Glyph::TriangleAlert text /> }
        })}
        <div class="mb-2.5 flex flex-wrap items-center gap-2 text-sm">
            <span class="mr-auto text-muted">{format!("{} · {kind}", bytes(size))}</span>
            {views}
            {download}
        </div>
        {content}
    }
    .into_any()
}

fn code(text: String, truncated: bool) -> AnyView {
    view! {
        <pre class=format!("{CODE} max-h-[75vh]") tabindex="0" role="region" aria-label="Payload">{text}</pre>
        {truncated.then(|| view! { <p class="mt-1.5 text-sm text-muted">{masking::TRUNCATED}</p> })}
    }
    .into_any()
}
