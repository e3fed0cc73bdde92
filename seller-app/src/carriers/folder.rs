//! A carrier that reads bookings from a folder (a shared drive, a synchronised bucket) and posts signed events.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use protocol::keys::parse_signing_public;

use super::{Booking, Carrier, CarrierConfig, CarrierError, CarrierEvent};

#[derive(Clone, Debug)]
pub struct FolderCarrier {
    name: String,
    folder: PathBuf,
    key: VerifyingKey,
}

impl FolderCarrier {
    /// # Errors
    /// When the key cannot be read.
    pub fn new(config: &CarrierConfig) -> Result<Self, CarrierError> {
        let key = parse_signing_public(&config.key).map_err(|_| CarrierError::Key(config.name.clone()))?;
        Ok(Self { name: config.name.clone(), folder: config.folder.clone(), key })
    }

    /// Appears whole or not at all: it is written beside its place and then renamed.
    async fn put(&self, below: &str, awb: &str, bytes: &[u8]) -> Result<(), CarrierError> {
        let folder = self.folder.join(below);
        let name = format!("{awb}.json");
        let (hidden, place) = (folder.join(format!(".{name}.part")), folder.join(name));
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| CarrierError::Folder { path, source }
        };
        tokio::fs::create_dir_all(&folder).await.map_err(failed(&folder))?;
        tokio::fs::write(&hidden, bytes).await.map_err(failed(&hidden))?;
        tokio::fs::rename(&hidden, &place).await.map_err(failed(&place))
    }
}

#[async_trait]
impl Carrier for FolderCarrier {
    fn name(&self) -> &str {
        &self.name
    }

    async fn book(&self, booking: &Booking) -> Result<(), CarrierError> {
        let bytes = serde_json::to_vec_pretty(booking).map_err(CarrierError::Booking)?;
        self.put("bookings", &booking.awb, &bytes).await
    }

    async fn cancel(&self, awb: &str) -> Result<(), CarrierError> {
        let bytes = serde_json::to_vec(&serde_json::json!({ "awb": awb })).map_err(CarrierError::Booking)?;
        self.put("cancelled", awb, &bytes).await
    }

    fn read(&self, body: &[u8], signature: &str) -> Result<CarrierEvent, CarrierError> {
        let stranger = || CarrierError::Signature(self.name.clone());
        let bytes = STANDARD.decode(signature.trim()).map_err(|_| stranger())?;
        let signature = Signature::from_slice(&bytes).map_err(|_| stranger())?;
        self.key.verify_strict(body, &signature).map_err(|_| stranger())?;
        CarrierEvent::parse(body)
    }
}
