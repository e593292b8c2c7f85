//! The tab with the body.

use leptos::prelude::*;
use model::WebhookRow;

use super::{address, body::Body};
use crate::{
    text::{records, words::Meaning},
    ui::{
        button::LinkButton,
        icon::{Glyph, Icon},
        notice::Notice,
    },
    view::BodyView,
};

#[component]
pub fn Payload(row: WebhookRow, body: BodyView, raw: bool, parse_error: Option<String>, may_download: bool) -> impl IntoView {
    if let Some(at) = row.erased_at {
        return view! { <Notice meaning=Meaning::Neutral glyph=Glyph::Eraser text=records::erased(at) /> }.into_any();
    }
    let (id, size) = (row.id, row.size);
    let here = address::webhook(id);
    let views = (here.clone(), format!("{here}?view=raw"));
    let download = (may_download && size > 0).then(|| {
        view! {
            <LinkButton href=address::body(id) download=true>
                <Icon glyph=Glyph::Download />
                "Download"
            </LinkButton>
        }
    });
    view! {
        {parse_error.map(|error| {
            let text = format!("Kept as it came, but not all of it could be read as events: {error}.");
            view! { <Notice meaning=Meaning::Attention glyph=Glyph::TriangleAlert text /> }
        })}
        <Body body size views raw label="Payload">{download}</Body>
    }
    .into_any()
}
