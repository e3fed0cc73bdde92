//! The shop: server-rendered pages to start from.

use actix_web::web;

/// Routes of the shop.
pub fn mount(_app: &mut web::ServiceConfig) {}
