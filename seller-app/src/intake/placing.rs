//! Places a request: plan → hold every parcel's goods → promise → confirm every parcel.
//!
//! The row of the request is the journal. Until it says `confirming` nothing is promised, and what a crash leaves behind are
//! holds, which run out. From then on every parcel is confirmed, if need be by the worker that finds the row after a crash.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use protocol::digest::digest;

use crate::app::SellerApp;
use crate::inventory::Channel;
use crate::network::translate::OrderRef;
use crate::order::channel::B2B_BUYER;
use crate::order::{Command, Order, Party, Refusal, Select, SelectItem, local};
use crate::partner_work::life;
use crate::processing::{self, Origin, WorkError};
use crate::routing::Policy;
use crate::routing::policy::PARCELS_MAX;
use crate::routing_desk::carts::{self, DecideError};
use crate::routing_desk::facts::Known;
use crate::routing_desk::policies::{self, Current};
use crate::store::b2b_requests::{self as requests, Stored};
use crate::store::orders;
use crate::store::reservation::{self, Cart};

use super::form::{FormError, OrderForm};
use super::request::{self, Parcel, ParcelState, Request, RequestState, Short};

/// Plans that are tried before the customer is told that others are faster.
const PLANS_MAX: usize = 4;
/// Requests that one round of the worker finishes.
const BATCH: i64 = 50;

/// Why a request is not placed.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    #[error(transparent)]
    Form(#[from] FormError),
    #[error("`{0}` was sent before with other contents: give a new order a new reference")]
    OtherContents(String),
    #[error("`{0}` is being placed right now: ask for it in a moment")]
    Busy(String),
    #[error("not everything is there: {}", listed(.0))]
    Short(Vec<Short>),
    #[error("{partner_id} cannot send its part: {refusal}")]
    Refused { partner_id: String, refusal: Refusal },
    #[error("no domain and version is configured")]
    NoLaw,
    #[error(transparent)]
    Route(#[from] DecideError),
    #[error(transparent)]
    Work(WorkError),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

fn listed(short: &[Short]) -> String {
    let one = |short: &Short| format!("{} of {} {}", short.given, short.asked, short.sku);
    short.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Places a request, or finds that it was placed before.
///
/// # Errors
/// [`IntakeError::Short`] when there is not enough and the customer wants all of it; nothing is kept or held then.
pub async fn place(app: &SellerApp, form: &OrderForm, actor: &str) -> Result<Stored, IntakeError> {
    let wanted = form.wanted()?;
    let digest = digest(serde_json::to_string(form).unwrap_or_default().as_bytes());
    if let Some(known) = requests::one(&app.node.db, &form.reference).await? {
        return again(app, known, &digest, actor).await;
    }
    let mut avoided = BTreeSet::new();
    let mut last = IntakeError::Busy(form.reference.clone());
    for _ in 0..PLANS_MAX {
        let request = plan(app, form, &wanted, &avoided).await?;
        let mut tx = app.node.db.begin().await?;
        if !requests::add(&mut tx, &digest, &request, &app.stamp()).await? {
            tx.rollback().await?;
            return Err(IntakeError::Busy(form.reference.clone()));
        }
        tx.commit().await?;
        match hold_all(app, &request, actor).await {
            Ok(()) => return promise(app, request, &digest, actor).await,
            Err((at, why)) => {
                let_go(app, &request).await?;
                let partner_id = request.parcels.get(at).map(|parcel| parcel.partner_id.clone()).unwrap_or_default();
                last = match why {
                    WorkError::Refused(refusal) => {
                        // A shortage is another's luck: ask again. Any other refusal stands.
                        if refusal.code != crate::order::refusal::code::QUANTITY_UNAVAILABLE {
                            avoided.insert(partner_id.clone());
                        }
                        IntakeError::Refused { partner_id, refusal }
                    }
                    other => return Err(IntakeError::Work(other)),
                };
            }
        }
    }
    Err(last)
}

/// The same request came again.
async fn again(app: &SellerApp, known: Stored, digest: &str, actor: &str) -> Result<Stored, IntakeError> {
    if known.digest != digest {
        return Err(IntakeError::OtherContents(known.reference));
    }
    match known.state {
        RequestState::Placed => Ok(known),
        RequestState::Confirming => confirm_all(app, known, actor).await,
        RequestState::Holding => Err(IntakeError::Busy(known.reference)),
    }
}

/// Who sends what, by the policy that decides now. Orders of this channel may be divided, whatever the network's profile is.
async fn plan(
    app: &SellerApp,
    form: &OrderForm,
    wanted: &BTreeMap<String, u32>,
    avoided: &BTreeSet<String>,
) -> Result<Request, IntakeError> {
    let known = Known::of_items(app, wanted.keys().map(String::as_str)).await?;
    if let Some(sku) = wanted.keys().find(|sku| !known.sells(sku)) {
        let at = form.lines.iter().position(|line| line.sku.trim() == sku).unwrap_or(0);
        return Err(FormError::new(format!("lines[{at}].sku"), format!("there is no item `{sku}`")).into());
    }
    let decided = policies::current(app).await?;
    let most = app.config.b2b_parcels_max.clamp(1, PARCELS_MAX);
    let policy = Policy { max_parcels: most, split_lines: most > 1, ..decided.policy };
    let current = Current { policy, ..decided };
    let place = form.destination()?;
    let quoted =
        carts::quote_without(app, &known, &place, request::lines(wanted), current, (Channel::B2b, avoided)).await?;
    let plan = &quoted.outcome.plan;
    let short = request::short(plan);
    if plan.parcels.is_empty() || (!short.is_empty() && !form.accept_partial) {
        return Err(IntakeError::Short(short));
    }
    let new_id = || app.node.randomness.uuid_v4().to_string();
    Ok(Request {
        form: form.clone(),
        parcels: request::parcels(&form.reference, plan, new_id),
        short,
        policy_version: quoted.policy_version,
    })
}

/// Sets every parcel's goods aside. On failure: which parcel, and why.
async fn hold_all(app: &SellerApp, request: &Request, actor: &str) -> Result<(), (usize, WorkError)> {
    for (at, parcel) in request.parcels.iter().enumerate() {
        hold(app, &request.form, parcel, actor).await.map_err(|error| (at, error))?;
    }
    Ok(())
}

async fn hold(app: &SellerApp, form: &OrderForm, parcel: &Parcel, actor: &str) -> Result<(), WorkError> {
    let select = select(app, form, parcel).await?;
    let draft = work(app, parcel, &select, actor).await?;
    let given: u32 = draft.lines.iter().map(|line| line.count).sum();
    let asked: u32 = parcel.takes.iter().map(|(_, count)| count).sum();
    if given < asked {
        let problem = format!("{given} of {asked} pieces are left");
        return Err(Refusal::new(crate::order::refusal::code::QUANTITY_UNAVAILABLE, problem).into());
    }
    work(app, parcel, &local::init(&draft, &buyer(app, form)), actor).await.map(|_| ())
}

async fn select(app: &SellerApp, form: &OrderForm, parcel: &Parcel) -> Result<Command, WorkError> {
    let nobody = || Refusal::new(crate::order::refusal::code::PROVIDER_NOT_FOUND, "the partner is not known any more");
    let record = match life::known(app, &parcel.partner_id).await {
        Ok(record) => record,
        Err(crate::partner_work::PartnerError::Database(error)) => return Err(error.into()),
        Err(_) => return Err(nobody().into()),
    };
    let config = &app.config.node;
    let (domain, core_version) = config.domains.first().zip(config.core_versions.last()).ok_or_else(nobody)?;
    let location_id = record.partner.location_id();
    let item = |(sku, count): &(String, u32)| SelectItem {
        id: sku.clone(),
        location_id: Some(location_id.clone()),
        parent_item_id: None,
        count: *count,
    };
    let destination =
        form.destination().map_err(|error| Refusal::new(crate::order::refusal::code::VALIDATION, error.to_string()))?;
    Ok(Command::Select(Select {
        party: Party {
            transaction_id: parcel.transaction_id.clone(),
            bap_id: B2B_BUYER.to_owned(),
            bap_uri: format!("https://{B2B_BUYER}"),
            domain: domain.clone(),
            core_version: core_version.clone(),
            city: record.partner.city.clone(),
        },
        provider_id: parcel.partner_id.clone(),
        items: parcel.takes.iter().map(item).collect(),
        location_id: location_id.clone(),
        destination,
        offers: Vec::new(),
        payment_type: None,
    }))
}

fn buyer(app: &SellerApp, form: &OrderForm) -> local::LocalBuyer {
    form.buyer(&app.node.specs.network().country, &app.now().to_string())
}

async fn work(app: &SellerApp, parcel: &Parcel, command: &Command, actor: &str) -> Result<Order, WorkError> {
    let at = OrderRef::Transaction { bap_id: B2B_BUYER.to_owned(), transaction_id: parcel.transaction_id.clone() };
    processing::work(app, &at, command, Origin::Desk { actor }).await
}

fn cart(parcel: &Parcel) -> Cart {
    Cart { bap_id: B2B_BUYER.to_owned(), transaction_id: parcel.transaction_id.clone() }
}

/// Nothing was promised: gives back what is held, forgets the request.
async fn let_go(app: &SellerApp, request: &Request) -> Result<(), IntakeError> {
    let (mut tx, stamp) = (app.node.db.begin().await?, app.stamp());
    for parcel in &request.parcels {
        reservation::release(&mut tx, &cart(parcel), &[], &stamp).await.map_err(|error| match error {
            reservation::StockError::Sql(error) => IntakeError::Database(error),
            other => IntakeError::Work(WorkError::Stock(other)),
        })?;
    }
    requests::drop_held(&mut tx, &request.form.reference).await?;
    tx.commit().await?;
    Ok(())
}

/// The moment from which the request will be placed.
async fn promise(app: &SellerApp, request: Request, digest: &str, actor: &str) -> Result<Stored, IntakeError> {
    let (mut tx, stamp) = (app.node.db.begin().await?, app.stamp());
    let step = (RequestState::Holding, RequestState::Confirming);
    if !requests::advance(&mut tx, &request, step, &stamp).await? {
        // A worker took this request for one that was left behind.
        tx.rollback().await?;
        return Err(IntakeError::Busy(request.form.reference));
    }
    tx.commit().await?;
    let stored = Stored {
        reference: request.form.reference.clone(),
        digest: digest.to_owned(),
        state: RequestState::Confirming,
        request,
        created_at_ms: stamp.ms(),
    };
    confirm_all(app, stored, actor).await
}

/// Confirms what is not confirmed yet. Two at once do no harm: a parcel that is an order stays that order.
async fn confirm_all(app: &SellerApp, mut stored: Stored, actor: &str) -> Result<Stored, IntakeError> {
    let form = stored.request.form.clone();
    for parcel in &mut stored.request.parcels {
        if parcel.state == ParcelState::Open {
            parcel.state = confirm(app, &form, parcel, actor).await?;
        }
    }
    let (mut tx, stamp) = (app.node.db.begin().await?, app.stamp());
    let step = (RequestState::Confirming, RequestState::Placed);
    requests::advance(&mut tx, &stored.request, step, &stamp).await?;
    tx.commit().await?;
    // What stands is the row: another one may have been as far, and first.
    let placed = requests::one(&app.node.db, &form.reference).await?;
    placed.ok_or(IntakeError::Busy(form.reference))
}

async fn confirm(app: &SellerApp, form: &OrderForm, parcel: &Parcel, actor: &str) -> Result<ParcelState, IntakeError> {
    let db = &app.node.db;
    if orders::by_transaction(db, &cart(parcel)).await?.is_some() {
        return Ok(ParcelState::Ordered);
    }
    let Some(draft) = orders::draft(db, &cart(parcel)).await? else {
        return Ok(ParcelState::Refused("its cart is gone".to_owned()));
    };
    let command = local::confirm(&draft.order, &buyer(app, form), &parcel.order_id, app.now());
    match work(app, parcel, &command, actor).await {
        Ok(_) => Ok(ParcelState::Ordered),
        Err(WorkError::Refused(refusal)) => Ok(ParcelState::Refused(refusal.message)),
        Err(other) => Err(IntakeError::Work(other)),
    }
}

/// Ends what a node that stopped left behind, and did not move for so long: what was promised is placed, what was not is let go.
/// Returns how many.
///
/// # Errors
/// When the database fails; requests before that are done.
pub async fn finish_left_behind(app: &SellerApp, quiet: Duration) -> Result<usize, IntakeError> {
    let quiet_ms = i64::try_from(quiet.as_millis()).unwrap_or(i64::MAX);
    let before_ms = app.now().as_millisecond().saturating_sub(quiet_ms);
    let open = requests::open(&app.node.db, before_ms, BATCH).await?;
    let found = open.len();
    for stored in open {
        match stored.state {
            RequestState::Holding => let_go(app, &stored.request).await?,
            RequestState::Confirming => {
                confirm_all(app, stored, "intake").await?;
            }
            RequestState::Placed => {}
        }
    }
    Ok(found)
}
