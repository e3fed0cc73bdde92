//! `vlookup`, the registry's deprecated lookup (Onboarding of Participants): Ed25519 over `country|domain|type|city|subscriber_id`, no hash.
//!
//! Neither request_id nor timestamp is signed, so a request can be replayed. A `|` inside a member would shift the others: refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::wire_timestamp;
use crate::ids::SubscriberId;
use crate::keys::{Signer, VerifyingKey};
use crate::participant::Role;
use crate::registry_client::Filter;

/// `search_parameters`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VlookupParameters {
    /// ISO 3166 alpha-3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// `ONDC:RET10`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// `buyerApp`, `sellerApp` or `gateway`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// `std:080` or `*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The participant looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscriber_id: Option<String>,
}

/// The whole request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VlookupRequest {
    /// Who asks.
    pub sender_subscriber_id: SubscriberId,
    /// Not signed.
    pub request_id: String,
    /// Not signed.
    pub timestamp: String,
    /// Base64.
    pub signature: String,
    /// What is looked for.
    pub search_parameters: VlookupParameters,
}

/// Why a vlookup is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VlookupError {
    /// It would shift the other members of the signed text.
    #[error("a search parameter contains `|`")]
    Delimiter,
    /// Not this sender's signature over these parameters.
    #[error("the signature does not fit country|domain|type|city|subscriber_id and the sender's key")]
    Signature,
}

impl VlookupParameters {
    pub(crate) fn from_filter(filter: &Filter) -> Self {
        Self {
            country: filter.country.clone(),
            domain: filter.domain.clone(),
            role: filter.role.map(|role: Role| role.long().to_owned()),
            city: filter.city.clone(),
            subscriber_id: filter.subscriber_id.as_ref().map(|id| id.as_str().to_owned()),
        }
    }

    fn members(&self) -> [&Option<String>; 5] {
        [&self.country, &self.domain, &self.role, &self.city, &self.subscriber_id]
    }

    /// Are all five given? Tools disagree on what they sign when one is absent; a registry should demand all.
    pub fn complete(&self) -> bool {
        self.members().into_iter().all(|member| member.as_deref().is_some_and(|text| !text.is_empty()))
    }

    /// The signed text; an absent member is an empty place.
    ///
    /// # Errors
    /// [`VlookupError::Delimiter`].
    pub fn signing_string(&self) -> Result<String, VlookupError> {
        let members = self.members().map(|member| member.as_deref().unwrap_or_default());
        if members.iter().any(|text| text.contains('|')) {
            return Err(VlookupError::Delimiter);
        }
        Ok(members.join("|"))
    }
}

impl VlookupRequest {
    /// A signed request.
    ///
    /// # Errors
    /// [`VlookupError::Delimiter`].
    pub fn signed(
        signer: &Signer,
        request_id: String,
        now: Timestamp,
        parameters: VlookupParameters,
    ) -> Result<Self, VlookupError> {
        let signature = signer.key.sign(parameters.signing_string()?.as_bytes());
        Ok(Self {
            sender_subscriber_id: signer.subscriber_id.clone(),
            request_id,
            timestamp: wire_timestamp(now),
            signature: STANDARD.encode(signature),
            search_parameters: parameters,
        })
    }

    /// Did the sender sign these parameters?
    ///
    /// # Errors
    /// The signature does not fit, or a member contains `|`.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), VlookupError> {
        let text = self.search_parameters.signing_string()?;
        let bytes = STANDARD.decode(&self.signature).map_err(|_| VlookupError::Signature)?;
        let signature = ed25519_dalek::Signature::from_slice(&bytes).map_err(|_| VlookupError::Signature)?;
        key.verify_strict(text.as_bytes(), &signature).map_err(|_| VlookupError::Signature)
    }
}
