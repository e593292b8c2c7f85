//! What the console's pages say of deliveries and destinations, where that depends on more than one of them.

use hookproof::destinations::AddDestination;
use model::Role;

use crate::admin;
use crate::support::browser::Browser;
use crate::world::World;

async fn page(browser: &Browser, path: &str) -> String {
    let response = browser.get(path).await;
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.expect("text")
}

#[tokio::test]
async fn what_came_of_a_test_is_told_once_and_not_by_an_address() {
    let world = World::start().await;
    // No name there has an address, so nothing is sent.
    let add = async |name: &str| world.add(AddDestination::plain(name, "https://core.invalid/")).await;
    let (id, other) = (add("Core").await, add("Ledger").await);
    let browser = world.app.signed_in("ada@example.com", Role::Admin).await;
    let check = async |path: &str, told: bool| {
        let text = page(&browser, path).await;
        assert_eq!(text.contains("It took "), told, "{path}");
    };
    let (here, there) = (
        format!("/destinations/{id}?tested=true"),
        format!("/destinations/{other}?tested=true"),
    );
    check(&here, false).await;
    check(&format!("/destinations/{id}?tested=delivered.200.41"), false).await;

    let answer = browser.post("destinations/test", &[("id", &id.to_string())]).await;
    assert_eq!(answer.status(), 200);
    check(&there, false).await;
    check(&here, true).await;
    check(&here, false).await;
    world.app.end().await;
}

#[tokio::test]
async fn a_delivery_that_outlived_its_destination_offers_nothing_that_is_gone() {
    let world = World::start().await;
    let id = world.destination("Core").await;
    let webhook = world.webhook("evt_pages").await;
    let delivery = world.delivery(webhook).await.id;
    let browser = world.app.signed_in("ada@example.com", Role::Operator).await;
    let paths = [
        format!("/deliveries/{delivery}"),
        format!("/webhooks/{webhook}?tab=deliveries"),
    ];
    let (link, retry) = (format!("href=\"/destinations/{id}\""), "/console/deliveries/retry");

    for path in &paths {
        assert!(page(&browser, path).await.contains(retry), "{path}");
    }
    assert!(page(&browser, &paths[0]).await.contains(&link));

    let archived = world.app.operations.archive_destination(&admin(), id).await;
    archived.expect("archived");
    for path in &paths {
        let text = page(&browser, path).await;
        assert!(!text.contains(retry) && !text.contains(&link), "{path}");
    }
    assert!(page(&browser, &paths[0]).await.contains("(archived)"));
    world.app.end().await;
}

#[tokio::test]
async fn nothing_is_due_at_a_destination_that_is_paused() {
    let world = World::start().await;
    let id = world.destination("Core").await;
    let webhook = world.webhook("evt_pages").await;
    let delivery = world.delivery(webhook).await.id;
    let browser = world.app.signed_in("ada@example.com", Role::Viewer).await;
    let check = async |word: &str, other: &str| {
        let paths = [
            "/deliveries".to_owned(),
            format!("/deliveries/{delivery}"),
            format!("/destinations/{id}"),
            format!("/webhooks/{webhook}?tab=deliveries"),
        ];
        for path in paths {
            let text = page(&browser, &path).await;
            assert!(text.contains(&format!(">{word}<")), "{path}");
            assert!(!text.contains(&format!(">{other}<")), "{path}");
        }
    };
    check("due", "paused").await;
    let paused = world.app.operations.disable_destination(&admin(), id).await;
    paused.expect("paused");
    check("paused", "due").await;
    world.app.end().await;
}
