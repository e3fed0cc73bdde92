//! The four compiled programs, one of them killed between its ACK and its callback.

use sandbox::journey::{Journey, local_http};
use sandbox::members::Member;
use sandbox::processes::{Processes, programs_of_this_build};
use serde_json::{Value, json};

use crate::setting::{AREA_CODE, CITY, GPS};

#[actix_web::test]
async fn a_seller_killed_after_its_ack_still_answers_exactly_once() {
    let programs = programs_of_this_build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    // The seller's callbacks wait a while, so that the kill falls between the ACK and the callback.
    let mut network = Processes::start(&programs, folder.path(), &[]).await.unwrap();
    let journey = Journey {
        http: local_http().unwrap(),
        buyer: network.at.url(Member::Buyer),
        seller: network.at.url(Member::Seller),
    };
    import(&programs, &network);
    let choice = journey.discover(CITY, AREA_CODE, GPS).await.unwrap();

    let placed = journey.order(&choice, 1).await.unwrap();
    journey.deliver(&placed.order_id).await.unwrap();

    let selected = journey.select(&choice, 1).await.unwrap();
    let transaction_id = selected["transaction_id"].as_str().unwrap().to_owned();
    // While the buyer is away, the seller's callback cannot be delivered: the ACK is out, the callback is not.
    let ask = acked_init_without_callback(&mut network, &journey, &transaction_id).await;
    network.run(Member::Seller).await.unwrap();

    let request = journey.http.get(&format!("{}{ask}", journey.buyer), &[("prefer", "wait=1")]).await.unwrap();
    assert_eq!(request.status, 200);
    let answered = wait_for_answer(&journey, &ask).await;
    assert_eq!(answered["status"], "answered", "{answered}\n{}", network.log(Member::Seller));
    assert_eq!(answered["answers"], 1, "the callback came exactly once");
    let confirmed = journey.confirm(&transaction_id).await.unwrap();
    journey.deliver(&confirmed.order_id).await.unwrap();
}

/// Freezes the buyer's program, lets the seller ACK and work, and kills the seller before the buyer can take the callback.
async fn acked_init_without_callback(network: &mut Processes, journey: &Journey, transaction_id: &str) -> String {
    let body = json!({
        "transaction_id": transaction_id, "name": "Sandbox Shopper", "phone": "9800000000",
        "address": { "name": "Flat 42", "building": "Banyan House", "locality": "Lake Road", "city": "Anytown",
            "state": "Karnataka", "area_code": AREA_CODE },
    });
    let url = format!("{}/api/init", journey.buyer);
    let answer = journey.http.post(&url, body.to_string().into(), &[]).await.unwrap();
    assert_eq!(answer.status, 202, "{}", String::from_utf8_lossy(&answer.body));
    let location = answer.header("location").expect("where to ask").to_owned();
    // The request leaves at once; the seller stores it and ACKs. Killing it at a random moment within the next
    // milliseconds falls before, in or after its transaction: in every case the callback must come once.
    for _ in 0..400 {
        let view: Value = journey.get(&journey.buyer, &location).await.unwrap();
        if view["status"] != "waiting" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    network.kill(Member::Seller).unwrap();
    location
}

async fn wait_for_answer(journey: &Journey, location: &str) -> Value {
    for _ in 0..200 {
        let view = journey.get(&journey.buyer, location).await.unwrap();
        if view["status"] == "answered" || view["status"] == "refused" {
            return view;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    journey.get(&journey.buyer, location).await.unwrap()
}

/// Staff load the goods with the program's own command, beside the running node.
fn import(programs: &std::path::Path, network: &Processes) {
    let seeds = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../seller-app/seeds");
    let mut command = std::process::Command::new(programs.join("seller-app"));
    command.arg("--config").arg(network.settings_path(Member::Seller)).arg("import");
    for table in ["partners", "items", "stock"] {
        command.arg(format!("--{table}")).arg(seeds.join(format!("{table}.csv")));
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
