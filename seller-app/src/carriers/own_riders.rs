//! Riders of the partner: nobody has to be told, and what happens is pressed at the desk.

use async_trait::async_trait;

use super::{Booking, Carrier, CarrierError, CarrierEvent, OWN_RIDERS};

#[derive(Clone, Copy, Debug)]
pub struct OwnRiders;

#[async_trait]
impl Carrier for OwnRiders {
    fn name(&self) -> &str {
        OWN_RIDERS
    }

    async fn book(&self, _booking: &Booking) -> Result<(), CarrierError> {
        Ok(())
    }

    async fn cancel(&self, _awb: &str) -> Result<(), CarrierError> {
        Ok(())
    }

    fn read(&self, _body: &[u8], _signature: &str) -> Result<CarrierEvent, CarrierError> {
        Err(CarrierError::NoEvents)
    }
}
