//! When versions were published, by month.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::figures::publishing::Month;
use crate::figures::versions::Channel;
use crate::query::ModKey;

#[derive(Debug, Serialize, ToSchema)]
pub struct Publishing {
    generation: i64,
    namespace: String,
    name: String,
    /// The newest first; only those in which any version was published.
    months: Vec<PublishedMonth>,
}

/// How many versions of each channel were published, and what they are called.
#[derive(Debug, Serialize, ToSchema)]
struct PublishedMonth {
    from: Date,
    /// Today in the month that is going on.
    to: Date,
    release: i64,
    beta: i64,
    alpha: i64,
    /// Of a channel that isn't known.
    other: i64,
    /// The newest first; files of one number are named once.
    versions: Vec<String>,
}

impl Publishing {
    pub fn new(generation: i64, key: &ModKey, months: &[Month<'_>]) -> Publishing {
        Publishing {
            generation,
            namespace: key.namespace.clone(),
            name: key.name.clone(),
            months: months.iter().map(PublishedMonth::new).collect(),
        }
    }
}

impl PublishedMonth {
    fn new(month: &Month<'_>) -> PublishedMonth {
        PublishedMonth {
            from: month.days.from,
            to: month.days.to,
            release: month.count(Channel::Release),
            beta: month.count(Channel::Beta),
            alpha: month.count(Channel::Alpha),
            other: month.count(Channel::Other),
            versions: month.names(),
        }
    }
}
