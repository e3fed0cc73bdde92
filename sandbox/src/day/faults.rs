//! What goes wrong on a day, and how often (per thousand).

use super::chance::Chance;

#[derive(Clone, Copy, Debug)]
pub struct Faults {
    /// Shelves whose number is not the truth.
    pub wrong_shelf: u32,
    /// Orders that the partner sleeps through.
    pub asleep: u32,
    /// Parcels whose rider comes late.
    pub late_carrier: u32,
    /// Carts that are never paid.
    pub abandoned: u32,
    /// Messages that are sent twice.
    pub duplicate: u32,
    /// Orders whose older cancellation arrives after the confirmation.
    pub out_of_order: u32,
}

impl Faults {
    /// Numbers are wrong 5 to 15 % of the time; which share it is today, chance decides.
    pub fn of_the_day(chance: &Chance) -> Self {
        let wrong_shelf = u32::try_from(chance.between(50, 150)).unwrap_or(100);
        Self { wrong_shelf, asleep: 25, late_carrier: 60, abandoned: 120, duplicate: 50, out_of_order: 40 }
    }

    /// What is really on a shelf of which the books say `told`.
    pub fn truth(&self, told: i64, chance: &Chance) -> i64 {
        if !chance.permille(self.wrong_shelf) {
            return told;
        }
        // Numbers are mostly too high: breakage and theft are not booked.
        match chance.between(0, 9) {
            0..=3 => 0,
            4..=7 => told * chance.between(10, 70) / 100,
            _ => told + chance.between(1, 10),
        }
    }
}
