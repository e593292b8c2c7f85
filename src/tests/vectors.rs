//! Every vector gets the verdict, the events and the original that it expects.

#[path = "support/vectors.rs"]
mod support;

use support::Case;

#[test]
fn every_case_gets_its_verdict_its_events_and_its_original() {
    let cases = support::load();
    assert!(!cases.is_empty(), "there are no cases");
    let failures: Vec<_> = cases.iter().filter_map(|case| check(case, &cases).err()).collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases fail:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

fn check(case: &Case, cases: &[Case]) -> Result<(), String> {
    let expect = |what: &str, is_so: bool, got: &dyn std::fmt::Debug, expected: &dyn std::fmt::Debug| {
        if is_so {
            Ok(())
        } else {
            Err(format!("{}: {what} is {got:?}, expected {expected:?}", case.name))
        }
    };
    let provider = case.provider();
    let verification = case.with_request(|request| provider.verify(request, &case.keyring()));
    let parsed = case.with_request(|request| provider.parse(request));
    expect(
        "the verdict",
        verification.verdict == case.expect.verdict,
        &verification,
        &case.expect.verdict,
    )?;
    expect(
        "what it says",
        parsed.events == case.expect.events,
        &parsed,
        &case.expect.events,
    )?;
    if let Some(name) = &case.expect.duplicate_of {
        let original = cases
            .iter()
            .find(|case| case.name == *name)
            .ok_or_else(|| format!("{}: no case {name}", case.name))?;
        let same_event = original.with_request(|request| provider.parse(request)).same_event;
        let is_same = same_event.is_some() && parsed.same_event == same_event;
        expect("the event", is_same, &parsed.same_event, &same_event)?;
        let is_trusted_enough = original.expect.verdict.trust() >= verification.verdict.trust();
        expect(
            "the original's trust",
            is_trusted_enough,
            &original.expect.verdict,
            &verification.verdict,
        )?;
    }
    Ok(())
}
