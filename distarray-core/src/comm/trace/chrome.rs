//! Traces as files for the viewers of browsers.

use std::fmt::Write;

use super::{Event, Trace};

impl Trace {
    /// The trace in the format that `chrome://tracing` and [Perfetto](https://ui.perfetto.dev) read
    /// (*Trace Event Format*, complete events): one track per rank, calls within their operations,
    /// times in microseconds.
    ///
    /// ```
    /// let text = distarray_core::comm::Trace::default().to_chrome();
    /// assert!(text.starts_with("{\"traceEvents\": ["));
    /// ```
    pub fn to_chrome(&self) -> String {
        let mut text = "{\"traceEvents\": [".to_owned();
        let mut first = true;
        let mut add = |entry: std::fmt::Arguments<'_>| {
            let comma = if std::mem::take(&mut first) { "\n" } else { ",\n" };
            // Writing to a string does not fail.
            let _ = write!(text, "{comma}{entry}");
        };
        for (rank, events) in self.ranks().iter().enumerate() {
            add(format_args!(
                r#"{{"name": "thread_name", "ph": "M", "pid": 0, "tid": {rank}, "args": {{"name": "rank {rank}"}}}}"#
            ));
            for event in events {
                add(format_args!("{}", complete(rank, event)));
            }
        }
        text += "\n], \"displayTimeUnit\": \"ms\"}\n";
        text
    }
}

/// One event.
fn complete(rank: usize, event: &Event) -> String {
    let micros = |time: std::time::Duration| time.as_nanos() as f64 / 1000.0;
    let (name, category) = match event.call.is_empty() {
        true => (&event.operation, "operation"),
        false => (&event.call, "call"),
    };
    let mut arguments =
        format!(r#""operation": {}, "at": {}"#, quoted(&event.operation), quoted(&event.place));
    if !event.call.is_empty() {
        let transfer = event.time.saturating_sub(event.wait);
        let _ = write!(
            arguments,
            r#", "peers": {}, "sent": {}, "received": {}, "wait_us": {:.3}, "transfer_us": {:.3}"#,
            event.peers,
            event.sent,
            event.received,
            micros(event.wait),
            micros(transfer)
        );
    }
    format!(
        r#"{{"name": {}, "cat": "{category}", "ph": "X", "pid": 0, "tid": {rank}, "ts": {:.3}, "dur": {:.3}, "args": {{{arguments}}}}}"#,
        quoted(name),
        micros(event.start),
        micros(event.time),
    )
}

/// A text as JSON has it (RFC 8259, section 7).
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if u32::from(c) < 0x20 => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_event_is_a_slice_on_its_ranks_track() {
        let event = Event {
            operation: "sum".into(),
            place: r"C:\a.rs:8".into(),
            call: "barrier".into(),
            peers: 2,
            sent: 0,
            received: 8,
            start: Duration::from_nanos(1500),
            time: Duration::from_micros(9),
            wait: Duration::from_micros(2),
        };
        let text = Trace::new(vec![vec![], vec![event]]).to_chrome();
        assert!(text.contains(r#""tid": 1, "ts": 1.500, "dur": 9.000"#), "{text}");
        assert!(text.contains(r#""wait_us": 2.000, "transfer_us": 7.000"#), "{text}");
        assert!(text.contains(r#""at": "C:\\a.rs:8""#), "{text}");
        assert!(text.contains(r#"{"name": "rank 0"}"#) && text.trim_end().ends_with('}'));
    }

    #[test]
    fn texts_are_quoted() {
        assert_eq!(quoted("a\"b\\c\n"), r#""a\"b\\c\u000a""#);
    }
}
