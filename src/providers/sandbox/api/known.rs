//! What the APIs remember.

use std::collections::{BTreeMap, HashMap, VecDeque};

use model::Timestamp;

/// How many objects each provider remembers. Nobody asks a sandbox for what is older.
pub(super) const MOST: usize = 5_000;

/// Objects as they were from some time on.
#[derive(Debug)]
pub(super) struct History<T> {
    states: HashMap<String, BTreeMap<Timestamp, T>>,
    /// Oldest first.
    ids: VecDeque<String>,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self {
            states: HashMap::new(),
            ids: VecDeque::new(),
        }
    }
}

impl<T> History<T> {
    pub(super) fn add(&mut self, id: &str, from: Timestamp, state: T) {
        if !self.states.contains_key(id) {
            if self.ids.len() == MOST
                && let Some(oldest) = self.ids.pop_front()
            {
                self.states.remove(&oldest);
            }
            self.ids.push_back(id.to_owned());
        }
        self.states.entry(id.to_owned()).or_default().insert(from, state);
    }

    /// The object as it is now, and since when it is so.
    pub(super) fn now(&self, id: &str, now: Timestamp) -> Option<(Timestamp, &T)> {
        let (since, state) = self.states.get(id)?.range(..=now).next_back()?;
        Some((*since, state))
    }

    /// The first time that something was known of it, and that is not later than now.
    pub(super) fn all_until(&self, id: &str, now: Timestamp) -> impl Iterator<Item = (Timestamp, &T)> {
        let states = self.states.get(id).into_iter();
        states.flat_map(move |states| states.range(..=now).map(|(since, state)| (*since, state)))
    }
}

/// How many requests may come in a span of time that begins with the first of them.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) limit: u32,
    pub(super) seconds: i64,
    began_at: Option<Timestamp>,
    count: u32,
}

/// What is left of a window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    pub(super) is_over: bool,
    pub(super) remaining: u32,
    pub(super) reset_seconds: i64,
}

impl Window {
    pub(super) fn new(limit: u32, seconds: i64) -> Self {
        Self {
            limit,
            seconds,
            began_at: None,
            count: 0,
        }
    }

    pub(super) fn count(&mut self, now: Timestamp) -> Left {
        let is_open = |began_at: &Timestamp| (*began_at..began_at.plus_seconds(self.seconds)).contains(&now);
        let began_at = self.began_at.filter(is_open).unwrap_or_else(|| {
            self.count = 0;
            now
        });
        self.began_at = Some(began_at);
        self.count = self.count.saturating_add(1);
        let left = now.micros_until(began_at.plus_seconds(self.seconds));
        Left {
            is_over: self.count > self.limit,
            remaining: self.limit.saturating_sub(self.count),
            reset_seconds: (left + 999_999) / 1_000_000,
        }
    }
}
