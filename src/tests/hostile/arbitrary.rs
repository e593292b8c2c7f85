//! JSON that is well formed and otherwise as odd as it gets, and changes to bodies that were sound.

use proptest::prelude::*;
use proptest::sample::Index;

/// The names that providers give to fields, so that what is made comes near to what they send.
const NAMES: &[&str] = &[
    "data",
    "attributes",
    "name",
    "payload",
    "id",
    "type",
    "reference-id",
    "created-at",
    "included",
    "event",
    "userId",
    "status",
    "timeCreated",
    "basic",
    "key",
    "dataId",
    "events",
    "eventType",
    "result",
    "userRef",
    "response_code",
    "face_data",
    "Status",
    "widget_info",
    "user_ref",
    "timestamp",
    "d\\u0061ta",
    "\\ud800",
    "",
];

/// Ways to the fields that are read, around a value.
const WAYS: &[(&str, &str)] = &[
    (r#""data":{"id":"evt_1","attributes":{"name":"#, "}}"),
    (r#""data":{"attributes":{"name":"inquiry.approved","payload":{"data":"#, "}}}"),
    (r#""events":[{"eventType":"APPROVE","data":{"result":"#, "}}]"),
    (r#""events":[{"eventType":"#, "}]"),
    (r#""widget_info":{"user_ref":"#, "}"),
];

const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "1.50",
    "1e5",
    "1E-400",
    "1e999",
    "123456789012345678901234567890",
    "1687938817.611",
];

const STRINGS: &[&str] = &[
    "",
    "inquiry.approved",
    "00",
    "01",
    "VERIFIED",
    "2025-11-20T00:53:15.000Z",
    "\\ud800",
    "\\udc00x",
    "\\u0000",
    "\\\"}]",
    "é😀",
    "\\ud83d\\ude00",
    "https://x/?X-Amz-Signature=1",
];

/// The text of a JSON value: names of fields may be doubled, numbers too large, surrogates alone.
pub fn json() -> impl Strategy<Value = String> {
    let literal = prop::sample::select(&["null", "true", "false"][..]).prop_map(str::to_owned);
    let number = prop::sample::select(NUMBERS).prop_map(str::to_owned);
    let string = prop::sample::select(STRINGS).prop_map(|text| format!("\"{text}\""));
    let any_string = any::<String>().prop_map(|text| serde_json::Value::from(text).to_string());
    let leaf = prop_oneof![literal, number, string, any_string];
    leaf.prop_recursive(7, 60, 8, |value| {
        let field = (prop::sample::select(NAMES), value.clone(), spaces())
            .prop_map(|(name, value, space)| format!("{space}\"{name}\"{space}:{space}{value}{space}"));
        let way =
            (prop::sample::select(WAYS), value.clone()).prop_map(|((before, after), value)| format!("{before}{value}{after}"));
        let field = prop_oneof![5 => field, 1 => way];
        prop_oneof![
            4 => prop::collection::vec(field, 0..8).prop_map(|fields| format!("{{{}}}", fields.join(","))),
            1 => prop::collection::vec(value, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
        ]
    })
}

fn spaces() -> impl Strategy<Value = &'static str> {
    prop_oneof![8 => Just(""), 1 => Just(" "), 1 => Just("\n\t")]
}

/// One change to a body, at a place in it.
#[derive(Debug, Clone)]
pub enum Edit {
    Put(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
    Double(Index, Index),
}

pub fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let byte = || prop_oneof![any::<u8>(), prop::sample::select(&b"{}[]\",:\\0eE-. \0"[..])];
    let edit = prop_oneof![
        (any::<Index>(), byte()).prop_map(|(at, byte)| Edit::Put(at, byte)),
        (any::<Index>(), byte()).prop_map(|(at, byte)| Edit::Insert(at, byte)),
        any::<Index>().prop_map(Edit::Remove),
        any::<Index>().prop_map(Edit::Cut),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Edit::Double(from, to)),
    ];
    prop::collection::vec(edit, 1..6)
}

pub fn edit(mut body: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    for edit in edits {
        let at = |index: &Index| index.index(body.len().max(1)).min(body.len());
        match edit {
            Edit::Put(index, byte) => {
                let at = at(index);
                if let Some(there) = body.get_mut(at) {
                    *there = *byte;
                }
            }
            Edit::Insert(index, byte) => body.insert(at(index), *byte),
            Edit::Remove(index) => {
                let at = at(index);
                if at < body.len() {
                    body.remove(at);
                }
            }
            Edit::Cut(index) => body.truncate(at(index)),
            Edit::Double(from, to) => {
                let (from, to) = (at(from).min(at(to)), at(from).max(at(to)));
                let piece = body[from..to].to_vec();
                body.splice(to..to, piece);
            }
        }
    }
    body
}
