//! Partners in a whole seller: life, onboarding, capacity, money. Real sockets; both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use actix_web::http::StatusCode;
use actix_web::test;
use node::testing::{Engine, eventually};
use protocol::ack::Reply;
use rust_decimal::Decimal;
use seller_app::catalogue::Partner;
use seller_app::import::{self, Options, Tables};
use seller_app::money::Money;
use seller_app::partner_work::money::{self, Month};
use seller_app::partner_work::onboarding::{self, Agreement};
use seller_app::partner_work::{PartnerError, life, scores, test_order};
use seller_app::partners::checklist::Point;
use seller_app::partners::statement::Entry;
use seller_app::partners::{Kind, Stage, Step, Terms};
use seller_app::store::partner_claims::{self, NewClaim};
use seller_app::store::partners::{self, Mover};
use seller_app::store::{changes, partner_history, partner_proposals, stock};
use seller_app::workers;
use serde_json::{Value, json};
use specs::Action;

#[macro_use]
#[path = "support/served.rs"]
mod served;
#[path = "support/buyer.rs"]
#[macro_use]
mod buyer;
use buyer::{PARTNER, Session, World};

const BY: Mover<'static> = Mover { actor: "brand", reason: "for the test" };

async fn stage(world: &World, id: &str) -> Stage {
    life::known(&world.seller.app, id).await.unwrap().stage
}

async fn import(world: &World, table: &str) -> import::Report {
    let app = &world.seller.app;
    let tables = Tables { partners: Some(table.as_bytes()), ..Tables::default() };
    let known = |category: &str| app.category_known(category);
    import::import(&app.node.db, tables, Options::default(), &known, &app.stamp()).await.unwrap()
}

/// Changes a partner as staff would.
async fn change(world: &World, id: &str, how: impl FnOnce(&mut Partner)) {
    let app = &world.seller.app;
    let record = life::known(app, id).await.unwrap();
    let mut partner = record.partner;
    how(&mut partner);
    let mut tx = app.node.db.begin().await.unwrap();
    partners::save(&mut tx, &partner, record.kind, &app.stamp()).await.unwrap();
    tx.commit().await.unwrap();
}

/// The part of the onboarding page that speaks of a partner; nothing when it is not on it.
macro_rules! onboarding_row {
    ($pages:expr, $id:expr) => {{
        let asked = test::TestRequest::get().uri("/console/onboarding").to_request();
        let answer = test::call_service(&$pages, asked).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let html = String::from_utf8(test::read_body(answer).await.to_vec()).unwrap();
        let marked = format!("data-partner=\"{}\"", $id);
        html.split("<section").find(|one| one.contains(&marked)).map(ToOwned::to_owned)
    }};
}

/// A partner that nobody knew before, as a spreadsheet with semicolons and decimal commas has it.
const NEW: &str = "id;name;kind;gps;locality;street;city_name;state;area_code;city;phone;email;serves;tax_number;fee_per_order;fee_percent;orders_per_day\n\
    blr-new;New Store;3pl;12.935215,77.624483;A;B;Bengaluru;Karnataka;560034;std:080;08000000999;a@b.example;560034 560090-560093;AAACK0999Z;12,50;2,5;3\n";

journeys! {
    async fn a_new_partner_goes_live_only_with_a_complete_checklist(world) {
        let app = &world.seller.app;
        let report = import(world, NEW).await;
        assert_eq!((report.faults.as_slice(), report.partners.new), (&[][..], 1));
        let record = life::known(app, "blr-new").await.unwrap();
        assert_eq!((record.stage, record.kind, record.partner.active), (Stage::Invited, Kind::Logistics, false));
        assert_eq!(record.terms.fee_per_order.wire(), "12.50");
        assert_eq!(record.partner.serves, ["560034", "560090", "560091", "560092", "560093"]);

        // Not from invited, not by the older call, not without a reason.
        let early = life::step(app, "blr-new", Step::GoLive, BY).await.unwrap_err();
        assert!(matches!(early, PartnerError::NotNow { .. }), "{early}");
        assert!(life::set_active(app, "blr-new", true, "brand").await.is_err());
        let silent = life::step(app, "blr-new", Step::Verify, Mover { reason: " ", ..BY }).await.unwrap_err();
        assert!(matches!(silent, PartnerError::NoReason), "{silent}");
        assert_eq!(life::step(app, "blr-new", Step::Verify, BY).await.unwrap(), Stage::Verifying);
        let missing = |error: PartnerError| match error {
            PartnerError::NotReady(missing) => missing.into_iter().map(|one| one.point).collect::<Vec<_>>(),
            other => panic!("{other}"),
        };
        let refused = life::step(app, "blr-new", Step::GoLive, BY).await.unwrap_err();
        assert_eq!(missing(refused), [Point::Stock, Point::Fees, Point::TestOrder]);

        let known = |category: &str| app.category_known(category);
        let rows = b"partner_id,sku,on_hand\nblr-new,NG-001,50\n";
        let tables = Tables { stock: Some(rows), ..Tables::default() };
        import::import(&app.node.db, tables, Options::default(), &known, &app.stamp()).await.unwrap();
        onboarding::agree(app, "blr-new", Agreement { agree: true, ..Agreement::default() }).await.unwrap();
        let refused = life::step(app, "blr-new", Step::GoLive, BY).await.unwrap_err();
        assert_eq!(missing(refused), [Point::TestOrder]);

        let order = test_order::make(app, "blr-new", "brand").await.unwrap();
        assert!(order.is_test() && order.id.starts_with("TEST-"));
        let half = onboarding::checklist(app, &life::known(app, "blr-new").await.unwrap()).await.unwrap();
        assert!(half.missing()[0].what.contains("take it to the door"), "{half:?}");
        let order = test_order::walk(app, order, "blr-new").await.unwrap();
        assert_eq!(order.state.as_str(), "Completed");
        // Its goods are back, and nobody was told.
        let shelf = stock::of_partner(&app.node.db, "blr-new", app.now().as_millisecond()).await.unwrap();
        assert_eq!((shelf[0].on_hand, shelf[0].held, shelf[0].committed), (50, 0, 0));
        assert!(world.buyer.received().is_empty());

        assert_eq!(life::step(app, "blr-new", Step::GoLive, BY).await.unwrap(), Stage::Active);
        assert!(life::known(app, "blr-new").await.unwrap().partner.active);
        let steps: Vec<String> = partner_history::of_partner(&app.node.db, "blr-new").await.unwrap().into_iter().map(|row| row.step).collect();
        assert_eq!(steps, ["go-live", "verify", "created"]);

        // The same file again changes nothing: neither the stage nor what was agreed to.
        let again = import(world, NEW).await;
        assert_eq!((again.partners.unchanged, again.partners.changed), (1, 0));
        let record = life::known(app, "blr-new").await.unwrap();
        assert!(record.terms.agreed() && record.stage == Stage::Active);
        // Other numbers are a new proposal.
        import(world, &NEW.replace("12,50", "13,00")).await;
        assert!(!life::known(app, "blr-new").await.unwrap().terms.agreed());
    }

    async fn the_onboarding_page_says_what_blocks_a_partner_and_what_comes_next(world) {
        let app = &world.seller.app;
        let pages = service!(app);
        assert!(onboarding_row!(pages, PARTNER).is_none(), "who sells is not on it");
        import(world, NEW).await;
        let row = onboarding_row!(pages, "blr-new").unwrap();
        for wanted in ["New Store", "invited", "3 of 6 done", "it offers no item yet", "/console/stock?partner=blr-new", "Count its stock"] {
            assert!(row.contains(wanted), "lacks {wanted}: {row}");
        }
        let known = |category: &str| app.category_known(category);
        let rows = b"partner_id,sku,on_hand\nblr-new,NG-001,50\n";
        let tables = Tables { stock: Some(rows), ..Tables::default() };
        import::import(&app.node.db, tables, Options::default(), &known, &app.stamp()).await.unwrap();
        let row = onboarding_row!(pages, "blr-new").unwrap();
        assert!(row.contains("4 of 6 done") && row.contains("Agree on fees") && row.contains("/console/partners/blr-new#fees"), "{row}");
        onboarding::agree(app, "blr-new", Agreement { agree: true, ..Agreement::default() }).await.unwrap();
        assert!(onboarding_row!(pages, "blr-new").unwrap().contains("Start verifying"), "a test order wants verifying first");
        life::step(app, "blr-new", Step::Verify, BY).await.unwrap();
        let row = onboarding_row!(pages, "blr-new").unwrap();
        assert!(row.contains("5 of 6 done") && row.contains("Do the test order"), "{row}");
        let order = test_order::make(app, "blr-new", "brand").await.unwrap();
        test_order::walk(app, order, "blr-new").await.unwrap();
        let row = onboarding_row!(pages, "blr-new").unwrap();
        assert!(row.contains("6 of 6 done") && row.contains("Go live") && !row.contains("missing"), "{row}");
        life::step(app, "blr-new", Step::GoLive, BY).await.unwrap();
        assert!(onboarding_row!(pages, "blr-new").is_none(), "it sells now");
    }

    async fn a_suspended_partner_finishes_its_orders_and_leaves(world) {
        let app = &world.seller.app;
        let session = world.session();
        let order_id = session.buy(&[("NG-001", 1)]).await;
        let before = app.now().as_millisecond();
        life::step(app, PARTNER, Step::Suspend, Mover { reason: "fill rate", ..BY }).await.unwrap();
        let told = changes::between(&app.node.db, before, app.now().as_millisecond() + 1).await.unwrap();
        assert!(told.iter().any(|one| one.partner_id == PARTNER && one.sku.is_empty()), "the store is told as disabled");
        assert_eq!(world.session().refused(Action::Select, &Session::select(&[("NG-001", 1)])).await, "30021");

        workers::partner_round(app).await.unwrap();
        assert_eq!(stage(world, PARTNER).await, Stage::Suspended, "an order is open");
        for action in ["pack", "pick-up", "out-for-delivery", "deliver"] {
            world.desk(&order_id, action, "").await;
        }
        workers::partner_round(app).await.unwrap();
        assert_eq!(stage(world, PARTNER).await, Stage::Drained);
        let refused = life::step(app, PARTNER, Step::Reinstate, BY).await.unwrap_err();
        assert!(matches!(refused, PartnerError::NotNow { .. }));
        assert!(matches!(life::step(app, PARTNER, Step::Drain, BY).await.unwrap_err(), PartnerError::NotByHand(_)));
        life::step(app, PARTNER, Step::Offboard, BY).await.unwrap();
        let history = partner_history::of_partner(&app.node.db, PARTNER).await.unwrap();
        let said: Vec<(&str, &str)> = history.iter().map(|row| (row.step.as_str(), row.actor.as_str())).collect();
        assert_eq!(said, [("offboard", "brand"), ("drain", "system"), ("suspend", "brand"), ("created", "brand")]);
        assert_eq!(history[2].reason, "fill rate");
        // What left for good does not come back by a table.
        let table = include_str!("../seeds/partners.csv");
        let report = import(world, table).await;
        assert_eq!((report.faults.len(), report.faults[0].column.as_str()), (1, "active"));
    }

    async fn a_full_day_sells_nothing_more_until_a_place_is_free(world) {
        let app = &world.seller.app;
        change(world, PARTNER, |partner| partner.service.capacity.per_day = Some(2)).await;
        let first = world.session().buy(&[("NG-001", 1)]).await;
        // A cart that only looks takes no place; one that is held does.
        let cart = world.session();
        let select = Session::select(&[("NG-001", 1)]);
        let on_select = cart.ask(Action::Select, &select).await;
        assert!(on_select["error"].is_null());
        let init = Session::init(&select, &on_select);
        let on_init = cart.ask(Action::Init, &init).await;

        let late = world.session().ask(Action::Select, &Session::select(&[("NG-001", 2)])).await;
        assert_eq!(late["error"]["code"], "40002", "{late:#}");
        let snapshot = seller_app::publishing::snapshot(app).await.unwrap();
        let shown = snapshot.everything(&app.seller);
        let shop = shown.shops.iter().find(|shop| shop.partner.id == PARTNER).unwrap();
        assert!(shop.items.iter().all(|listing| !listing.in_stock), "a full partner is published with nothing in stock");

        // The held one may become an order: it has its place.
        let order_id = "O-second";
        let context = cart.context(Action::Confirm);
        let confirm = Session::confirm(order_id, &init, &on_select, &on_init, context.timestamp);
        assert_eq!(cart.send(&context, &confirm).await, Reply::Ack);
        cart.callback(Action::OnConfirm, &context.message_id).await;
        let late = world.session().ask(Action::Select, &Session::select(&[("NG-001", 2)])).await;
        assert_eq!(late["error"]["code"], "40002");

        world.desk(&first, "cancel", "002").await;
        let free = world.session().ask(Action::Select, &Session::select(&[("NG-001", 2)])).await;
        assert!(free["error"].is_null(), "{free:#}");
        let snapshot = seller_app::publishing::snapshot(app).await.unwrap();
        let shown = snapshot.everything(&app.seller);
        let shop = shown.shops.iter().find(|shop| shop.partner.id == PARTNER).unwrap();
        assert!(shop.items.iter().any(|listing| listing.in_stock));
    }

    async fn numbers_suggest_and_a_person_decides(world) {
        let app = &world.seller.app;
        for cancelled in [true, false, true] {
            let order_id = world.session().buy(&[("NG-001", 1)]).await;
            if cancelled {
                world.desk(&order_id, "cancel", "002").await;
            } else {
                for action in ["pack", "pick-up", "out-for-delivery", "deliver"] {
                    world.desk(&order_id, action, "").await;
                }
            }
        }
        // A test order says nothing about a partner, and earns it nothing.
        let order = test_order::make(app, PARTNER, "brand").await.unwrap();
        test_order::walk(app, order, PARTNER).await.unwrap();
        let (version, mut targets) = scores::targets(app).await.unwrap();
        let score = scores::score(app, PARTNER, &targets).await.unwrap();
        let all = &score.card.all;
        assert_eq!((version, all.orders, all.fill.hits, all.fill.of), (0, 3, 1, 3));
        assert_eq!((all.cancelled_for["002"], all.accept_median_s), (2, Some(0)));
        assert_eq!((all.packed_on_time.hits, all.delivered_on_time.hits), (1, 1));
        assert_eq!(score.weeks.last().unwrap().all.orders, 3);
        assert_eq!(score.card.by_channel.keys().collect::<Vec<_>>(), ["network"]);
        assert_eq!(scores::judge_all(app).await.unwrap(), 0, "three orders are too few");

        targets.orders_min = 3;
        assert!(scores::set_targets(app, 0, &targets, Mover { reason: "", ..BY }).await.is_err());
        assert_eq!(scores::set_targets(app, 0, &targets, BY).await.unwrap(), 1);
        assert!(matches!(scores::set_targets(app, 0, &targets, BY).await, Err(PartnerError::Changed)));
        assert_eq!(scores::judge_all(app).await.unwrap(), 1);
        assert_eq!(scores::judge_all(app).await.unwrap(), 0, "once is enough");
        let open = partner_proposals::open(&app.node.db).await.unwrap();
        assert_eq!((open[0].partner_id.as_str(), open[0].kind.as_str()), (PARTNER, "probation"));
        assert!(matches!(scores::dismiss(app, &open[0].id, Mover { reason: "", ..BY }).await, Err(PartnerError::NoReason)));
        scores::dismiss(app, &open[0].id, BY).await.unwrap();
        assert!(matches!(scores::confirm(app, &open[0].id, BY).await, Err(PartnerError::Changed)));
        assert_eq!(scores::judge_all(app).await.unwrap(), 0, "dismissed for some days");
        assert_eq!(stage(world, PARTNER).await, Stage::Active);

        targets.quiet_days = 0;
        targets.probation_days = 0;
        scores::set_targets(app, 1, &targets, BY).await.unwrap();
        assert_eq!(scores::judge_all(app).await.unwrap(), 1);
        let open = partner_proposals::open(&app.node.db).await.unwrap();
        scores::confirm(app, &open[0].id, BY).await.unwrap();
        assert_eq!(stage(world, PARTNER).await, Stage::Probation);
        // Its time is over at once and nothing is better: it should leave. Confirmed, it is suspended, drained and gone.
        assert_eq!(scores::judge_all(app).await.unwrap(), 1);
        let open = partner_proposals::open(&app.node.db).await.unwrap();
        assert_eq!(open[0].kind, "offboard");
        scores::confirm(app, &open[0].id, BY).await.unwrap();
        assert_eq!(stage(world, PARTNER).await, Stage::Suspended);
        workers::partner_round(app).await.unwrap();
        assert_eq!(stage(world, PARTNER).await, Stage::Offboarded);
    }

    async fn a_month_in_money_adds_up(world) {
        let app = &world.seller.app;
        let terms = Terms { fee_per_order: Money::from_minor(1_250), commission_percent: Decimal::from(10), ..Terms::default() };
        onboarding::agree(app, PARTNER, Agreement { terms: Some(terms), agree: true, tier: None }).await.unwrap();
        let order_id = world.session().buy(&[("NG-001", 1)]).await;
        for action in ["pack", "pick-up", "out-for-delivery", "deliver"] {
            world.desk(&order_id, action, "").await;
        }
        let claim = |amount| NewClaim {
            partner_id: PARTNER, order_id: &order_id, cause: "damaged", amount: Money::from_minor(amount), reason: "a photo", actor: "brand",
        };
        let owed = money::open_claim(app, &claim(5_000)).await.unwrap();
        let refused = money::open_claim(app, &claim(90_000)).await.unwrap();
        assert!(money::open_claim(app, &claim(0)).await.is_err());
        let of_nobody = NewClaim { order_id: "no-such-order", ..claim(5_000) };
        assert!(matches!(money::open_claim(app, &of_nobody).await, Err(PartnerError::NoOrder(id)) if id == "no-such-order"));
        money::decide_claim(app, &owed, true, ("brand", "seen")).await.unwrap();
        let kept = partner_claims::of_partner(&app.node.db, PARTNER).await.unwrap();
        let kept = kept.iter().find(|claim| claim.id == owed).unwrap();
        assert_eq!((kept.reason.as_str(), kept.decision_reason.as_str(), kept.decided_by.as_str()), ("a photo", "seen", "brand"));
        money::decide_claim(app, &refused, false, ("brand", "not seen")).await.unwrap();
        assert!(matches!(money::decide_claim(app, &owed, true, ("brand", "again")).await, Err(PartnerError::NoClaim(_))));
        let month = Month::at(app, app.now()).unwrap();
        let made = money::of_month(app, PARTNER, &month).await.unwrap();
        assert_eq!(made.orders, 1);
        assert_eq!(made.totals[&Entry::Claim].wire(), "-50.00");
        let goods = made.totals[&Entry::Goods];
        assert_eq!(made.totals[&Entry::Fee].wire(), "12.50");
        assert_eq!(made.totals[&Entry::Commission], -goods.percent(Decimal::from(10)));
        assert_eq!(made.payout, made.lines.iter().map(|line| line.amount).sum());
        let before = Month::at(app, month.from.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap()).unwrap();
        assert_eq!(before.to, month.from);
        assert_eq!(money::of_month(app, PARTNER, &before).await.unwrap().lines, []);
        assert!(Month::parse(app, "2026-13").is_err() && Month::parse(app, "x").is_err());
    }

    /// Ten buyers at once want the last three places: three get one.
    async fn places_are_never_given_twice(world) {
        change(world, PARTNER, |partner| partner.service.capacity.per_day = Some(3)).await;
        let buys = (0..10).map(|_| async {
            let session = world.session();
            let select = Session::select(&[("NG-001", 1)]);
            let on_select = session.ask(Action::Select, &select).await;
            if !on_select["error"].is_null() {
                return false;
            }
            let init = Session::init(&select, &on_select);
            let context = session.context(Action::Init);
            if session.send(&context, &init).await != Reply::Ack {
                return false;
            }
            let answer = eventually("on_init", || async {
                session.got(Action::OnInit).into_iter().find(|one| one["context"]["message_id"] == json!(context.message_id))
            });
            let on_init: Value = answer.await;
            on_init["error"].is_null()
        });
        let held = futures_util::future::join_all(buys).await.into_iter().filter(|held| *held).count();
        assert_eq!(held, 3);
    }
}

/// Cash is taken only by partners that say so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_without_cash_refuses_it() {
    let world = World::start(Engine::Sqlite, |_| {}).await.unwrap();
    change(&world, PARTNER, |partner| partner.service.capabilities.cod = false).await;
    let mut select = Session::select(&[("NG-001", 1)]);
    select["order"]["payment"] = json!({ "type": "ON-FULFILLMENT" });
    assert_eq!(world.session().refused(Action::Select, &select).await, "40004");
    world.seller.stop().await;
}

/// Terms that make no sense are named.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_terms_are_refused() {
    let world = World::start(Engine::Sqlite, |_| {}).await.unwrap();
    let app = &world.seller.app;
    let terms = Terms { fee_percent: rust_decimal::Decimal::from(101), ..Terms::default() };
    let agreement = Agreement { terms: Some(terms), ..Agreement::default() };
    let error = onboarding::agree(app, PARTNER, agreement).await.unwrap_err();
    assert!(matches!(error, PartnerError::BadTerms("fee_percent", _)), "{error}");
    world.seller.stop().await;
}
