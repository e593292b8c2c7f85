use std::ops::RangeInclusive;

use model::Timestamp;
use rand::RngExt;
use rand::seq::IndexedRandom;
use time::macros::format_description;

use super::Random;

/// The run of time in one story, and the chance in it.
#[derive(Debug)]
pub struct Course<'a> {
    now: Timestamp,
    speed: f64,
    random: &'a mut Random,
}

impl<'a> Course<'a> {
    /// `speed` says how many seconds of the story pass in one second.
    pub fn begin(at: Timestamp, speed: f64, random: &'a mut Random) -> Self {
        Self { now: at, speed, random }
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Lets between that many seconds of the story pass, and some milliseconds.
    pub fn wait(&mut self, seconds: RangeInclusive<u32>) -> Timestamp {
        let waited = f64::from(self.random.random_range(seconds)) + f64::from(self.random.random_range(0..1000_u32)) / 1000.0;
        self.now = after(self.now, waited / self.speed);
        self.now
    }

    /// Whether something happens that happens in so many of a hundred cases.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    /// One of a list that is not empty.
    pub(super) fn pick<'b, T: ?Sized>(&mut self, of: &[&'b T]) -> &'b T {
        of.choose(self.random).expect("there is something to pick from")
    }

    pub fn number(&mut self, range: RangeInclusive<u32>) -> u32 {
        self.random.random_range(range)
    }

    /// An id such as `inq_2CVZ4HyVg7qaboXz2PUHknAn`.
    pub fn id(&mut self, prefix: &str) -> String {
        const LETTERS: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        let letters = (0..24).map(|_| char::from(LETTERS[self.random.random_range(0..LETTERS.len())]));
        prefix.chars().chain(letters).collect()
    }

    /// A UUID as text.
    pub fn uuid(&mut self) -> String {
        uuid::Builder::from_random_bytes(self.random.random()).into_uuid().to_string()
    }
}

/// The instant that many seconds later, to the millisecond, and at the latest the last that there is.
pub(super) fn after(at: Timestamp, seconds: f64) -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float that is too large becomes the largest integer"
    )]
    let millis = (seconds * 1000.0) as i64;
    let micros = at.as_micros().saturating_add(millis.saturating_mul(1000));
    Timestamp::from_micros(micros).unwrap_or_else(|| at.plus_seconds(i64::MAX))
}

/// As most providers write times: `2025-11-20T00:53:15.000Z`.
pub(super) fn written(at: Timestamp) -> String {
    const FORM: &[time::format_description::BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    at.to_date_time()
        .format(FORM)
        .expect("a time of the years 1 to 9999 has all these parts")
}
