//! The operator's pages.

use node::testing::{Engine, temp_database};

use crate::world::World;

#[tokio::test]
async fn strangers_see_nothing() {
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap(), |config| {
        config.node.danger_open_console = false;
        config.node.console_token = node::config::Secret::new("letmein");
    })
    .await;
    for page in
        ["/console", "/console/sellers", "/console/search?id=x", "/api/searches", "/api/search?id=x", "/api/sellers"]
    {
        let url = format!("{}{page}", world.running.url);
        assert_eq!(world.buyer.http.get(&url, &[]).await.unwrap().status, 401, "{page}");
        let staff = world.buyer.http.get(&url, &[("authorization", "Bearer letmein")]).await.unwrap();
        let expected = if page.contains("id=x") { 404 } else { 200 };
        assert_eq!(staff.status, expected, "{page}");
    }
}

#[tokio::test]
async fn pages_say_who_was_asked_and_who_was_left_out() {
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap(), |_| ()).await;
    let (one, far) = (world.seller("one", &["std:080"]), world.seller("far", &["std:011"]));
    let context = world.search();
    world.carried(&context).await;
    let report = world.report(&context).await;
    let get = async |path: String| {
        let answer = world.buyer.http.get(&format!("{}{path}", world.running.url), &[]).await.unwrap();
        assert_eq!(answer.status, 200, "{path}");
        String::from_utf8(answer.body.to_vec()).unwrap()
    };
    let list = get("/console".to_owned()).await;
    assert!(list.contains(world.buyer.id.as_str()) && list.contains(&report.id), "{list}");
    assert!(
        get(format!("/console?of={}", node::pages::url_encode(one.id.as_str()))).await.contains(&report.id),
        "found by a seller"
    );
    assert!(
        !get(format!("/console?of={}", node::pages::url_encode(far.id.as_str()))).await.contains(&report.id),
        "who was not asked"
    );
    let page = get(format!("/console/search?id={}", report.id)).await;
    assert!(page.contains(one.id.as_str()) && page.contains("ACK"), "{page}");
    assert!(page.contains(far.id.as_str()) && page.contains("does not serve the city"), "{page}");
    assert!(get("/console/sellers".to_owned()).await.contains(one.id.as_str()));
    let metrics = get("/metrics".to_owned()).await;
    for line in
        ["haat_gateway_searches_total 1", "haat_gateway_asked_total 1", r#"haat_gateway_left_out_total{why="city"} 1"#]
    {
        assert!(metrics.contains(line), "{line} in\n{metrics}");
    }
}
