//! Which permission a call or a form asks for. What is not named here and changes something is for the brand's admin alone,
//! so a forgotten line closes a door and never opens one.

use super::permission::Permission;

/// By method and by the pattern of the path as it is mounted: `/api/orders/{id}`.
///
/// Steps of an order are told apart by [`order_step`]; their doors ask only to see.
pub fn needs(method: &str, pattern: &str) -> Permission {
    let (door, path) = match (pattern.strip_prefix("/api"), pattern.strip_prefix("/console")) {
        (Some(path), _) | (None, Some(path)) => (true, path),
        (None, None) => (false, pattern),
    };
    if !door {
        return Permission::People;
    }
    if matches!(method, "GET" | "HEAD") { to_read(path) } else { to_change(path) }
}

fn to_read(path: &str) -> Permission {
    match path {
        "/partners/{id}/terms"
        | "/partners/{id}/claims"
        | "/partners/{id}/statement"
        | "/partners/{id}/statements/{month}"
        | "/partners/{id}/statements/{month}/csv"
        | "/exports"
        | "/exports/file"
        | "/exports/{kind}" => Permission::SeeMoney,
        "/people" | "/people/{login}" | "/tokens" => Permission::People,
        "/webhooks" | "/webhooks/{id}" | "/webhooks/{id}/deliveries" => Permission::People,
        "/audit" | "/audit/csv" => Permission::Audit,
        _ => Permission::See,
    }
}

fn to_change(path: &str) -> Permission {
    match path {
        // The step itself decides; a quote changes nothing.
        "/orders/{id}/{action:.+}" | "/orders/{id}/act" | "/routing/quote" => Permission::See,
        "/b2b/orders" => Permission::PlaceOrders,
        "/b2b/orders/{reference}/cancel" => Permission::EndOrders,
        "/stock"
        | "/stock/feed"
        | "/stock/{partner_id}/{sku}"
        | "/stock/{partner_id}/{sku}/adjust"
        | "/stock/{partner_id}/{sku}/lots"
        | "/stock/{partner_id}/{sku}/quota" => Permission::SetStock,
        "/partners/{id}/test-order" => Permission::TestOrders,
        "/partners/compute"
        | "/partners/{id}/step"
        | "/partners/{id}/steps/{step}"
        | "/partners/{id}/active"
        | "/partner-targets"
        | "/partner-proposals/{id}"
        | "/partner-proposals/compute"
        | "/partner-proposals/{id}/{decision}" => Permission::Partners,
        "/partners/{id}/terms"
        | "/partners/{id}/claims"
        | "/partners/{id}/claims/{claim}"
        | "/partner-claims/{id}/{decision}" => Permission::Money,
        "/policy"
        | "/policy/{version}/replay"
        | "/policy/{version}/publish"
        | "/routing/policies"
        | "/routing/policies/{version}/replay"
        | "/routing/policies/{version}/publish" => Permission::Policy,
        "/import" | "/import/{table}" | "/import/{table}/annotated" => Permission::Import,
        _ => Permission::People,
    }
}

/// What a step of the desk asks for: `pack`, `returns/R1/approve`.
pub fn order_step(action: &str) -> Permission {
    let verb = match action.strip_prefix("returns/") {
        Some(rest) => rest.rsplit_once('/').map_or("", |(_, verb)| verb),
        None => action,
    };
    match verb {
        "accept" | "scan" | "pack" | "assign" | "out-for-pickup" | "at-pickup" | "pickup-failed" | "pick-up" => {
            Permission::WorkOrders
        }
        "in-transit" | "at-hub" | "out-for-delivery" | "at-delivery" | "delivery-failed" | "revise" => {
            Permission::WorkOrders
        }
        "pick" | "pick-failed" | "receive" => Permission::WorkOrders,
        "found" | "lost" | "damaged" | "rto-delivered" => Permission::WorkOrders,
        // An order is delivered, and a return is received.
        "deliver" => Permission::WorkOrders,
        // Reject, cancel, rto, decisions on returns, and what is not known here.
        _ => Permission::EndOrders,
    }
}

/// What a table asks for beside `Import`: the one of partners has their fees.
pub fn table(name: &str) -> Permission {
    if name == "partners" { Permission::Money } else { Permission::Import }
}

/// What passing a changing door means, in words for the record of acts. `None`: the door is not known here.
pub fn words(method: &str, pattern: &str) -> Option<&'static str> {
    let rooms = ["/api", "/console", "/portal"];
    let path = rooms.iter().find_map(|room| pattern.strip_prefix(room)).unwrap_or(pattern);
    Some(match (method, path) {
        ("POST", "/sign-in") => "signed in",
        ("POST", "/sign-out" | "/leave") => "signed out",
        ("POST", "/orders/{id}/{action:.+}" | "/orders/{id}/act") => "took an order further",
        ("POST", "/b2b/orders") => "placed an order of a retailer",
        ("POST", "/b2b/orders/{reference}/cancel") => "cancelled an order of a retailer",
        ("PUT", "/stock/{partner_id}/{sku}") | ("POST", "/stock") => "counted a shelf",
        ("POST", "/stock/feed") => "fed stock",
        ("POST", "/stock/{partner_id}/{sku}/adjust") => "adjusted a shelf",
        ("POST", "/stock/{partner_id}/{sku}/lots") => "received a lot",
        ("PUT", "/stock/{partner_id}/{sku}/quota") => "set a quota",
        ("POST", "/partners/{id}/steps/{step}" | "/partners/{id}/step") => "moved a partner in its life",
        ("PUT", "/partners/{id}/active") => "switched a partner on or off",
        ("POST", "/partners/{id}/test-order") => "made a test order",
        ("PUT" | "POST", "/partners/{id}/terms") => "set a partner's terms",
        ("POST", "/partners/{id}/claims") => "opened a claim",
        ("POST", "/partners/{id}/claims/{claim}" | "/partner-claims/{id}/{decision}") => "decided a claim",
        ("POST", "/partners/{id}/token") => "made a partner's token",
        ("DELETE", "/partners/{id}/token") => "withdrew a partner's token",
        ("PUT" | "POST", "/partner-targets") => "set targets",
        ("POST", "/partners/compute" | "/partner-proposals/compute") => "computed proposals",
        ("POST", "/partner-proposals/{id}" | "/partner-proposals/{id}/{decision}") => "decided a proposal",
        ("POST", "/policy" | "/routing/policies") => "drafted a routing policy",
        ("POST", "/policy/{version}/replay" | "/routing/policies/{version}/replay") => "replayed a routing policy",
        ("POST", "/policy/{version}/publish" | "/routing/policies/{version}/publish") => "published a routing policy",
        ("POST", "/routing/quote") => "asked for a route",
        ("POST", "/import" | "/import/{table}") => "imported a table",
        ("POST", "/import/{table}/annotated") => "checked a table",
        ("POST", "/people") => "made an account",
        ("POST", "/people/{login}") => "changed an account",
        ("PUT", "/people/{login}/role") => "changed a role",
        ("PUT", "/people/{login}/active") => "switched an account on or off",
        ("POST", "/people/{login}/password") => "set a new password",
        ("POST", "/tokens") => "made a token",
        ("DELETE", "/tokens/{id}") | ("POST", "/tokens/{id}/revoke") => "revoked a token",
        ("POST", "/webhooks") => "made a webhook",
        ("PUT", "/webhooks/{id}") => "changed a webhook",
        ("PUT", "/webhooks/{id}/active") => "started or paused a webhook",
        ("POST", "/webhooks/{id}/act") => "changed a webhook, or sent something again",
        ("DELETE", "/webhooks/{id}") => "removed a webhook",
        ("POST", "/webhooks/{id}/secret") => "made a new secret of a webhook",
        ("POST", "/webhooks/{id}/test") => "tested a webhook",
        ("POST", "/webhooks/{id}/replay" | "/webhooks/{id}/deliveries/{delivery}/replay") => "sent events again",
        _ => return None,
    })
}
