use crate::{DeliveryState, EndpointId, Outcome, ProviderKey, Text, Timestamp, UnknownWord, Verdict};

/// Which webhooks a list shows. Several values of one field are alternatives; the fields narrow each other.
///
/// In a URL each value is a parameter of its own: `?provider=persona&provider=pleenk&verdict=invalid`. Empty parameters
/// are what a form sends for a field that was left alone; they say nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookFilter {
    pub providers: Vec<ProviderKey>,
    pub endpoints: Vec<EndpointId>,
    pub verdicts: Vec<Verdict>,
    /// Whole event types, or a beginning followed by `*`, such as `inquiry.*`.
    pub event_types: Vec<Text>,
    pub outcomes: Vec<Outcome>,
    pub subjects: Vec<Text>,
    /// How one of its deliveries stands.
    pub deliveries: Vec<DeliveryState>,
    /// Whether it repeats an earlier webhook: only such, or none of them.
    pub duplicates: Option<bool>,
    /// The earliest time of arrival.
    pub from: Option<Timestamp>,
    /// The time of arrival before which it ends.
    pub to: Option<Timestamp>,
}

/// A parameter or a field that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

impl WebhookFilter {
    /// The most values of one field. More are an error: each costs the database a comparison with each row.
    pub const MOST_VALUES: usize = 32;

    /// Reads the filter from a query string. Parameters that are not the filter's are left to others. A value that is
    /// given twice counts once.
    pub fn from_query(query: &str) -> Result<Self, Vec<FieldError>> {
        let mut filter = Self::default();
        read_query(query, |name, value| filter.take(name, value))?;
        Ok(filter)
    }

    /// As [`WebhookFilter::from_query`], of a query string that says nothing else and says it as [`WebhookFilter::to_query`] does.
    /// What would be left out or shortened is refused, as a filter that says less lets more through.
    pub fn from_whole_query(query: &str) -> Result<Self, Vec<FieldError>> {
        let filter = Self::from_query(query)?;
        let read = filter.parameters();
        let is_read = |name: &str, value: &str| read.iter().any(|(field, text)| *field == name && text == value);
        let lost = form_urlencoded::parse(query.as_bytes()).filter(|(name, value)| !is_read(name, value));
        let lost: Vec<_> = lost
            .map(|(name, _)| FieldError {
                field: name.into_owned(),
                message: "it is not a filter, or not written as one".to_owned(),
            })
            .collect();
        if lost.is_empty() { Ok(filter) } else { Err(lost) }
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "provider" => self.providers.push(ProviderKey::new(value)),
            "endpoint" => add(
                &mut self.endpoints,
                value.parse().map_err(|_| "not an endpoint's id".to_owned())?,
            )?,
            "verdict" => add(
                &mut self.verdicts,
                value.parse().map_err(|error: UnknownWord| error.to_string())?,
            )?,
            "event_type" => text(&mut self.event_types, value)?,
            "outcome" => add(
                &mut self.outcomes,
                value.parse().map_err(|error: UnknownWord| error.to_string())?,
            )?,
            "subject" => text(&mut self.subjects, value)?,
            "delivery" => add(
                &mut self.deliveries,
                value.parse().map_err(|error: UnknownWord| error.to_string())?,
            )?,
            "duplicates" => self.duplicates = Some(value.parse().map_err(|_| "neither true nor false".to_owned())?),
            "from" => self.from = Some(time(value)?),
            "to" => self.to = Some(time(value)?),
            _ => {}
        }
        Ok(())
    }

    /// The filter as a query string without `?`; empty when nothing is filtered.
    pub fn to_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.parameters() {
            query.append_pair(name, &value);
        }
        query.finish()
    }

    /// The filter as the parameters of a URL, in a fixed order.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        fn each<T: ToString>(name: &'static str, values: &[T]) -> impl Iterator<Item = (&'static str, String)> {
            values.iter().map(move |value| (name, value.to_string()))
        }
        each("provider", &self.providers)
            .chain(each("endpoint", &self.endpoints))
            .chain(each("verdict", &self.verdicts))
            .chain(each("event_type", &self.event_types))
            .chain(each("outcome", &self.outcomes))
            .chain(each("subject", &self.subjects))
            .chain(each("delivery", &self.deliveries))
            .chain(self.duplicates.iter().map(|only| ("duplicates", only.to_string())))
            .chain(self.from.iter().map(|time| ("from", time.to_string())))
            .chain(self.to.iter().map(|time| ("to", time.to_string())))
            .collect()
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Hands over the parameters of a query string, without the empty ones, and collects what is wrong with them.
pub(crate) fn read_query(query: &str, mut take: impl FnMut(&str, &str) -> Result<(), String>) -> Result<(), Vec<FieldError>> {
    let mut errors = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        // A subject is the sender's own text: spaces around it are part of it.
        let value = if name == "subject" { &*value } else { value.trim() };
        if value.is_empty() {
            continue;
        }
        if let Err(message) = take(&name, value) {
            errors.push(FieldError {
                field: name.into_owned(),
                message,
            });
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn text(values: &mut Vec<Text>, value: &str) -> Result<(), String> {
    Text::new(value).map_or(Ok(()), |value| add(values, value))
}

fn add<T: PartialEq>(values: &mut Vec<T>, value: T) -> Result<(), String> {
    if values.contains(&value) {
        return Ok(());
    }
    if values.len() == WebhookFilter::MOST_VALUES {
        return Err(format!("more than {} values", WebhookFilter::MOST_VALUES));
    }
    values.push(value);
    Ok(())
}

/// RFC 3339, or what `<input type="datetime-local">` sends (`2025-11-20T00:53` or with seconds), which is read as UTC.
pub(crate) fn time(value: &str) -> Result<Timestamp, String> {
    Timestamp::parse(value)
        .or_else(|| Timestamp::parse(&format!("{value}Z")))
        .or_else(|| Timestamp::parse(&format!("{value}:00Z")))
        .ok_or_else(|| "not a time such as 2025-11-20T00:53:20Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, written_back: &str) {
        let filter = WebhookFilter::from_query(query).expect("a filter");
        assert_eq!(filter.to_query(), written_back);
        assert_eq!(WebhookFilter::from_query(written_back), Ok(filter));
    }

    #[test]
    fn a_filter_survives_the_way_through_a_url() {
        check("", "");
        check("provider=&verdict=&limit=3", "");
        check(
            "verdict=invalid&provider=persona&provider=case_keeper",
            "provider=persona&provider=case_keeper&verdict=invalid",
        );
        check(
            "event_type=inquiry.*&subject=user+1%26",
            "event_type=inquiry.*&subject=user+1%26",
        );
        check("subject=+user-1+&verdict=+stale+", "verdict=stale&subject=+user-1+");
        check(
            "from=2025-11-20T00:53&to=2025-11-20T02:53:20%2B01:00",
            "from=2025-11-20T00%3A53%3A00Z&to=2025-11-20T01%3A53%3A20Z",
        );
    }

    #[test]
    fn values_are_counted_once_and_not_without_end() {
        check("verdict=stale&verdict=stale", "verdict=stale");
        let many: Vec<_> = (0..=WebhookFilter::MOST_VALUES)
            .map(|number| format!("subject={number}"))
            .collect();
        let errors = WebhookFilter::from_query(&many.join("&")).expect_err("too many");
        assert_eq!(errors[0].field, "subject");
    }

    #[test]
    fn each_field_that_cannot_be_read_is_named() {
        let errors = WebhookFilter::from_query("verdict=good&from=yesterday&outcome=approved").expect_err("errors");
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["verdict", "from"]);
    }

    #[test]
    fn a_filter_that_would_be_read_as_less_than_it_says_is_refused() {
        fn check(query: &str, expected: Result<(), &[&str]>) {
            let read = WebhookFilter::from_whole_query(query);
            let fields = read
                .as_ref()
                .map(|filter| assert_eq!(filter.to_query(), query))
                .map_err(|errors| errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>());
            assert_eq!(fields.as_ref().map_err(Vec::as_slice).copied(), expected, "{query}");
        }
        check("", Ok(()));
        check(
            "provider=persona&verdict=invalid&verdict=stale&event_type=inquiry.*&duplicates=false",
            Ok(()),
        );
        check("from=2025-11-20T00%3A00%3A00Z&to=2025-11-21T00%3A00%3A00Z", Ok(()));
        check("verdict=invalid&verdicts=stale", Err(&["verdicts"]));
        check("verdict=", Err(&["verdict"]));
        check("verdict=good", Err(&["verdict"]));
        check("from=2025-11-20T00%3A00%3A00Z&from=2025-11-21T00%3A00%3A00Z", Err(&["from"]));
        check("subject=a%00b", Err(&["subject"]));
    }
}
