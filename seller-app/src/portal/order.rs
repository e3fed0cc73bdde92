//! One order: what to do now, and doing it. Every action is one of the desk's.

use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use node::pages;
use serde::Deserialize;

use crate::api::orders::{BuyerQuery, carry_out, find};
use crate::app::SellerApp;
use crate::desk::Input;
use crate::fulfilment::{Agent, Handover};
use crate::order::{LineRef, Order};
use crate::people::doors;

use super::{PortalError, Visit, order_view};

pub(super) fn url(order: &Order, below: &str) -> String {
    format!("/portal/orders/{}{below}?buyer={}", pages::url_encode(&order.id), pages::url_encode(&order.bap_id))
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<BuyerQuery>,
) -> Result<HttpResponse, PortalError> {
    let visit = Visit::of(&app, &request).await?;
    let order = find(&app, &visit.who, &id, &query.buyer).await?;
    order_view::page(&app, &visit, &order, None).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ActForm {
    action: String,
    reason: String,
    agent_name: String,
    agent_phone: String,
    code: String,
    note: String,
    photo: String,
    barcode: String,
    cause: String,
    item: String,
    count: String,
}

impl ActForm {
    fn input(self) -> Input {
        let (name, phone) = (self.agent_name.trim().to_owned(), self.agent_phone.trim().to_owned());
        let item = self.item.trim().to_owned();
        let missing = self.count.trim().parse().ok().filter(|_| !item.is_empty());
        Input {
            reason: Some(self.reason),
            agent: (!name.is_empty() && !phone.is_empty()).then_some(Agent { name, phone }),
            handover: Handover { code: self.code, note: self.note, photo: self.photo },
            barcode: self.barcode,
            cause: self.cause,
            items: missing.map(|count| LineRef { id: item, parent_item_id: None, count }).into_iter().collect(),
            ..Input::default()
        }
    }
}

/// After it, the order's page shows what comes next; when it is refused, why.
pub(super) async fn act(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<BuyerQuery>,
    form: web::Form<ActForm>,
) -> Result<HttpResponse, PortalError> {
    let visit = Visit::of(&app, &request).await?;
    let who = &visit.who;
    let order = find(&app, who, &id, &query.buyer).await?;
    let form = form.into_inner();
    let action = form.action.clone();
    who.may(doors::order_step(&action))?;
    match carry_out(&app, &order, &action, form.input(), who.actor()).await {
        Ok(next) => Ok(pages::see_other(&url(&next, ""))),
        Err(problem) => {
            let fresh = find(&app, who, &id, &query.buyer).await?;
            let status = problem.status_code();
            let mut answer = order_view::page(&app, &visit, &fresh, Some(problem.detail)).await?;
            *answer.status_mut() = status;
            Ok(answer)
        }
    }
}
