#![allow(clippy::unwrap_used)]

use super::*;

async fn writer(folder: &tempfile::TempDir) -> SqliteWriter {
    let options = SqliteConnectOptions::new().filename(folder.path().join("test.db")).create_if_missing(true);
    let writer = SqliteWriter::open(options).await.unwrap();
    sqlx::query("create table t (n bigint unique)").execute(&mut *writer.turn().await.unwrap()).await.unwrap();
    writer
}

async fn count(writer: &SqliteWriter) -> i64 {
    let (count,) =
        sqlx::query_as("select count(*) from t").fetch_one(&mut *writer.turn().await.unwrap()).await.unwrap();
    count
}

async fn insert(tx: &mut SqliteTx, n: i64) -> Result<(), sqlx::Error> {
    sqlx::query("insert into t values ($1)").bind(n).execute(&mut **tx).await.map(|_| ())
}

#[tokio::test]
async fn what_is_not_committed_is_gone_before_the_next_turn() {
    let folder = tempfile::tempdir().unwrap();
    let writer = writer(&folder).await;
    let mut kept = writer.begin().await.unwrap();
    insert(&mut kept, 1).await.unwrap();
    kept.commit().await.unwrap();
    for _ in 0..3 {
        let mut dropped = writer.begin().await.unwrap();
        insert(&mut dropped, 2).await.unwrap();
        drop(dropped);
    }
    let mut undone = writer.begin().await.unwrap();
    insert(&mut undone, 3).await.unwrap();
    undone.rollback().await.unwrap();
    assert_eq!(count(&writer).await, 1);
}

#[tokio::test]
async fn a_future_that_is_dropped_half_way_leaves_no_transaction_behind() {
    let folder = tempfile::tempdir().unwrap();
    let writer = writer(&folder).await;
    for n in 0..50 {
        let work = async {
            let mut tx = writer.begin().await.unwrap();
            for _ in 0..n {
                tokio::task::yield_now().await;
            }
            insert(&mut tx, 1).await.unwrap();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            biased;
            () = work => {}
            () = tokio::time::sleep(std::time::Duration::from_micros(20 * n)) => {}
        }
    }
    assert_eq!(count(&writer).await, 0);
    let mut tx = writer.begin().await.unwrap();
    insert(&mut tx, 1).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(count(&writer).await, 1);
}

#[tokio::test]
async fn a_statement_that_ends_the_transaction_harms_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let writer = writer(&folder).await;
    let mut tx = writer.begin().await.unwrap();
    insert(&mut tx, 1).await.unwrap();
    assert!(sqlx::query("insert or rollback into t values (1)").execute(&mut *tx).await.is_err());
    assert!(tx.commit().await.is_err());
    assert_eq!(count(&writer).await, 0);
}

#[tokio::test]
async fn after_the_close_nobody_gets_a_turn() {
    let folder = tempfile::tempdir().unwrap();
    let writer = writer(&folder).await;
    writer.close().await;
    assert!(matches!(writer.turn().await, Err(sqlx::Error::PoolClosed)));
}
