//! The faults, and what a run makes of each.

use std::fmt;
use std::time::Duration;

use modstats_collector::Timeouts;
use modstats_simulator::{Fault, Platform};
use serde_json::json;

use super::Kind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    Once,
    Always,
}

/// How a fault is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It is no fault for whoever reads well.
    Harmless,
    /// Asking again may help.
    Passes(&'static str),
    /// The request has no answer.
    Fails(&'static str),
    /// Items can't be read.
    Spoils(&'static str),
    /// A page of a list isn't what it was.
    Shifts,
}

#[derive(Clone, Debug)]
pub struct Named {
    pub name: &'static str,
    pub fault: Fault,
    pub class: Class,
    /// It takes time, which is not waited for.
    pub slow: bool,
    /// JSON that is no list, or too much of it: that is no refusal.
    pub unreadable_list: bool,
    /// More than a run takes: fewer items are asked for then.
    pub too_large: bool,
    /// Only there it means something.
    pub only: Option<Platform>,
}

impl Named {
    pub fn timeouts(&self) -> Timeouts {
        if !self.slow {
            return Timeouts::default();
        }
        Timeouts {
            read: Duration::from_millis(400),
            request: Duration::from_millis(1200),
            ..Timeouts::default()
        }
    }
}

#[derive(Clone, Debug)]
pub struct Case {
    pub kind: Kind,
    pub fault: Named,
    pub times: Times,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = match self.times {
            Times::Once => "once",
            Times::Always => "for good",
        };
        write!(f, "{} {times} at {}", self.fault.name, self.kind.name)
    }
}

/// What comes of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Everything, as if nothing had been.
    Complete,
    /// Nothing of this request, and this is said.
    Told(&'static str),
    /// A part, and this is said.
    Part(&'static str),
}

impl Case {
    fn is(&self, name: &str) -> bool {
        self.kind.name == name
    }

    /// Whether the run has another way to what this request is for.
    fn has_another_way(&self) -> bool {
        self.kind.paths.len() > 1
    }

    fn is_batch(&self) -> bool {
        let lists = [
            "a list of versions on Modrinth",
            "a page of files",
            "Modrinth's search for modpacks",
            "CurseForge's website",
        ];
        !lists.contains(&self.kind.name)
    }

    fn is_by_ids(&self) -> bool {
        self.kind.name.ends_with("by their ids")
    }

    fn website(&self) -> bool {
        self.is("CurseForge's website")
    }

    pub fn applies(&self) -> bool {
        let here = self
            .fault
            .only
            .is_none_or(|only| only == self.kind.platform);
        // Counters and lists are not in every answer.
        let counters = !self.is("Modrinth's search for modpacks")
            && !self.is("what modpacks contain")
            && !self.website();
        let pages = self.is("a page of files")
            || self.is("Modrinth's search for modpacks")
            || self.website();
        here && match self.fault.class {
            Class::Spoils(_) => counters,
            // Their lists, which are asked for instead, are whole.
            Class::Shifts if self.is_by_ids() => {
                self.times == Times::Once
                    && !matches!(self.fault.fault, Fault::Lost { items: 0, .. })
            }
            Class::Shifts => pages && self.times == Times::Always,
            Class::Harmless | Class::Passes(_) | Class::Fails(_) => true,
        }
    }

    pub fn expected(&self) -> Answer {
        let once = self.times == Times::Once;
        match self.fault.class {
            Class::Harmless => Answer::Complete,
            Class::Passes(_) if once && !self.website() => Answer::Complete,
            // The halves of a batch are answered.
            Class::Fails(_) if once && self.fault.too_large && self.is_batch() => Answer::Complete,
            // The other pages bring what they have.
            Class::Fails(reason) if once && self.is("a page of files") => Answer::Part(reason),
            // These concern everything that the run could still ask.
            Class::Fails(reason @ ("KeyRefused" | "ApiRetired" | "RateLimited"))
                if !self.website() =>
            {
                Answer::Told(reason)
            }
            Class::Fails(_) if once && self.has_another_way() => Answer::Complete,
            // The website is never asked again, and what it says instead of a list is a refusal.
            Class::Passes(reason) | Class::Fails(reason) if self.website() => {
                let refused = [
                    "RequestRefused",
                    "RateLimited",
                    "UnreadableAnswer",
                    "ApiRetired",
                    "KeyRefused",
                ];
                if refused.contains(&reason) && !self.fault.unreadable_list {
                    Answer::Told("WebsiteRefused")
                } else {
                    Answer::Told(reason)
                }
            }
            // An item that can't be read says nothing of what a pack contains.
            Class::Fails(_)
                if matches!(self.fault.fault, Fault::Deep(_))
                    && self.is("what modpacks contain") =>
            {
                Answer::Part("IncompleteListing")
            }
            // On Modrinth a list of lists is a list of one item.
            Class::Fails(_)
                if matches!(self.fault.fault, Fault::Deep(_))
                    && self.kind.platform == Platform::Modrinth
                    && self.kind.paths.contains(&"/version?") =>
            {
                Answer::Part("UnreadableItem")
            }
            Class::Passes(reason) | Class::Fails(reason) => Answer::Told(reason),
            Class::Spoils(reason) => Answer::Part(reason),
            Class::Shifts if self.is_by_ids() => Answer::Complete,
            Class::Shifts => Answer::Part("IncompleteListing"),
        }
    }
}

/// Every fault.
pub fn all() -> Vec<Named> {
    use Class::{Fails, Harmless, Passes, Shifts, Spoils};
    use Platform::{Curseforge, Modrinth};
    let named = |name, fault, class| Named {
        name,
        fault,
        class,
        slow: false,
        unreadable_list: false,
        too_large: false,
        only: None,
    };
    let unreadable = |name, fault| Named {
        unreadable_list: true,
        ..named(name, fault, Fails("UnreadableAnswer"))
    };
    let slow = |name, fault, class| Named {
        slow: true,
        ..named(name, fault, class)
    };
    let too_large = |name, fault| Named {
        too_large: true,
        ..unreadable(name, fault)
    };
    let only = |platform, name, fault, class| Named {
        only: Some(platform),
        ..named(name, fault, class)
    };
    let replaced = |with| Fault::Replace {
        key: "downloads",
        with: Some(with),
    };
    let counted = |with| Fault::Replace {
        key: "downloadCount",
        with: Some(with),
    };
    let headers = |status, name, value: &str| Fault::Throttled {
        status,
        headers: vec![(name, value.to_owned())],
    };
    let redirect = |status, to: &str| Fault::Redirect {
        status,
        to: to.to_owned(),
    };
    vec![
        named("400", Fault::Status(400), Fails("RequestRefused")),
        only(Modrinth, "401", Fault::Status(401), Fails("RequestRefused")),
        only(Curseforge, "401", Fault::Status(401), Fails("KeyRefused")),
        only(
            Modrinth,
            "403 with HTML",
            Fault::Html(403),
            Fails("RequestRefused"),
        ),
        only(
            Curseforge,
            "403 with HTML",
            Fault::Blocked,
            Passes("RateLimited"),
        ),
        only(
            Curseforge,
            "403 with JSON",
            Fault::Forbidden,
            Fails("RequestRefused"),
        ),
        named("404", Fault::Status(404), Fails("RequestRefused")),
        only(
            Curseforge,
            "404 that says 400",
            Fault::NotFoundAs400,
            Fails("RequestRefused"),
        ),
        named("405", Fault::Status(405), Fails("RequestRefused")),
        named("406", Fault::Status(406), Fails("RequestRefused")),
        named("410", Fault::Retired, Fails("ApiRetired")),
        named("418", Fault::Status(418), Fails("RequestRefused")),
        named("422", Fault::Status(422), Fails("RequestRefused")),
        named(
            "429 without headers",
            Fault::RateLimited { headers: false },
            Passes("RateLimited"),
        ),
        only(
            Modrinth,
            "429 as Modrinth's",
            Fault::RateLimited { headers: true },
            Passes("RateLimited"),
        ),
        named(
            "429 with seconds",
            headers(429, "retry-after", "7"),
            Passes("RateLimited"),
        ),
        named(
            "429 with a date",
            headers(429, "retry-after", "Sun, 21 Dec 2025 03:01:00 GMT"),
            Passes("RateLimited"),
        ),
        named(
            "429 with junk",
            headers(429, "retry-after", "soon"),
            Passes("RateLimited"),
        ),
        named(
            "429 with 0",
            headers(429, "retry-after", "0"),
            Passes("RateLimited"),
        ),
        named(
            "429 until the bucket is free",
            headers(429, "x-ratelimit-reset", "30"),
            Passes("RateLimited"),
        ),
        named(
            "429 with 1e9 seconds",
            headers(429, "retry-after", "1000000000"),
            Fails("RateLimited"),
        ),
        named("451", Fault::Status(451), Fails("RequestRefused")),
        named("500", Fault::Status(500), Passes("Unreachable")),
        named("501", Fault::Status(501), Passes("Unreachable")),
        named("502 with HTML", Fault::Html(502), Passes("Unreachable")),
        named("503", Fault::Status(503), Passes("Unreachable")),
        named(
            "503 with seconds",
            headers(503, "retry-after", "3"),
            Passes("Unreachable"),
        ),
        named("504", Fault::Status(504), Passes("Unreachable")),
        named(
            "a connection that ends",
            Fault::Close,
            Passes("Unreachable"),
        ),
        named(
            "a body that breaks off",
            Fault::Truncated,
            Passes("Unreachable"),
        ),
        named(
            "a body shorter than stated",
            Fault::ShortLength,
            Passes("Unreachable"),
        ),
        named(
            "a body without anything",
            Fault::Empty,
            Fails("UnreadableAnswer"),
        ),
        slow("no answer", Fault::Hang, Passes("Unreachable")),
        slow(
            "one byte at a time",
            Fault::Trickle(Duration::from_millis(200)),
            Passes("Unreachable"),
        ),
        named("a body of 8 MiB", Fault::Oversized(8 << 20), Harmless),
        too_large("a body of 17 MiB", Fault::Oversized(17 << 20)),
        too_large("a body without an end", Fault::Endless),
        too_large("a body that unpacks to 256 MiB", Fault::GzipBomb(256 << 20)),
        unreadable("a body of deep arrays", Fault::Deep(100_000)),
        named("HTML with 200", Fault::Html(200), Fails("UnreadableAnswer")),
        named(
            "JSON called HTML",
            Fault::ContentType("text/html; charset=utf-8"),
            Fails("UnreadableAnswer"),
        ),
        named("JSON called nothing", Fault::ContentType(""), Harmless),
        unreadable("a body of null", Fault::Null),
        named("a byte order mark", Fault::Bom, Fails("UnreadableAnswer")),
        unreadable("a body in another shape", Fault::Wrapped),
        named(
            "a redirect to itself",
            Fault::RedirectLoop,
            Fails("RequestRefused"),
        ),
        named(
            "a redirect to another host",
            redirect(302, "http://127.0.0.9:1/latest/meta-data/"),
            Fails("RequestRefused"),
        ),
        named(
            "a redirect of a POST",
            redirect(307, "/v1/elsewhere"),
            Fails("RequestRefused"),
        ),
        named("counters as floats", Fault::FloatCounters, Harmless),
        named("counters as texts", Fault::StringCounters, Harmless),
        named("every item twice", Fault::Repeated, Harmless),
        only(
            Modrinth,
            "counters beyond 64 bits",
            replaced(json!(u64::MAX)),
            Spoils("UnreadableItem"),
        ),
        only(
            Modrinth,
            "negative counters",
            replaced(json!(-7)),
            Spoils("UnreadableItem"),
        ),
        only(
            Modrinth,
            "broken counters",
            replaced(json!(1.5)),
            Spoils("UnreadableItem"),
        ),
        only(
            Modrinth,
            "counters of null",
            replaced(json!(null)),
            Spoils("UnreadableItem"),
        ),
        only(
            Curseforge,
            "counters beyond 64 bits",
            counted(json!(1e300)),
            Spoils("UnreadableItem"),
        ),
        only(
            Curseforge,
            "negative counters",
            counted(json!(-1e6)),
            Spoils("UnreadableItem"),
        ),
        only(
            Curseforge,
            "counters as words",
            counted(json!("many")),
            Spoils("UnreadableItem"),
        ),
        only(
            Curseforge,
            "items without counters",
            Fault::Replace {
                key: "downloadCount",
                with: None,
            },
            Spoils("UnreadableItem"),
        ),
        named(
            "a page that lost an item",
            Fault::Lost { items: 1, total: 0 },
            Shifts,
        ),
        named(
            "a page that lost two, and the total one",
            Fault::Lost {
                items: 2,
                total: -1,
            },
            Shifts,
        ),
        named(
            "a longer list than its pages",
            Fault::Lost { items: 0, total: 3 },
            Shifts,
        ),
    ]
}
