use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{COMMITS, run};
use crate::database::Database;

const ROW_BYTES: usize = 16_384;

fn length(path: &std::path::Path) -> u64 {
    std::fs::metadata(path).map(|file| file.len()).unwrap_or_default()
}

#[tokio::test]
async fn what_was_committed_reaches_the_file_and_the_log_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("node.db");
    let db = Database::open(&format!("sqlite:{}", file.display()), 1).await.unwrap();
    let Database::Sqlite { write, .. } = &db else { unreachable!() };
    let stop = CancellationToken::new();
    let copier = tokio::spawn(run(write.clone(), stop.clone()));
    let mut tx = db.begin().await.unwrap();
    crate::run!(tx, |c| sqlx::query("create table t (n bigint, bytes blob)").execute(c).await.map(|_| ()).unwrap());
    tx.commit().await.unwrap();
    let rounds = 6;
    for n in 0..COMMITS * rounds {
        let mut tx = db.begin().await.unwrap();
        let bytes = vec![7_u8; ROW_BYTES];
        let n = i64::try_from(n).unwrap();
        crate::run!(tx, |c| sqlx::query("insert into t values ($1, $2)")
            .bind(n)
            .bind(&bytes)
            .execute(c)
            .await
            .map(|_| ())
            .unwrap());
        tx.commit().await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let written = COMMITS * (rounds - 1) * ROW_BYTES as u64;
    let mut waited = 0;
    while length(&file) < written && waited < 200 {
        waited += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(length(&file) >= written, "{} of {written}", length(&file));
    let log = length(&folder.path().join("node.db-wal"));
    assert!(log < written, "a log that never began anew has all of it: {log}");
    stop.cancel();
    copier.await.unwrap();
    db.close().await;
}
