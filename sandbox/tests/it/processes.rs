//! The four compiled programs, one of them killed between its ACK and its callback.

use std::path::Path;
use std::time::Duration;

use sandbox::journey::{Journey, local_http};
use sandbox::members::{Member, Ports};
use sandbox::processes::{Processes, programs_of_this_build};
use serde_json::{Value, json};

use crate::gate::Gate;
use crate::setting::{AREA_CODE, CITY, GPS};

#[actix_web::test]
async fn a_seller_killed_between_ack_and_callback_still_answers_exactly_once() {
    let programs = programs_of_this_build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    // The buyer listens behind a gate, so that the test decides when the seller's callback may pass.
    let at = Ports::any().unwrap().addresses().unwrap();
    let behind = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let gate = Gate::start(at.port(Member::Buyer), behind).await;
    let listen = format!("127.0.0.1:{behind}");
    let mut network =
        Processes::start(&programs, folder.path(), at, &[(Member::Buyer, "listen", &listen)]).await.unwrap();
    import(&programs, &network);
    let journey = Journey {
        http: local_http().unwrap(),
        buyer: format!("http://127.0.0.1:{behind}"),
        seller: network.at.url(Member::Seller),
    };
    let choice = journey.discover(CITY, AREA_CODE, GPS).await.unwrap();
    let placed = journey.order(&choice, 1).await.unwrap();
    journey.deliver(&placed.order_id).await.unwrap();

    let selected = journey.select(&choice, 1).await.unwrap();
    let transaction_id = selected["transaction_id"].as_str().unwrap().to_owned();
    gate.close();
    let request = init(&journey, &transaction_id).await;
    let acked = until(&journey, &request, |view| view["status"] != "waiting").await;
    assert_eq!(acked["status"], "acked", "the seller said ACK: {acked}");
    tokio::time::sleep(Duration::from_millis(200)).await;
    network.kill(Member::Seller).unwrap();
    let before = journey.get(&journey.buyer, &request).await.unwrap();
    assert_eq!(before["answers"], 0, "no callback has passed: {before}");

    gate.open();
    network.run(Member::Seller).await.unwrap();
    let answered = until(&journey, &request, |view| view["status"] == "answered").await;
    assert_eq!(answered["status"], "answered", "{answered}\n{}", network.log(Member::Seller));
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let later = journey.get(&journey.buyer, &request).await.unwrap();
    assert_eq!(later["answers"], 1, "the callback came exactly once");

    let confirmed = journey.confirm(&transaction_id).await.unwrap();
    journey.deliver(&confirmed.order_id).await.unwrap();
}

/// Sends `init` and does not wait; returns where to ask for its answer.
async fn init(journey: &Journey, transaction_id: &str) -> String {
    let body = json!({
        "transaction_id": transaction_id, "name": "Sandbox Shopper", "phone": "9800000000",
        "address": { "name": "Flat 42", "building": "Banyan House", "locality": "Lake Road", "city": "Anytown",
            "state": "Karnataka", "area_code": AREA_CODE },
    });
    let url = format!("{}/api/init", journey.buyer);
    let answer = journey.http.post(&url, body.to_string().into(), &[]).await.unwrap();
    assert_eq!(answer.status, 202, "{}", String::from_utf8_lossy(&answer.body));
    answer.header("location").expect("where to ask").to_owned()
}

async fn until(journey: &Journey, request: &str, done: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..400 {
        let view = journey.get(&journey.buyer, request).await.unwrap();
        if done(&view) {
            return view;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    journey.get(&journey.buyer, request).await.unwrap()
}

/// Staff load the goods with the program's own command, beside the running node.
fn import(programs: &Path, network: &Processes) {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seller-app/seeds");
    let mut command = std::process::Command::new(programs.join("seller-app"));
    command.arg("--config").arg(network.settings_path(Member::Seller)).arg("import");
    for table in ["partners", "items", "stock"] {
        command.arg(format!("--{table}")).arg(seeds.join(format!("{table}.csv")));
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
