//! What the forms of deliveries and destinations send.

use model::{DestinationId, Subscription, Text, WebhookId};

use super::{given, invalid, is_ticked, local};
use crate::{
    api::destinations::{DestinationSettings, OWN_SCHEDULE},
    text::forms,
    view::{ConsoleError, DestinationInput},
};

/// One destination, or `None` for all where nothing was chosen.
pub fn destination(text: &str) -> Result<Option<DestinationId>, ConsoleError> {
    given(text)
        .map(|text| text.parse().map_err(|_| invalid("destination", forms::NOT_A_DESTINATION)))
        .transpose()
}

/// Refuses a form of a list in which nothing was ticked.
pub fn any_chosen(webhooks: &[WebhookId]) -> Result<(), ConsoleError> {
    if webhooks.is_empty() {
        return Err(invalid("webhooks", forms::NOTHING_CHOSEN));
    }
    Ok(())
}

/// A destination's settings; what they allow is the operation's business.
pub fn destination_settings(settings: DestinationSettings) -> Result<DestinationInput, ConsoleError> {
    fn each<T>(field: &str, values: &[String], read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, ConsoleError> {
        let values = values.iter().map(|value| value.trim()).filter(|value| !value.is_empty());
        values
            .map(|value| read(value).ok_or_else(|| invalid(field, forms::NOT_OFFERED)))
            .collect()
    }
    // Several may be written into one line.
    let event_types = settings.event_types.iter().flat_map(|line| line.split([',', ' ', ';']));
    let event_types: Vec<_> = event_types.map(ToOwned::to_owned).collect();
    let schedule = match settings.schedule_choice.as_str() {
        "" | OWN_SCHEDULE => settings.schedule,
        _ => settings.schedule_choice,
    };
    Ok(DestinationInput {
        name: settings.name.trim().to_owned(),
        url: settings.url.trim().to_owned(),
        subscription: Subscription {
            endpoints: each("endpoints", &settings.endpoints, |id| id.parse().ok())?,
            event_types: each("event_types", &event_types, Text::new)?,
            outcomes: each("outcomes", &settings.outcomes, |word| word.parse().ok())?,
        },
        headers: settings.headers,
        concurrency: settings.concurrency.trim().to_owned(),
        rate_limit: settings.rate_limit.trim().to_owned(),
        ordered: is_ticked(&settings.ordered),
        schedule: schedule.trim().to_owned(),
    })
}

/// Leads to the destination's page, which says what was done.
pub fn show_destination(id: DestinationId, done: &str) {
    leptos_axum::redirect(&format!("/destinations/{id}?done={done}"));
}

/// Leads back to where the form stood, or to `otherwise`, and has it say what was done.
pub fn go_back(back: &str, otherwise: &str, done: &str) {
    leptos_axum::redirect(&with_done(back, otherwise, done));
}

/// The address with what was done, in place of what it said before.
fn with_done(back: &str, otherwise: &str, done: &str) -> String {
    let back = if back.is_empty() { otherwise } else { local(back) };
    let (path, query) = back.split_once('?').unwrap_or((back, ""));
    let said_before = ["done=", "__path=", "__err="];
    let kept = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !said_before.iter().any(|name| pair.starts_with(name)));
    let query: Vec<_> = kept.map(ToOwned::to_owned).chain([format!("done={done}")]).collect();
    format!("{path}?{}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Outcome;

    #[test]
    fn an_action_of_a_list_leads_back_to_it() {
        fn check(back: &str, leads_to: &str) {
            assert_eq!(with_done(back, "/deliveries/1", "done"), leads_to);
        }
        check("", "/deliveries/1?done=done");
        check("/deliveries?state=failed", "/deliveries?state=failed&done=done");
        check(
            "/deliveries?done=before&state=failed&__err=x&__path=y",
            "/deliveries?state=failed&done=done",
        );
        check("/deliveries", "/deliveries?done=done");
        check("//example.com", "/?done=done");
        check("https://example.com/", "/?done=done");
    }

    #[test]
    fn a_destinations_settings_are_read() {
        let form = DestinationSettings {
            name: " Core ".to_owned(),
            event_types: vec!["inquiry.*, case.created".to_owned(), " ".to_owned()],
            outcomes: vec!["approved".to_owned()],
            schedule_choice: "0, 5 s".to_owned(),
            schedule: "1 d".to_owned(),
            ordered: "true".to_owned(),
            ..DestinationSettings::default()
        };
        let input = destination_settings(form.clone()).expect("settings");
        let types: Vec<_> = input.subscription.event_types.iter().map(Text::as_str).collect();
        assert_eq!(input.name, "Core");
        assert_eq!(types, ["inquiry.*", "case.created"]);
        assert_eq!(input.subscription.outcomes, [Outcome::Approved]);
        assert_eq!(input.schedule, "0, 5 s");
        assert!(input.ordered);

        let schedule_choice = OWN_SCHEDULE.to_owned();
        let own = destination_settings(DestinationSettings {
            schedule_choice,
            ..form.clone()
        })
        .expect("settings");
        assert_eq!(own.schedule, "1 d");

        let endpoints = vec!["all".to_owned()];
        let error = destination_settings(DestinationSettings { endpoints, ..form }).expect_err("not an id");
        assert_eq!(error, invalid("endpoints", forms::NOT_OFFERED));
    }

    #[test]
    fn no_destination_means_all() {
        assert_eq!(destination(""), Ok(None));
        assert!(destination("019a2f60-7c1e-7000-8000-0123456d7f3c").is_ok_and(|id| id.is_some()));
        assert_eq!(destination("x"), Err(invalid("destination", forms::NOT_A_DESTINATION)));
    }
}
