//! One rate limit per platform for all collectors that share a database.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use crate::connect::Store;
use crate::error::StoreError;
use crate::model::Platform;

/// Microseconds since 1970 by the database's clock, the same throughout one statement.
const NOW_POSTGRES: &str = "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint";
const NOW_SQLITE: &str = "CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER)";

impl Store {
    /// Reserves the next request to a platform, and tells how long to wait before sending it.
    ///
    /// A generic cell rate algorithm on the database's clock: requests leave `interval` apart,
    /// after an initial `burst` that fills up again while nobody asks. The reservation is one
    /// statement that commits by itself, so a collector that dies holds nobody up.
    pub async fn reserve(
        &self,
        platform: Platform,
        interval: Duration,
        burst: u32,
    ) -> Result<Duration, StoreError> {
        let micros =
            |duration: Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4);
        let tolerance = micros(interval).saturating_mul(i64::from(burst.max(1)) - 1);
        let backend = self.writer().get_database_backend();
        let (now, greatest) = match backend {
            DbBackend::Postgres => (NOW_POSTGRES, "GREATEST"),
            _ => (NOW_SQLITE, "MAX"),
        };
        let statement = Statement::from_sql_and_values(
            backend,
            format!(
                "INSERT INTO rate_limit (platform, arrival_micros) VALUES ($1, {now} + $2)
                 ON CONFLICT (platform) DO UPDATE
                 SET arrival_micros = {greatest}(rate_limit.arrival_micros, {now}) + $2
                 RETURNING arrival_micros - $2 - {now}"
            ),
            [Value::from(platform.as_str()), micros(interval).into()],
        );
        self.repeated(|| async {
            let row = self.writer().query_one_raw(statement.clone()).await?;
            let ahead: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
            let wait = ahead.saturating_sub(tolerance).max(0);
            Ok(Duration::from_micros(wait.unsigned_abs()))
        })
        .await
    }
}
