//! What a person can do with a delivery.

use leptos::prelude::*;
use model::{DeliveryRow, DeliveryState};

use crate::{
    api::deliveries::{CancelDelivery, RetryDelivery},
    look::Look,
    pages::Tried,
    text::deliveries,
    ui::{
        button::SubmitButton,
        form::hidden,
        icon::{Glyph, Icon},
    },
};

/// Whether it can be tried now: not while it is held or under way, nor once its destination is archived.
pub const fn can_retry(state: DeliveryState, archived: bool) -> bool {
    !archived && !matches!(state, DeliveryState::Held | DeliveryState::Delivering)
}

pub const fn can_cancel(state: DeliveryState) -> bool {
    !matches!(state, DeliveryState::Delivered | DeliveryState::Cancelled)
}

/// The two actions as small buttons in a row of a list, which lead back to `back`.
pub fn in_row(row: &DeliveryRow, archived: bool, what: &str, back: &str, tried: &Tried) -> AnyView {
    let retry = can_retry(row.state, archived).then(|| {
        tried.small_form::<RetryDelivery>().line(view! {
            {hidden("id", row.id)}
            {hidden("back", back)}
            <SubmitButton look=Look::Quiet says=format!("Try {what} now")>
                <Icon glyph=Glyph::RotateCw class="size-3.5" />
            </SubmitButton>
        })
    });
    let cancel = can_cancel(row.state).then(|| {
        tried.small_form::<CancelDelivery>().line(view! {
            {hidden("id", row.id)}
            {hidden("back", back)}
            <SubmitButton look=Look::Quiet says=format!("Cancel {what}")>
                <Icon glyph=Glyph::Ban class="size-3.5" />
            </SubmitButton>
        })
    });
    view! { <span class="relative z-1 inline-flex justify-end">{retry} {cancel}</span> }.into_any()
}

/// The actions of a delivery's page. Cancelling one that holds others up is called what it does.
#[component]
pub fn Actions(row: DeliveryRow, ordered: bool, archived: bool, tried: Tried) -> impl IntoView {
    let holds_up =
        ordered && !archived && row.subject.is_some() && matches!(row.state, DeliveryState::Failed | DeliveryState::Pending);
    let retry = can_retry(row.state, archived).then(|| {
        let label = if row.state == DeliveryState::Delivered {
            "Send again"
        } else {
            "Try now"
        };
        tried.small_form::<RetryDelivery>().line(view! {
            {hidden("id", row.id)}
            <SubmitButton look=if row.state == DeliveryState::Failed { Look::Accent } else { Look::Plain }>
                <Icon glyph=Glyph::RotateCw />
                {label}
            </SubmitButton>
        })
    });
    let cancel = can_cancel(row.state).then(|| {
        let (glyph, label, look) = if holds_up {
            (Glyph::SkipForward, deliveries::SKIP, Look::Plain)
        } else {
            (Glyph::Ban, "Cancel", Look::Danger)
        };
        tried.small_form::<CancelDelivery>().line(view! {
            {hidden("id", row.id)}
            <SubmitButton look>
                <Icon glyph />
                {label}
            </SubmitButton>
        })
    });
    view! { <div class="flex flex-wrap gap-2 print:hidden">{retry} {cancel}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_done_depends_on_the_state() {
        fn check(state: DeliveryState, retry: bool, cancel: bool) {
            assert_eq!((can_retry(state, false), can_cancel(state)), (retry, cancel), "{state}");
            assert!(!can_retry(state, true), "{state}");
        }
        check(DeliveryState::Held, false, true);
        check(DeliveryState::Pending, true, true);
        check(DeliveryState::Delivering, false, true);
        check(DeliveryState::Delivered, true, false);
        check(DeliveryState::Failed, true, true);
        check(DeliveryState::Cancelled, true, false);
    }
}
