//! What carriers tell: `POST /carriers/{name}/events` with the signature of the body in `x-signature`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use serde_json::json;

use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::desk::{self, Input};
use crate::fulfilment::{Agent, Handover};
use crate::network::translate::OrderRef;
use crate::processing::{self, Origin, WorkError};
use crate::store::bookings;

use super::{CarrierError, CarrierEvent};

/// An event is small.
const BODY_BYTES_MAX: usize = 64 * 1024;

pub fn mount(app: &mut web::ServiceConfig) {
    app.service(
        web::resource("/carriers/{name}/events")
            .app_data(web::PayloadConfig::new(BODY_BYTES_MAX))
            .route(web::post().to(take)),
    );
}

/// 200 when it is taken or was taken before; 401 for strangers; 404 for parcels that we did not book; 409 when the order does
/// not allow it.
async fn take(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    name: web::Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    if app.carrier.name() != name.as_str() {
        return Err(Problem::not_found(format!("there is no carrier `{name}`")));
    }
    let signature = request.headers().get("x-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let event = app.carrier.read(&body, signature).map_err(refused)?;
    let taken = work(&app, &event).await?;
    Ok(HttpResponse::Ok().json(json!({ "taken": taken })))
}

fn refused(error: CarrierError) -> Problem {
    match error {
        CarrierError::Signature(_) | CarrierError::NoEvents => {
            Problem::new(StatusCode::UNAUTHORIZED, error.to_string())
        }
        CarrierError::Event(_)
        | CarrierError::Kind(_)
        | CarrierError::Folder { .. }
        | CarrierError::Booking(_)
        | CarrierError::Key(_) => Problem::bad_request(error.to_string()),
    }
}

/// `false` when it was taken before. What the order refuses counts as taken too: it would be refused again.
async fn work(app: &SellerApp, event: &CarrierEvent) -> Result<bool, Problem> {
    let carrier = app.carrier.name();
    let Some(booking) = bookings::by_awb(&app.node.db, carrier, &event.awb).await? else {
        return Err(Problem::not_found(format!("parcel `{}` was not booked with you", event.awb)));
    };
    if event.event_id.is_empty() {
        return Err(Problem::bad_request("an event needs an `event_id` of its own"));
    }
    if bookings::event_known(&app.node.db, carrier, &event.event_id).await? {
        return Ok(false);
    }
    let named = !event.rider_name.is_empty();
    let input = Input {
        agent: named.then(|| Agent { name: event.rider_name.clone(), phone: event.rider_phone.clone() }),
        handover: Handover { code: event.code.clone(), note: event.note.clone(), photo: event.photo.clone() },
        actor: carrier.to_owned(),
        ..Input::default()
    };
    let command = desk::command(&event.kind, input)?;
    let at = OrderRef::Order { bap_id: booking.bap_id, order_id: booking.order_id };
    let done = processing::work(app, &at, &command, Origin::Desk { actor: carrier }).await;
    if matches!(done, Ok(_) | Err(WorkError::Refused(_))) {
        let mut tx = app.node.db.begin().await?;
        bookings::remember(&mut tx, carrier, &event.event_id, &app.stamp()).await?;
        tx.commit().await?;
    }
    done.map(|_| true).map_err(Problem::from)
}
