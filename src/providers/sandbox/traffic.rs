use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;

use axum::http::HeaderMap;
use model::{Reserialisation, Timestamp};
use rand::{RngExt, SeedableRng};

use super::api::Apis;
use super::course::after;
use super::{Attempt, Course, Keys, Person, Random, StandIn, Told};
use crate::providers::reformat;

/// How many people there are: few enough that some come back.
const CROWD: u32 = 5_000;

/// A stand-in with the keys that its endpoint was told of.
#[derive(Debug)]
pub struct Source {
    pub stand_in: &'static dyn StandIn,
    pub keys: Keys,
}

/// When traffic begins and how dense it is.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub begins_at: Timestamp,
    /// On the average, redeliveries not counted.
    pub webhooks_per_second: f64,
    /// How many seconds of the people's stories, and of the providers' schedules, pass in one second.
    pub speed: f64,
}

/// One request as it goes out.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    pub at: Timestamp,
    /// The place of the source in the list.
    pub source: usize,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub note: Note,
}

/// What is to be known of a request that its receiver has to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Note {
    Genuine,
    /// The provider got no 200 and sends the same again, signed afresh.
    Redelivery {
        attempt: u32,
    },
    /// Held up on the way, so that later events arrive before it.
    OutOfOrder,
    /// Signed with a key that is not the endpoint's.
    WrongSignature,
    MissingSignature,
    /// Changed after it was signed: something in it, or only the way in which it is written.
    Altered,
    /// Signed too long ago.
    Stale,
}

/// Requests without end, in the order of their times.
#[derive(Debug)]
pub struct Traffic {
    sources: Vec<Source>,
    pace: Pace,
    random: Random,
    next_story_at: Timestamp,
    queue: BinaryHeap<Planned>,
    planned: u64,
    apis: Option<Arc<Apis>>,
}

/// A webhook that is going to be sent. The greatest is sent first.
#[derive(Debug)]
struct Planned {
    attempt: Attempt,
    /// Breaks ties, so that the order never depends on chance.
    place: u64,
    source: usize,
    told: Arc<Told>,
    note: Note,
}

impl Traffic {
    /// The same seed, sources and pace give the same requests. Without sources there are none.
    pub fn new(seed: u64, pace: Pace, sources: Vec<Source>) -> Self {
        let random = Random::seed_from_u64(seed);
        Self {
            sources,
            pace,
            random,
            next_story_at: pace.begins_at,
            queue: BinaryHeap::new(),
            planned: 0,
            apis: None,
        }
    }

    /// Lets the stand-ins of the APIs know what is told. Where a provider keeps a list of its events, a few of them are on
    /// that list only: their webhooks are never sent.
    #[must_use]
    pub fn known_to(mut self, apis: Arc<Apis>) -> Self {
        self.apis = Some(apis);
        self
    }

    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Somebody comes to one of the providers.
    fn begin_story(&mut self) {
        let source = self.random.random_range(0..self.sources.len());
        let person = Person::of_a_crowd(CROWD, &mut self.random);
        let begins_at = self.next_story_at;
        let mut course = Course::begin(begins_at, self.pace.speed, &mut self.random);
        let story = self.sources[source].stand_in.story(&person, &mut course);
        // A longer story is followed by a longer pause, so that the average of the webhooks holds.
        let webhooks = u32::try_from(story.len()).unwrap_or(u32::MAX);
        let pause = -(1.0 - self.random.random::<f64>()).ln() * f64::from(webhooks) / self.pace.webhooks_per_second;
        self.next_story_at = after(begins_at, pause.max(0.001));
        for told in story {
            let told = match &self.apis {
                Some(apis) => apis.learn(self.sources[source].stand_in.provider().about().key, &person, told),
                None => told,
            };
            self.plan(source, told);
        }
    }

    fn plan(&mut self, source: usize, told: Told) {
        let stand_in = self.sources[source].stand_in;
        let is_signed = self.sources[source].keys.registered().is_some();
        let note = match self.random.random_range(0..1000) {
            0..15 if is_signed => Note::WrongSignature,
            15..25 if is_signed => Note::Altered,
            25..32 if is_signed => Note::MissingSignature,
            32..38 if stand_in.signs_time() => Note::Stale,
            40..60 => Note::OutOfOrder,
            60..80 if self.apis.is_some() && keeps_events(stand_in) => return,
            _ => Note::Genuine,
        };
        let at = if note == Note::OutOfOrder {
            after(told.at, self.random.random_range(30.0..300.0) / self.pace.speed)
        } else {
            told.at
        };
        self.push(Attempt::first(at), source, Arc::new(told), note);
    }

    fn push(&mut self, attempt: Attempt, source: usize, told: Arc<Told>, note: Note) {
        self.planned += 1;
        self.queue.push(Planned {
            attempt,
            place: self.planned,
            source,
            told,
            note,
        });
    }

    /// Now and then the answer is lost, and the provider sends again by its schedule.
    fn plan_redelivery(&mut self, planned: &Planned) {
        let delays = self.sources[planned.source].stand_in.redelivery_delays();
        let is_repeated = matches!(planned.note, Note::Genuine | Note::Redelivery { .. }) && self.random.random_bool(0.04);
        let delay = usize::try_from(planned.attempt.number)
            .ok()
            .and_then(|number| delays.get(number - 1));
        if let (true, Some(delay)) = (is_repeated, delay) {
            let at = after(planned.attempt.at, f64::from(*delay) / self.pace.speed);
            let attempt = Attempt {
                number: planned.attempt.number + 1,
                at,
                ..planned.attempt
            };
            self.push(
                attempt,
                planned.source,
                planned.told.clone(),
                Note::Redelivery { attempt: attempt.number },
            );
        }
    }

    fn send(&mut self, planned: &Planned) -> Sent {
        let Source { stand_in, keys } = &self.sources[planned.source];
        let Told { id, body, .. } = &*planned.told;
        let mut attempt = planned.attempt;
        let other_keys;
        let keys = if planned.note == Note::WrongSignature {
            other_keys = stand_in.make_keys(&mut self.random);
            &other_keys
        } else {
            keys
        };
        if planned.note == Note::Stale {
            attempt.at = attempt.at.plus_seconds(-self.random.random_range(400..4000));
        }
        let mut headers = stand_in.sign(keys, id, body, attempt);
        if planned.note == Note::MissingSignature {
            headers = headers
                .into_iter()
                .filter_map(|(name, value)| Some((name?, value)))
                .filter(|(name, _)| name == "content-type")
                .collect();
        }
        let body = if planned.note == Note::Altered {
            alter(body, &mut self.random)
        } else {
            body.clone()
        };
        Sent {
            at: planned.attempt.at,
            source: planned.source,
            headers,
            body,
            note: planned.note,
        }
    }
}

impl Iterator for Traffic {
    type Item = Sent;

    fn next(&mut self) -> Option<Sent> {
        if self.sources.is_empty() {
            return None;
        }
        while self
            .queue
            .peek()
            .is_none_or(|planned| planned.attempt.at > self.next_story_at)
        {
            self.begin_story();
        }
        let planned = self.queue.pop()?;
        self.plan_redelivery(&planned);
        Some(self.send(&planned))
    }
}

fn keeps_events(stand_in: &dyn StandIn) -> bool {
    stand_in.provider().api().is_some_and(|api| api.event_list().is_some())
}

/// Half of what is altered is only written in another way, as by a proxy; in the other half a digit is another.
fn alter(body: &[u8], random: &mut Random) -> Vec<u8> {
    let rewritten = reformat::other_forms(body).find(|(form, _)| *form != Reserialisation::Trimmed);
    let mut altered = match rewritten {
        Some((_, rewritten)) if random.random_bool(0.5) => return rewritten,
        _ => body.to_vec(),
    };
    if let Some(digit) = altered.iter_mut().rev().find(|byte| byte.is_ascii_digit()) {
        *digit = if *digit == b'9' { b'1' } else { *digit + 1 };
    } else {
        altered.push(b'\n');
    }
    altered
}

impl Planned {
    fn order(&self) -> (Timestamp, u64) {
        (self.attempt.at, self.place)
    }
}

impl Ord for Planned {
    fn cmp(&self, other: &Self) -> Ordering {
        other.order().cmp(&self.order())
    }
}

impl PartialOrd for Planned {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Planned {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for Planned {}
