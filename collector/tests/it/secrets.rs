//! The API key goes to its platform and nowhere else.

use std::io::Write;
use std::sync::{Arc, Mutex};

use modstats_collector::Collector;
use modstats_crds::Source;
use modstats_simulator::{Fault, Platform};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{Standing, World, credentials, document, fast};

const CANARY: &str = "$2a$10$canary.in.the.mine";

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Captured;

    fn make_writer(&'a self) -> Captured {
        self.clone()
    }
}

#[tokio::test]
async fn no_output_ever_shows_the_key() {
    let captured = Captured::default();
    let log = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(captured.clone())
        .finish();
    let _log = tracing::subscriber::set_default(log);

    let world = World::new().await;
    let id = world.id(Platform::Curseforge, "quillhaven-gears");
    let document = document(&[], &[&id]);
    let mut shown = String::new();
    // The canary is refused by the simulator; the faults give it other kinds of trouble.
    for fault in [
        None,
        Some(Fault::Blocked),
        Some(Fault::Html(200)),
        Some(Fault::Truncated),
        Some(Fault::Close),
        Some(Fault::Status(500)),
        Some(Fault::Retired),
        Some(Fault::NotFoundAs400),
    ] {
        if let Some(fault) = fault {
            world.fault(Platform::Curseforge, "/v1", 1, fault);
        }
        let clock = Arc::new(Standing(world.clock.clone()));
        let collector = Collector::new(
            world.store.clone(),
            clock,
            world.endpoints(),
            fast(),
            world.timeouts,
        );
        let credentials = credentials(CANARY);
        let now = world.clock.now();
        let report = collector
            .unwrap()
            .collect(&document, Source::Curseforge, now, &credentials)
            .await;
        shown.push_str(&format!(
            "{report:?} {credentials:?} {}\n",
            report.message.to_json()
        ));
    }
    shown.push_str(&world.rows().await.join("\n"));
    let log = String::from_utf8_lossy(&captured.0.lock().unwrap()).into_owned();
    assert!(
        log.contains("/v1/mods") && shown.contains("KeyRefused"),
        "nothing was captured"
    );
    for text in [shown, log] {
        assert!(!text.contains("canary"), "{text}");
    }
}
