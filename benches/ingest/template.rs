//! The request that the load repeats: a signed webhook of Persona in which subject, resource and event id change.

use std::ops::Range;

use crate::load::numbers::Numbers;
use crate::load::sender::{END_OF_HEAD, SIGNATURE_LENGTH, Sender, Signature, write_hex};

/// An event of about 3 KB. What changes stands at the end, so that most of the signature is computed only once.
const EVENT: &str = include_str!("event.json");

/// How many people the webhooks tell of: some are told of again and again, as with a real provider.
const SUBJECTS: u64 = 100_000;

/// The bytes of a request with places for what changes. Cloned for each connection.
#[derive(Clone)]
pub struct Template {
    request: Vec<u8>,
    signature: Range<usize>,
    /// Where the part of the body begins that changes.
    changing_from: usize,
    subject: Range<usize>,
    resource: Range<usize>,
    event: Range<usize>,
    /// Of the body up to the part that changes.
    signed_so_far: Signature,
}

/// The body before anything is filled in, in the compact form in which it is sent.
pub fn body() -> String {
    EVENT.lines().map(str::trim_start).collect()
}

impl Template {
    /// `now` is in Unix seconds and goes into the signature: it must be made anew within the provider's 300 s.
    pub fn new(sender: &Sender, now: i64) -> Self {
        let body = body();
        let request = sender.request(now, body.as_bytes());
        let body_from = request.len() - body.len();
        let signature_to = body_from - END_OF_HEAD.len();
        let place = |marker: &str| {
            let at = body_from + body.find(marker).expect("event.json marks what changes");
            at..at + marker.len()
        };
        let (subject, resource, event) = (place(&"S".repeat(16)), place(&"R".repeat(24)), place(&"E".repeat(24)));
        let changing_from = subject.start;
        let signed_so_far = Signature::begin(now).over(&request[body_from..changing_from]);
        let signature = signature_to - SIGNATURE_LENGTH..signature_to;
        Self {
            request,
            signature,
            changing_from,
            subject,
            resource,
            event,
            signed_so_far,
        }
    }

    /// The request with the event of that number: another number, another event.
    pub fn request(&mut self, number: u64) -> &[u8] {
        let mut numbers = Numbers::from_seed(number);
        write_hex(numbers.below(SUBJECTS), &mut self.request[self.subject.clone()]);
        write_hex(numbers.next(), &mut self.request[self.resource.clone()]);
        write_hex(number, &mut self.request[self.event.clone()]);
        let signature = self.signed_so_far.clone().over(&self.request[self.changing_from..]).finish();
        self.request[self.signature.clone()].copy_from_slice(&signature);
        &self.request
    }
}
