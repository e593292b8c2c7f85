//! Forms of destinations: what they send as the operations take it.

use app::view::{ConsoleError, DestinationInput};
use model::Subscription;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::report;
use crate::delivery::schedule;
use crate::destinations::{AddDestination, DEFAULT_CONCURRENCY, DestinationChange, HeaderChange};
use crate::operation::Errors;

/// A new destination from its form.
pub(super) fn new_destination(input: DestinationInput) -> Result<AddDestination, ConsoleError> {
    let mut errors = Errors::default();
    let settings = Settings::read(input, &mut errors);
    for header in settings.headers.iter().filter(|header| header.value.is_none()) {
        errors.add("headers", format!("the header `{}` has no value", header.name));
    }
    errors.none_or_invalid().map_err(report)?;
    let given = |header: HeaderChange| Some((header.name, header.value?));
    Ok(AddDestination {
        name: settings.name,
        url: settings.url,
        subscription: settings.subscription,
        headers: settings.headers.into_iter().filter_map(given).collect(),
        concurrency: settings.concurrency,
        rate_limit: settings.rate_limit,
        ordered: settings.ordered,
        schedule: settings.schedule,
    })
}

/// All of a destination's settings from its form. Which of them are new, the operation finds out.
pub(super) fn change(input: DestinationInput) -> Result<DestinationChange, ConsoleError> {
    let mut errors = Errors::default();
    let settings = Settings::read(input, &mut errors);
    errors.none_or_invalid().map_err(report)?;
    Ok(DestinationChange {
        name: Some(settings.name),
        url: Some(settings.url),
        endpoints: Some(settings.subscription.endpoints),
        event_types: Some(settings.subscription.event_types),
        outcomes: Some(settings.subscription.outcomes),
        headers: Some(settings.headers),
        concurrency: Some(settings.concurrency),
        rate_limit: Some(settings.rate_limit),
        ordered: Some(settings.ordered),
        schedule: Some(settings.schedule),
    })
}

/// What a form says, read.
struct Settings {
    name: String,
    url: String,
    subscription: Subscription,
    headers: Vec<HeaderChange>,
    concurrency: u32,
    rate_limit: Option<u32>,
    ordered: bool,
    schedule: Vec<u32>,
}

impl Settings {
    fn read(input: DestinationInput, errors: &mut Errors) -> Self {
        let headers = Zeroizing::new(input.headers.0);
        Self {
            name: input.name.trim().to_owned(),
            url: input.url.trim().to_owned(),
            subscription: input.subscription,
            headers: read_headers(&headers, errors),
            concurrency: number("concurrency", &input.concurrency, errors).unwrap_or(DEFAULT_CONCURRENCY),
            rate_limit: number("rate_limit", &input.rate_limit, errors),
            ordered: input.ordered,
            schedule: read_schedule(&input.schedule, errors),
        }
    }
}

/// `None` where nothing is said, and where it cannot be read.
fn number(field: &str, text: &str, errors: &mut Errors) -> Option<u32> {
    let text = text.trim();
    let read = text.parse().ok();
    if read.is_none() && !text.is_empty() {
        errors.add(field, format!("{}: `{text}` is not a whole number", field.replace('_', " ")));
    }
    read
}

/// A name and a value a line. Without a value that of before is meant.
fn read_headers(text: &str, errors: &mut Errors) -> Vec<HeaderChange> {
    let mut headers = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        // What stands in the line may be a secret, so it is not repeated.
        let Some((name, value)) = line.split_once(':') else {
            errors.add(
                "headers",
                format!("line {number} of the headers is not a name, a colon and a value"),
            );
            continue;
        };
        headers.push(HeaderChange {
            name: name.trim().to_owned(),
            value: Some(value.trim()).filter(|value| !value.is_empty()).map(SecretString::from),
        });
    }
    headers
}

/// Durations such as `0, 5 s, 5 min, 2 h`; a bare number is seconds.
fn read_schedule(text: &str, errors: &mut Errors) -> Vec<u32> {
    if text.trim().is_empty() {
        return schedule::DEFAULT.to_vec();
    }
    let mut delays = Vec::new();
    for part in text.split(',').map(str::trim) {
        match seconds(part) {
            Some(seconds) => delays.push(seconds),
            None => errors.add(
                "schedule",
                format!("`{part}` in the schedule is not a duration such as 5 s, 5 min or 2 h"),
            ),
        }
    }
    delays
}

fn seconds(text: &str) -> Option<u32> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "" | "s" => 1,
        "m" | "min" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    number.parse::<u32>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use app::view::Typed;
    use secrecy::ExposeSecret;

    use super::*;

    fn fields(error: ConsoleError) -> Vec<String> {
        match error {
            ConsoleError::Invalid(errors) => errors.into_iter().map(|error| error.field).collect(),
            error => panic!("{error}"),
        }
    }

    #[test]
    fn a_schedule_is_read_as_people_write_it() {
        let check = |text: &str, expected: Result<&[u32], &[&str]>| {
            let mut errors = Errors::default();
            let read = read_schedule(text, &mut errors);
            match (errors.none_or_invalid().map_err(report), expected) {
                (Ok(()), Ok(expected)) => assert_eq!(read, expected, "{text}"),
                (Err(error), Err(expected)) => assert_eq!(fields(error), expected, "{text}"),
                (found, _) => panic!("{text}: {found:?}"),
            }
        };
        check("", Ok(schedule::DEFAULT));
        check("0, 5 s, 5 min, 2 h", Ok(&[0, 5, 300, 7200]));
        check("0,5s,5m,1d", Ok(&[0, 5, 300, 86_400]));
        check("0, soon, 5 weeks", Err(&["schedule", "schedule"]));
        check("0,,5", Err(&["schedule"]));
        check("99999999 d", Err(&["schedule"]));
    }

    #[test]
    fn headers_are_a_name_and_a_value_a_line() {
        let mut errors = Errors::default();
        let headers = read_headers("Authorization: Bearer a:b\r\n\r\n x-tenant :\n", &mut errors);
        errors.none_or_invalid().expect("read");
        let read: Vec<_> = headers
            .iter()
            .map(|header| (header.name.as_str(), header.value.as_ref().map(ExposeSecret::expose_secret)))
            .collect();
        assert_eq!(read, [("Authorization", Some("Bearer a:b")), ("x-tenant", None)]);
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_field_without_what_may_be_secret() {
        let input = DestinationInput {
            headers: Typed("x-a: 1\nBearer s3cr3t".to_owned()),
            concurrency: "many".to_owned(),
            rate_limit: "-1".to_owned(),
            schedule: "x".to_owned(),
            ..DestinationInput::default()
        };
        let error = change(input).expect_err("refused");
        assert!(!format!("{error:?}").contains("s3cr3t"));
        assert_eq!(fields(error), ["headers", "concurrency", "rate_limit", "schedule"]);
    }

    #[test]
    fn a_new_destination_has_no_values_of_before() {
        let input = DestinationInput {
            headers: Typed("x-a:".to_owned()),
            ..DestinationInput::default()
        };
        assert_eq!(fields(new_destination(input).expect_err("refused")), ["headers"]);
    }
}
