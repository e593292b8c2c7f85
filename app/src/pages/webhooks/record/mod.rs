//! The tab with the provider's record: whether it can be asked for, what came of asking, and what it says of the webhook.

pub mod agreement;
pub mod asking;
mod comparison;
mod history;
pub mod links;
mod shown;

use leptos::prelude::*;
use model::{RecordEvidence, Role, Timestamp, WebhookRow};

use self::{agreement::Agrees, asking::Asking, history::History, shown::Shown};
use crate::{pages::Tried, text::verification, view::RecordSection};

#[component]
pub fn Record(
    row: WebhookRow,
    section: RecordSection,
    /// What the webhook's verdict rests on.
    evidence: Option<RecordEvidence>,
    provider: String,
    raw: bool,
    tried: Tried,
    role: Option<Role>,
    now: Timestamp,
) -> impl IntoView {
    let RecordSection {
        askable,
        refetches,
        history,
        shown,
    } = section;
    let newest = refetches.first().cloned();
    let may_renew = asking::may_ask(&askable, newest.as_ref(), role);
    let may_download = role >= Some(Role::Operator);
    let current = shown.as_ref().map(|record| record.row.id);
    let counts = evidence.as_ref().and_then(|evidence| evidence.record);
    let listed = verification::is_listed(row.reconciled, evidence.as_ref());
    // What was erased, or is not kept with the object by now, leads nowhere.
    let another = counts.filter(|counts| current != Some(*counts) && history.iter().any(|record| record.id == *counts));
    let agrees = evidence.map(|evidence| {
        view! { <Agrees row=row.clone() evidence provider=provider.clone() listed another now /> }
    });
    let id = row.id;
    let shown = shown.map(|record| view! { <Shown id record counts raw may_renew may_download tried=tried.clone() now /> });
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)] gap-5">
            <Asking row askable newest provider listed tried role now />
            {agrees}
            {shown}
            <History id refetches history current now />
        </div>
    }
    .into_any()
}
