//! Webhooks: the brand's systems are told what happened, signed, in order, until they have it.
//!
//! ```text
//!  a change, in its transaction ─▶ store::webhook_events::tell ─▶ an event, and a delivery for each place that wants its kind
//!  workers::webhooks ─▶ due deliveries, the oldest of each subject ─▶ POST ─▶ done | later | failed
//! ```
//!
//! The form is that of Standard Webhooks (standardwebhooks.com): `webhook-id` is the event's and stays the same when it is sent
//! again, `webhook-timestamp` is of the sending, `webhook-signature` is `v1,` and base64 of HMAC-SHA256 over
//! `id.timestamp.body`. Pure, except for [`places`].

pub mod kinds;
pub mod places;
pub mod schedule;
pub mod signature;
