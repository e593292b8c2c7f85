//! The tab with the body: a tree where it is JSON, else the text or the bytes.

use leptos::prelude::*;
use model::WebhookId;

use super::{address, tree};
use crate::{
    text::numbers::bytes,
    ui::icon::{Glyph, Icon},
    view::BodyView,
};

#[component]
pub fn Payload(id: WebhookId, body: BodyView, size: u64, raw: bool, parse_error: Option<String>) -> impl IntoView {
    let tree = match &body {
        BodyView::Json(text) => tree::html(text),
        _ => None,
    };
    let has_tree = tree.is_some();
    let download = (size > 0).then(|| {
        view! {
            <a class="button" href=address::body(id) download>
                <Icon glyph=Glyph::Download />
                "Download"
            </a>
        }
    });
    let here = address::webhook(id);
    let views = has_tree.then(|| {
        let current = |on: bool| on.then_some("true");
        view! {
            <div class="segments" role="group" aria-label="View">
                <a href=here.clone() aria-current=current(!raw)>"Tree"</a>
                <a href=format!("{here}?view=raw") aria-current=current(raw)>"Raw"</a>
            </div>
        }
    });
    let (kind, content) = match (body, tree) {
        (BodyView::Empty, _) => ("empty", view! { <p class="muted">"The request had no body."</p> }.into_any()),
        (BodyView::Json(_), Some(tree)) if !raw => (
            "JSON",
            view! { <div class="code tree" tabindex="0" role="region" aria-label="Payload" inner_html=tree></div> }.into_any(),
        ),
        (BodyView::Json(text), Some(_)) => ("JSON, as received", code(text, false)),
        (BodyView::Json(text), None) => ("JSON too deep or too long for a tree", code(text, false)),
        (BodyView::Text { text, truncated }, _) => ("text, not JSON", code(text, truncated)),
        (BodyView::Binary { dump, truncated }, _) => ("bytes that are not text", code(dump, truncated)),
    };
    view! {
        {parse_error.map(|error| view! {
            <p class="notice is-attention">
                <Icon glyph=Glyph::TriangleAlert />
                <span>{format!("Kept as it came, but not all of it could be read as events: {error}.")}</span>
            </p>
        })}
        <div class="payload-head">
            <span class="muted">{format!("{} · {kind}", bytes(size))}</span>
            {views}
            {download}
        </div>
        {content}
    }
}

fn code(text: String, truncated: bool) -> AnyView {
    view! {
        <pre class="code" tabindex="0" role="region" aria-label="Payload">{text}</pre>
        {truncated.then(|| view! { <p class="muted">"This is the beginning; the download has all of it."</p> })}
    }
    .into_any()
}
