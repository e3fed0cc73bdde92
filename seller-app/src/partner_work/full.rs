//! Partners whose day was full: told again when a place is free.

use crate::app::SellerApp;
use crate::partners::service::work_time;
use crate::store::{partner_places, partners};

/// Tells the catalogue about days that are no longer full: a held place ran out, or the day or its slot is over.
///
/// # Errors
/// When the database fails; days before that are done.
pub async fn reopen(app: &SellerApp) -> Result<usize, sqlx::Error> {
    let mut reopened = 0;
    for (partner_id, day) in partner_places::full_days(&app.node.db).await? {
        let now = app.now();
        let Some(record) = partners::one(&app.node.db, &partner_id).await? else { continue };
        let same_day = work_time(&record.partner, now).is_some_and(|work| work.day.to_string() == day);
        if same_day && partner_places::left(&app.node.db, &record.partner, None, now).await? == Some(0) {
            continue;
        }
        let mut tx = app.node.db.begin().await?;
        partner_places::reopen(&mut tx, &partner_id, &day, &app.stamp()).await?;
        tx.commit().await?;
        reopened += 1;
    }
    Ok(reopened)
}
