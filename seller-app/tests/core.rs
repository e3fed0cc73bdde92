//! The pure core, driven as the shell drives it: no database, no clock, no network.
//!
//! `world` plays buyer app, desk, clock and shelf around `decide`; `law` is the specification it must satisfy.
#![allow(clippy::unwrap_used)] // helpers of tests are tests too

#[path = "core/brand.rs"]
mod brand;
#[path = "core/buyer.rs"]
mod buyer;
#[path = "core/catalogue.rs"]
mod catalogue;
#[path = "core/exceptions.rs"]
mod exceptions;
#[path = "core/goods.rs"]
mod goods;
#[path = "core/invariants.rs"]
mod invariants;
#[path = "core/law.rs"]
mod law;
#[path = "core/life.rs"]
mod life;
#[path = "core/money.rs"]
mod money;
#[path = "core/papers.rs"]
mod papers;
#[path = "core/partner_money.rs"]
mod partner_money;
#[path = "core/partner_scores.rs"]
mod partner_scores;
#[path = "core/partners.rs"]
mod partners;
#[path = "core/refusals.rs"]
mod refusals;
#[path = "core/return_cases.rs"]
mod return_cases;
#[path = "core/return_money.rs"]
mod return_money;
#[path = "core/returns.rs"]
mod returns;
#[path = "core/routing.rs"]
mod routing;
#[path = "core/routing_laws.rs"]
mod routing_laws;
#[path = "core/routing_oracle.rs"]
mod routing_oracle;
#[path = "core/routing_random.rs"]
mod routing_random;
#[path = "core/tables.rs"]
mod tables;
#[path = "core/ways.rs"]
mod ways;
#[path = "core/world.rs"]
mod world;
#[path = "core/zones.rs"]
mod zones;
