//! Rows of partners written: a known partner keeps what its row does not speak of.

use node::{Database, Tx};

use crate::catalogue::Partner;
use crate::partners::{Stage, Terms};
use crate::store::body::Saved;
use crate::store::partners::{self, PartnerRecord, Profile};
use crate::store::stamp::Stamp;

use super::partners_table::{COLUMNS, PartnerRow};
use super::table::Fault;

/// Leaves out rows that ask for what only the life cycle can do.
pub(super) async fn movable(
    db: &Database,
    rows: Vec<PartnerRow>,
    faults: &mut Vec<Fault>,
) -> Result<Vec<PartnerRow>, sqlx::Error> {
    let known = if rows.is_empty() { Vec::new() } else { partners::all(db).await? };
    let mut good = Vec::with_capacity(rows.len());
    for row in rows {
        match refused(&known, &row) {
            None => good.push(row),
            Some(message) => faults.push(Fault {
                table: COLUMNS.table.to_owned(),
                row: row.row,
                column: "active".to_owned(),
                message,
            }),
        }
    }
    Ok(good)
}

fn refused(known: &[PartnerRecord], row: &PartnerRow) -> Option<String> {
    let record = known.iter().find(|record| record.partner.id == row.partner.id)?;
    match (row.active?, record.stage) {
        (true, stage @ (Stage::Invited | Stage::Verifying | Stage::Offboarded)) => {
            Some(format!("`{}` is {stage}: it goes live on its page, with its checklist", row.partner.id))
        }
        (true, Stage::Active | Stage::Probation | Stage::Suspended | Stage::Drained) | (false, _) => None,
    }
}

pub(super) async fn save(tx: &mut Tx, row: &PartnerRow, stamp: &Stamp<'_>) -> Result<Saved, sqlx::Error> {
    let id = &row.partner.id;
    let known = partners::locked(tx, id, stamp).await?;
    let kept = known.as_ref();
    let service = row.service.clone().or_else(|| kept.map(|record| record.partner.service.clone()));
    let partner = Partner { service: service.unwrap_or_default(), ..row.partner.clone() };
    let tier = row.tier.as_deref().or_else(|| kept.map(|record| record.tier.as_str())).unwrap_or(partners::TIER);
    let terms = terms(row.terms.as_ref(), kept.map(|record| &record.terms));
    let saved = partners::save_profile(tx, &partner, Profile { kind: row.kind, tier, terms: &terms }, stamp).await?;
    let moved = match row.active {
        Some(active) if known.is_some() => partners::set_active(tx, id, active, stamp).await?,
        Some(_) | None => None,
    };
    Ok(if saved == Saved::Unchanged { moved.unwrap_or(saved) } else { saved })
}

/// Numbers that say the same as before stay agreed to.
fn terms(said: Option<&Terms>, known: Option<&Terms>) -> Terms {
    match (said, known) {
        (None, None) => Terms::default(),
        (None, Some(known)) => known.clone(),
        (Some(said), None) => said.clone(),
        (Some(said), Some(known)) => {
            let same = Terms { agreed_at_ms: None, ..known.clone() } == *said;
            if same { known.clone() } else { said.clone() }
        }
    }
}
