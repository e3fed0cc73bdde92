//! `POST /api/<ask>`: one function for each, all alike.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::de::DeserializeOwned;

use super::call::{Call, body, call};
use super::problem::Problem;
use super::requests::{RequestView, wait_for};
use crate::asks::cancel::CancelAsk;
use crate::asks::confirm::ConfirmAsk;
use crate::asks::error::AskError;
use crate::asks::follow::{self, OrderAsk, RatingAsk};
use crate::asks::init::InitAsk;
use crate::asks::refund::RefundAsk;
use crate::asks::returns::ReturnAsk;
use crate::asks::search::SearchAsk;
use crate::asks::select::SelectAsk;
use crate::asks::{self, Sent};
use crate::buyer::Buyer;

pub fn mount(app: &mut web::ServiceConfig) {
    app.service(search).service(select).service(init).service(confirm).service(status).service(track);
    app.service(cancel).service(ask_return).service(refund).service(support).service(rating);
}

/// Reads a call: token, headers, body.
fn read<T: DeserializeOwned>(
    request: &HttpRequest,
    buyer: &Buyer,
    route: &'static str,
    bytes: &[u8],
) -> Result<(Call, T), Problem> {
    Ok((call(request, buyer, route, bytes)?, body(request, bytes)?))
}

/// 202 with the address of the request, or 200 with its outcome when the caller waits and it comes in time. A repeated
/// call (same Idempotency-Key) gets the request that the first one made.
async fn answer(buyer: &Buyer, call: &Call, asked: Result<Sent, AskError>) -> Result<HttpResponse, Problem> {
    let message_id = match asked {
        Ok(sent) => sent.message_id,
        Err(AskError::Repeated { message_id }) => message_id,
        Err(error) => return Err(error.into()),
    };
    let row = wait_for(buyer, &message_id, call.wait).await?;
    let row = row.ok_or_else(|| Problem::not_found("request", &message_id))?;
    let now_ms = buyer.now_ms();
    let done = !call.wait.is_zero() && row.status(now_ms).is_final();
    let view = RequestView::of(row, now_ms);
    let mut response = if done { HttpResponse::Ok() } else { HttpResponse::Accepted() };
    if !call.wait.is_zero() {
        response.insert_header(("Preference-Applied", format!("wait={}", call.wait.as_secs())));
    }
    Ok(response.insert_header((header::LOCATION, view.location())).json(view))
}

macro_rules! ask {
    ($(#[$doc:meta])* $name:ident, $path:literal, $body:ty, $ask:path) => {
        $(#[$doc])*
        #[utoipa::path(tag = "asks", context_path = "/api", request_body = $body,
            params(
                ("Prefer" = Option<String>, Header, description = "`wait=N`: wait at most N seconds for the answer."),
                ("Idempotency-Key" = Option<String>, Header, description = "The same key and body make one message, however often they are sent."),
            ),
            responses(
                (status = 200, description = "The outcome: answered, refused, undelivered or expired.", body = RequestView),
                (status = 202, description = "Sent; read the address in `Location`.", body = RequestView),
                (status = 401, description = "Token missing or wrong.", body = Problem),
                (status = 404, description = "No such order or checkout.", body = Problem),
                (status = 409, description = "Not allowed in this state.", body = Problem),
                (status = 422, description = "A field is missing or wrong, or the message would break a rule.", body = Problem),
                (status = 503, description = "The registry knows no peer for it.", body = Problem),
            ))]
        #[post($path)]
        pub async fn $name(request: HttpRequest, buyer: web::Data<Buyer>, bytes: web::Bytes) -> Result<HttpResponse, Problem> {
            let (call, ask) = read::<$body>(&request, &buyer, $path, &bytes)?;
            let asked = $ask(&buyer, &call.caller, &ask).await;
            answer(&buyer, &call, asked).await
        }
    };
}

ask!(
    /// Ask the network what it sells. Goes through the gateway; answers fill the catalogue.
    search, "/search", SearchAsk, asks::search::search
);
ask!(
    /// Ask a seller for a price and a promise.
    select, "/select", SelectAsk, asks::select::select
);
ask!(
    /// Tell the seller who buys and where it goes.
    init, "/init", InitAsk, asks::init::init
);
ask!(
    /// Place the order.
    confirm, "/confirm", ConfirmAsk, asks::confirm::confirm
);
ask!(
    /// Ask how an order stands.
    status, "/status", OrderAsk, follow::status
);
ask!(
    /// Ask where the goods are.
    track, "/track", OrderAsk, follow::track
);
ask!(
    /// Cancel an order, or a return that is not picked yet.
    cancel, "/cancel", CancelAsk, asks::cancel::cancel
);
ask!(
    /// Ask to return delivered goods.
    ask_return, "/return", ReturnAsk, asks::returns::ask_return
);
ask!(
    /// Tell the seller that you paid a refund (settlement trail). Only for money that you collected yourself.
    refund, "/refund", RefundAsk, asks::refund::tell_refund
);
ask!(
    /// Ask how to reach the seller's support.
    support, "/support", OrderAsk, follow::support
);
ask!(
    /// Rate an order, an item, a provider, a delivery or a rider.
    rating, "/rating", RatingAsk, follow::rating
);
