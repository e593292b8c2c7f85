use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// An instant in microseconds since 1970-01-01T00:00:00Z, which is what both databases keep exactly.
///
/// Always between the years 1 and 9999, so that it can be written as RFC 3339 and stored anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
pub struct Timestamp(i64);

impl Timestamp {
    const MIN: i64 = -62_135_596_800 * MICROS_PER_SECOND;
    const MAX: i64 = 253_402_300_800 * MICROS_PER_SECOND - 1;

    /// `None` outside the years 1 to 9999.
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros < Self::MIN || micros > Self::MAX {
            None
        } else {
            Some(Self(micros))
        }
    }

    /// `None` outside the years 1 to 9999.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        Self::from_micros(seconds.checked_mul(MICROS_PER_SECOND)?)
    }

    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// `later − self` in microseconds; negative when `later` is earlier.
    pub const fn micros_until(self, later: Self) -> i64 {
        later.0 - self.0
    }

    /// This instant moved by some seconds, held within the years 1 to 9999.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(
            self.0
                .saturating_add(seconds.saturating_mul(MICROS_PER_SECOND))
                .clamp(Self::MIN, Self::MAX),
        )
    }

    /// The start of the span of `seconds` that this instant lies in.
    #[must_use]
    pub fn floor_to(self, seconds: i64) -> Self {
        Self(self.0 - self.0.rem_euclid(seconds * MICROS_PER_SECOND))
    }

    /// An RFC 3339 time with any offset. `None` when the text is not one.
    pub fn parse(text: &str) -> Option<Self> {
        OffsetDateTime::parse(text, &Rfc3339).ok().and_then(Self::from_date_time)
    }

    /// RFC 3339 in UTC, with as many fractional digits as are needed.
    pub fn to_rfc3339(self) -> String {
        self.to_date_time().format(&Rfc3339).unwrap_or_default()
    }

    pub fn to_date_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Rounds down to a microsecond. `None` outside the years 1 to 9999.
    pub fn from_date_time(date_time: OffsetDateTime) -> Option<Self> {
        i64::try_from(date_time.unix_timestamp_nanos().div_euclid(1000))
            .ok()
            .and_then(Self::from_micros)
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not an RFC 3339 time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_turned_into_utc() {
        let time = Timestamp::parse("2025-11-20T02:53:20.25+02:00").expect("a time");
        assert_eq!(time.to_rfc3339(), "2025-11-20T00:53:20.25Z");
    }

    #[test]
    fn years_that_cannot_be_written_are_refused() {
        assert_eq!(Timestamp::from_micros(i64::MAX), None);
        assert_eq!(Timestamp::from_seconds(i64::MIN), None);
        assert_eq!(
            Timestamp::from_micros(Timestamp::MAX).map(Timestamp::to_rfc3339).as_deref(),
            Some("9999-12-31T23:59:59.999999Z")
        );
        assert_eq!(
            Timestamp::from_micros(Timestamp::MIN).map(Timestamp::to_rfc3339).as_deref(),
            Some("0001-01-01T00:00:00Z")
        );
    }

    #[test]
    fn a_time_before_the_epoch_is_floored_to_the_start_of_its_span() {
        let time = Timestamp::from_seconds(-61).expect("in range");
        assert_eq!(time.floor_to(60), Timestamp::from_seconds(-120).expect("in range"));
    }
}
