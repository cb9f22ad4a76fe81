use modstats_tests::postgres;
use sea_orm::{ConnectionTrait, Database, Statement};

async fn ask(url: &str, sql: &str) -> Result<String, String> {
    let connection = Database::connect(url).await.map_err(|e| e.to_string())?;
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await;
    connection.close().await.unwrap();
    row.map_err(|e| e.to_string())?
        .expect("one row")
        .try_get_by_index(0)
        .map_err(|e| e.to_string())
}

#[tokio::test]
async fn every_database_is_empty_and_its_owners_alone() {
    let server = postgres().await;
    let (first, second) = (server.database().await, server.database().await);
    ask(&first.url(), "CREATE TABLE t (); SELECT 1")
        .await
        .unwrap_err();
    let tables = "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(ask(&first.url(), tables).await.unwrap(), "0");
    let superuser = "SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user";
    assert_eq!(ask(&second.url(), superuser).await.unwrap(), "false");
    assert_ne!(first.dbname, second.dbname);
}

#[tokio::test]
async fn the_server_demands_tls_and_shows_a_certificate_of_its_authority() {
    let database = postgres().await.database().await;
    let tls = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(ask(&database.url(), tls).await.unwrap(), "true");

    let plain = database.url().replace("verify-full", "disable");
    let refused = ask(&plain, "SELECT 1").await.unwrap_err();
    assert!(refused.contains("no encryption"), "{refused}");

    let url = database.url();
    let (without_authority, _) = url.split_once("&sslrootcert").unwrap();
    let refused = ask(without_authority, "SELECT 1").await.unwrap_err();
    assert!(refused.contains("certificate"), "{refused}");
}
