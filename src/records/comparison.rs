//! What changed between two records.

use serde_json::Value;

use super::presigned;

/// The most changes that are listed.
pub const MAX_CHANGES: usize = 1_000;

/// One place at which two documents differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// As a JSON pointer.
    pub path: String,
    /// `None` where it was not there.
    pub before: Option<Value>,
    /// `None` where it is not there any more.
    pub after: Option<Value>,
}

/// Where two documents differ, in the order of their fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// At most [`MAX_CHANGES`].
    pub items: Vec<Change>,
    /// Whether there are more.
    pub has_more: bool,
}

/// Compares two documents. What was added or taken away is one change, however much is in it; the items of an array are
/// compared place by place; a presigned link that was only signed anew is no change.
pub fn changes(before: &Value, after: &Value) -> Changes {
    let mut changes = Changes::default();
    compare(Some(before), Some(after), &mut Vec::new(), &mut changes);
    changes
}

/// The steps from a document's root as a JSON pointer (RFC 6901).
pub(super) fn pointer_of(path: &[String]) -> String {
    let step = |name: &String| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    path.iter().map(step).collect()
}

fn compare(before: Option<&Value>, after: Option<&Value>, path: &mut Vec<String>, changes: &mut Changes) {
    if changes.has_more || before == after {
        return;
    }
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let added = new.keys().filter(|name| !old.contains_key(*name));
            let mut names: Vec<_> = old.keys().chain(added).collect();
            names.sort();
            for name in names {
                path.push(name.clone());
                compare(old.get(name), new.get(name), path, changes);
                path.pop();
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for at in 0..old.len().max(new.len()) {
                path.push(at.to_string());
                compare(old.get(at), new.get(at), path, changes);
                path.pop();
            }
        }
        (Some(Value::String(old)), Some(Value::String(new))) if presigned::is_renewed(old, new) => {}
        _ if changes.items.len() == MAX_CHANGES => changes.has_more = true,
        _ => changes.items.push(Change {
            path: pointer_of(path),
            before: before.cloned(),
            after: after.cloned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn check(before: &Value, after: &Value, expected: &[(&str, Option<Value>, Option<Value>)]) {
        let found = changes(before, after);
        let found: Vec<_> = found
            .items
            .iter()
            .map(|change| (change.path.as_str(), change.before.clone(), change.after.clone()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_differs_is_named_with_its_place() {
        check(&json!({"a": 1}), &json!({"a": 1}), &[]);
        check(
            &json!({"data": {"status": "pending", "gone": 1, "same": [1]}}),
            &json!({"data": {"status": "approved", "new": {"x": 1}, "same": [1]}}),
            &[
                ("/data/gone", Some(json!(1)), None),
                ("/data/new", None, Some(json!({"x": 1}))),
                ("/data/status", Some(json!("pending")), Some(json!("approved"))),
            ],
        );
        check(
            &json!([1, {"a": 1}, 3]),
            &json!([1, {"a": 2}]),
            &[("/1/a", Some(json!(1)), Some(json!(2))), ("/2", Some(json!(3)), None)],
        );
        check(
            &json!({"a/b~": null}),
            &json!({"a/b~": []}),
            &[("/a~1b~0", Some(json!(null)), Some(json!([])))],
        );
        check(&json!(1), &json!("1"), &[("", Some(json!(1)), Some(json!("1")))]);
    }

    #[test]
    fn a_link_that_was_signed_anew_is_no_change() {
        let link = |second: u32, name: &str| {
            json!({"url": format!(
                "https://x.example/{name}?X-Amz-Date=20251120T0053{second:02}Z&X-Amz-Expires=300&X-Amz-Signature={second}"
            )})
        };
        check(&link(1, "a"), &link(2, "a"), &[]);
        let (before, after) = (link(1, "a"), link(2, "b"));
        check(
            &before,
            &after,
            &[("/url", Some(before["url"].clone()), Some(after["url"].clone()))],
        );
    }

    #[test]
    fn of_very_many_changes_the_first_are_listed() {
        let numbers = |from: usize, count: usize| Value::from((from..from + count).collect::<Vec<_>>());
        let found = changes(&numbers(0, MAX_CHANGES), &numbers(1, MAX_CHANGES));
        assert_eq!((found.items.len(), found.has_more), (MAX_CHANGES, false));
        let found = changes(&numbers(0, MAX_CHANGES + 1), &numbers(1, MAX_CHANGES + 1));
        assert_eq!((found.items.len(), found.has_more), (MAX_CHANGES, true));
    }

    fn document() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<bool>().prop_map(Value::from),
            "[a/~]{0,2}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[ab/~]{1,2}", inner, 0..4).prop_map(|fields| fields.into_iter().collect()),
            ]
        })
    }

    proptest! {
        /// Each change stands where it is said to stand, in both documents, and without any the documents are one.
        #[test]
        fn every_change_is_where_it_is_said_to_be(before in document(), after in document()) {
            let found = changes(&before, &after);
            prop_assert_eq!(found.items.is_empty(), before == after);
            for change in &found.items {
                prop_assert_eq!(before.pointer(&change.path), change.before.as_ref());
                prop_assert_eq!(after.pointer(&change.path), change.after.as_ref());
                prop_assert_ne!(&change.before, &change.after);
            }
        }
    }
}
