//! From received bytes to a verified message. The heart of the crate: what passes here was sent by whom it says, for us, now.
//!
//! A pure function of bytes, headers, path, keys and time, so nodes, gateway and the judge of recorded logs share it. Cheap checks
//! come first: a stranger must not cause a lookup with a header that is malformed or expired. Nothing is stored before this.
//!
//! ```text
//!  headers → times → envelope, action → keys (cache), roles, domain → signatures → signer is the sender, we the receiver → Verified
//! ```

use std::sync::Arc;

use jiff::Timestamp;
use specs::{Action, Side};

use crate::auth_header::{AuthHeader, AuthHeaderError};
use crate::context::Context;
use crate::digest::Digest;
use crate::envelope::{Envelope, RawMessage};
use crate::ids::SubscriberId;
use crate::participant::{Participant, Role};
use crate::registry_cache::{KeyError, KnownKey};
use crate::signature::{SignatureError, TimeLimits, check_time, verify_digest};

pub mod refusal;

pub use crate::registry_cache::KeyRing;
pub use refusal::{RefusalCodes, Stage, TrustError, Which};

/// The signature headers of a request. Exactly one line of each.
#[derive(Debug, Clone, Copy, Default)]
pub struct Credentials<'a> {
    /// `Authorization`.
    pub authorization: Option<&'a str>,
    /// `X-Gateway-Authorization`, or its old name `Proxy-Authorization`.
    pub gateway: Option<&'a str>,
}

impl<'a> Credentials<'a> {
    /// Takes all lines of the three headers. The old gateway header counts only where the new one is absent, and only with our scheme.
    ///
    /// # Errors
    /// A header that came more than once: two readers could pick different lines.
    pub fn from_lines(
        authorization: impl IntoIterator<Item = &'a str>,
        gateway: impl IntoIterator<Item = &'a str>,
        proxy: impl IntoIterator<Item = &'a str>,
    ) -> Result<Credentials<'a>, TrustError> {
        let authorization = only(authorization, Which::Authorization)?;
        let gateway = match only(gateway, Which::Gateway)? {
            Some(line) => Some(line),
            None => {
                let ours = |line: &&str| line.get(..10).is_some_and(|scheme| scheme.eq_ignore_ascii_case("Signature "));
                only(proxy.into_iter().filter(ours), Which::Gateway)?
            }
        };
        Ok(Credentials { authorization, gateway })
    }
}

fn only<'a>(lines: impl IntoIterator<Item = &'a str>, which: Which) -> Result<Option<&'a str>, TrustError> {
    let mut lines = lines.into_iter();
    match (lines.next(), lines.next()) {
        (line, None) => Ok(line),
        (_, Some(_)) => Err(TrustError::Header { which, error: AuthHeaderError::Repeated }),
    }
}

/// What this node demands.
#[derive(Debug, Clone)]
pub struct TrustPolicy {
    /// Our name: messages for someone else are refused.
    pub own_id: SubscriberId,
    /// Decides the codes of refusals; a gateway takes messages for others.
    pub own_role: Role,
    /// Refuse a `search` that came without a gateway's signature.
    pub require_gateway_on_search: bool,
    /// Refuse a sender that the registry does not have in `context.domain`.
    pub require_domain: bool,
    /// Clock skew and longest life of a signature.
    pub time: TimeLimits,
}

impl TrustPolicy {
    /// The network's defaults.
    pub fn new(own_id: SubscriberId, own_role: Role) -> Self {
        Self { own_id, own_role, require_gateway_on_search: false, require_domain: true, time: TimeLimits::default() }
    }
}

/// A message whose sender is proven. Made only by [`verify`].
#[derive(Debug, Clone)]
#[allow(clippy::manual_non_exhaustive)] // not to be made elsewhere in this crate either
pub struct Verified {
    /// The bytes that were verified.
    pub raw: RawMessage,
    /// Read from them.
    pub context: Context,
    /// Who signed, as the registry has it for this role and domain.
    pub sender: Arc<Participant>,
    /// The gateway that passed it on.
    pub gateway: Option<Arc<Participant>>,
    /// The sender's header.
    pub authorization: AuthHeader,
    /// Of the bytes.
    pub digest: Digest,
    /// When it was verified.
    pub at: Timestamp,
    _earned: (),
}

/// A body that is not an envelope (a lookup, a subscription) with its proven signer. Made only by [`verify_bytes`].
#[derive(Debug, Clone)]
#[allow(clippy::manual_non_exhaustive)] // as above
pub struct SignedBy {
    /// Who signed.
    pub participant: Arc<Participant>,
    /// The header.
    pub authorization: AuthHeader,
    _earned: (),
}

/// Verifies one received message.
///
/// # Errors
/// The first check it fails; [`TrustError`] knows the HTTP status, the code and the challenge header.
pub async fn verify(
    raw: RawMessage,
    action_in_path: Action,
    credentials: Credentials<'_>,
    keys: &dyn KeyRing,
    now: Timestamp,
    policy: &TrustPolicy,
) -> Result<Verified, TrustError> {
    let authorization = read_header(credentials.authorization, Which::Authorization, now, &policy.time)?;
    let gateway_header = read_gateway_header(credentials.gateway, action_in_path, now, policy)?;
    let context = Envelope::parse(&raw)?.context;
    if context.action != action_in_path {
        return Err(TrustError::Action { path: action_in_path, context: context.action });
    }
    let side = sender_side(&context, &authorization.subscriber_id);
    let role = Role::from(side);
    let pick = |key: &KnownKey| match policy.require_domain {
        true => key.in_domain(role, &context.domain, now),
        false => key.with_role(role, now),
    };
    let sender = Claim::locate(&authorization, Which::Authorization, keys, pick).await?;
    let gateway = match &gateway_header {
        Some(header) => {
            Some(Claim::locate(header, Which::Gateway, keys, |key| key.with_role(Role::Gateway, now)).await?)
        }
        None => None,
    };
    let digest = Digest::of(&raw.bytes);
    let sender = sender.prove(&digest, keys).await?;
    let gateway = match gateway {
        Some(claim) => Some(claim.prove(&digest, keys).await?),
        None => None,
    };
    check_parties(&context, side, &authorization, policy)?;
    Ok(Verified { raw, context, sender, gateway, authorization, digest, at: now, _earned: () })
}

/// Verifies a signed body that is not an envelope: header, time, key, signature. The caller compares the signer with the body.
///
/// # Errors
/// The first check it fails.
pub async fn verify_bytes(
    bytes: &[u8],
    authorization: Option<&str>,
    keys: &dyn KeyRing,
    now: Timestamp,
    limits: &TimeLimits,
) -> Result<SignedBy, TrustError> {
    let authorization = read_header(authorization, Which::Authorization, now, limits)?;
    let claim = Claim::locate(&authorization, Which::Authorization, keys, |key| key.any(now)).await?;
    let participant = claim.prove(&Digest::of(bytes), keys).await?;
    Ok(SignedBy { participant, authorization, _earned: () })
}

fn read_header(
    value: Option<&str>,
    which: Which,
    now: Timestamp,
    limits: &TimeLimits,
) -> Result<AuthHeader, TrustError> {
    let header = value.ok_or(AuthHeaderError::Missing).and_then(AuthHeader::parse);
    let header = header.map_err(|error| TrustError::Header { which, error })?;
    check_time(&header, now, limits).map_err(|error| TrustError::Time { which, error })?;
    Ok(header)
}

/// A gateway looks at no other gateway's header. Everyone else verifies it wherever it is present.
fn read_gateway_header(
    value: Option<&str>,
    action: Action,
    now: Timestamp,
    policy: &TrustPolicy,
) -> Result<Option<AuthHeader>, TrustError> {
    if policy.own_role == Role::Gateway {
        return Ok(None);
    }
    let required = action == Action::Search && policy.require_gateway_on_search;
    if value.is_none() && !required {
        return Ok(None);
    }
    read_header(value, Which::Gateway, now, &policy.time).map(Some)
}

/// The action says who sends, except that either side may raise an issue: then the signer decides, and must still be named.
fn sender_side(context: &Context, signer: &SubscriberId) -> Side {
    let usual = context.action.sender();
    let either =
        matches!(context.action, Action::Issue | Action::OnIssue | Action::IssueStatus | Action::OnIssueStatus);
    if either && context.party(usual) != Some(signer) && context.party(usual.other()) == Some(signer) {
        return usual.other();
    }
    usual
}

fn check_parties(context: &Context, side: Side, header: &AuthHeader, policy: &TrustPolicy) -> Result<(), TrustError> {
    let open_search = context.action == Action::Search;
    let sender = context.party(side).ok_or(TrustError::MissingParty { side })?;
    if *sender != header.subscriber_id {
        return Err(TrustError::Identity { signer: header.subscriber_id.clone(), named: sender.clone() });
    }
    match context.party(side.other()) {
        _ if policy.own_role == Role::Gateway => Ok(()),
        Some(receiver) if *receiver == policy.own_id => Ok(()),
        Some(receiver) => {
            Err(TrustError::Addressee { side: side.other(), named: receiver.clone(), own: policy.own_id.clone() })
        }
        None if open_search => Ok(()),
        None => Err(TrustError::MissingParty { side: side.other() }),
    }
}

/// A header whose key is found; nothing is proven yet.
struct Claim<'a, P> {
    header: &'a AuthHeader,
    which: Which,
    key: Arc<KnownKey>,
    participant: Arc<Participant>,
    pick: P,
}

impl<'a, P> Claim<'a, P>
where
    P: Fn(&KnownKey) -> Result<Arc<Participant>, KeyError>,
{
    async fn locate(header: &'a AuthHeader, which: Which, keys: &dyn KeyRing, pick: P) -> Result<Self, TrustError> {
        let key = keys.known_key(&header.subscriber_id, &header.unique_key_id).await;
        let key = key.map_err(|error| TrustError::Key { which, error })?;
        let participant = pick(&key).map_err(|error| TrustError::Key { which, error })?;
        Ok(Self { header, which, key, participant, pick })
    }

    /// Where the signature fails, the key may have changed: it is asked for again, once.
    async fn prove(self, digest: &Digest, keys: &dyn KeyRing) -> Result<Arc<Participant>, TrustError> {
        let Self { header, which, key, participant, pick } = self;
        if verify_digest(digest, header, key.verifying_key()).is_ok() {
            return Ok(participant);
        }
        let mismatch = TrustError::Signature { which, error: SignatureError::Mismatch };
        let Ok(again) = keys.refreshed_key(&header.subscriber_id, &header.unique_key_id).await else {
            return Err(mismatch);
        };
        if again.verifying_key() == key.verifying_key() || verify_digest(digest, header, again.verifying_key()).is_err()
        {
            return Err(mismatch);
        }
        pick(&again).map_err(|error| TrustError::Key { which, error })
    }
}
