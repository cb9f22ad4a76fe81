//! One log line per event, whatever the event's values contain.
//!
//! Names of mods and packs are text that strangers wrote. tracing-subscriber escapes terminal
//! control sequences, but lets a line break through in text; here every character that could
//! break a line or reorder what a terminal shows is escaped, in both formats.

use std::fmt::{self, Debug};

use opentelemetry::trace::TraceContextExt;
use tracing::field::Field;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::fmt::format::{self, Format, Json, JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

use crate::LogFormat;

pub fn layer<S, W>(
    format: LogFormat,
    ansi: bool,
    writer: W,
) -> Box<dyn Layer<S> + Send + Sync + 'static>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    match format {
        LogFormat::Text => layer
            .with_ansi(ansi)
            .fmt_fields(format::debug_fn(text_field).delimited(" "))
            .boxed(),
        LogFormat::Json => layer
            .with_ansi(false)
            .fmt_fields(JsonFields::new())
            .event_format(JsonLine(format::json().with_span_list(false)))
            .boxed(),
    }
}

fn text_field(writer: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> fmt::Result {
    if field.name() != "message" {
        write!(writer, "{}=", field.name())?;
    }
    for character in format!("{value:?}").chars() {
        if unsafe_to_print(character) {
            write!(writer, "{}", character.escape_default())?;
        } else {
            writer.write_char(character)?;
        }
    }
    Ok(())
}

/// Control characters, Unicode's line and paragraph separators, and its direction overrides.
fn unsafe_to_print(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// tracing-subscriber's JSON, with the ids of the trace that the event belongs to.
struct JsonLine(Format<Json>);

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.0
            .format_event(context, Writer::new(&mut line), event)?;
        let members = line.trim_end().strip_suffix('}').ok_or(fmt::Error)?;
        for character in members.chars() {
            // JSON has escaped those below U+0020; the others occur only inside strings.
            if unsafe_to_print(character) {
                write!(writer, "\\u{:04x}", u32::from(character))?;
            } else {
                writer.write_char(character)?;
            }
        }
        let current = opentelemetry::Context::current();
        let span = current.span();
        let ids = span.span_context();
        if ids.is_valid() {
            write!(
                writer,
                r#","trace_id":"{}","span_id":"{}""#,
                ids.trace_id(),
                ids.span_id()
            )?;
        }
        writer.write_str("}\n")
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    const HOSTILE: &str = "Create\n2030-01-01T00:00:00Z ERROR forged\r\t\u{1b}[2J\u{7f}\u{85}\u{9b}\u{2028}\u{202e}\0 \"end\"";

    #[derive(Clone, Default)]
    struct Captured(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What the log holds after the hostile name was logged in every way that tracing knows.
    fn logged(format: LogFormat) -> String {
        let captured = Captured::default();
        let writer = captured.clone();
        let subscriber =
            tracing_subscriber::registry().with(layer(format, false, move || writer.clone()));
        tracing::subscriber::with_default(subscriber, || {
            let span =
                tracing::info_span!("run", in_span = %HOSTILE, later = tracing::field::Empty);
            span.record("later", HOSTILE);
            let _entered = span.enter();
            let error = io::Error::other(HOSTILE);
            let error: &(dyn std::error::Error + 'static) = &error;
            tracing::info!(shown = %HOSTILE, debugged = ?HOSTILE, plain = HOSTILE, error, "message {HOSTILE}");
        });
        let bytes = captured.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn no_value_breaks_a_text_line() {
        let log = logged(LogFormat::Text);
        let line = log.strip_suffix('\n').unwrap();
        assert_eq!(line.chars().find(|c| unsafe_to_print(*c)), None, "{line:?}");
        assert_eq!(line.matches("Create\\n2030").count(), 7, "{line}");
    }

    #[test]
    fn no_value_breaks_a_json_line_and_every_value_survives() {
        let log = logged(LogFormat::Json);
        let line = log.strip_suffix('\n').unwrap();
        assert_eq!(line.chars().find(|c| unsafe_to_print(*c)), None, "{line:?}");
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(json["fields"]["message"], format!("message {HOSTILE}"));
        assert_eq!(json["fields"]["shown"], HOSTILE);
        assert_eq!(json["fields"]["plain"], HOSTILE);
        assert_eq!(json["span"]["later"], HOSTILE);
        assert_eq!(json.get("trace_id"), None);
    }
}
