//! Traces as tables.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::Trace;

/// The calls of one kind in one operation, on all ranks.
#[derive(Default)]
struct Line {
    /// On the rank that made most.
    calls: usize,
    peers: usize,
    sent: u64,
    /// Of all ranks together, and of the one that waited longest.
    wait: Duration,
    longest_wait: Duration,
    time: Duration,
}

const HEAD: [&str; 8] =
    ["operation", "call", "calls", "peers", "sent", "time", "wait", "longest wait"];

impl fmt::Display for Trace {
    /// A line for each operation and kind of call, the most time first: calls and peers of one rank,
    /// bytes sent by all, the ranks' mean time and mean wait, and the wait of the rank that waited
    /// longest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ranks = u32::try_from(self.ranks().len().max(1)).unwrap_or(u32::MAX);
        let mut lines: Vec<_> = self.lines().into_iter().collect();
        lines.sort_by_key(|(_, line)| Reverse(line.time));
        let mut rows = vec![HEAD.map(str::to_owned)];
        rows.extend(lines.into_iter().map(|((operation, call), line)| {
            [
                operation,
                call,
                line.calls.to_string(),
                line.peers.to_string(),
                bytes(line.sent),
                format!("{:.1?}", line.time / ranks),
                format!("{:.1?}", line.wait / ranks),
                format!("{:.1?}", line.longest_wait),
            ]
        }));
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
        let widths: [usize; 8] = std::array::from_fn(|column| width(column).unwrap_or(0));
        for row in &rows {
            let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
                // Texts to the left, numbers to the right.
                match column {
                    0 | 1 => format!("{cell:<width$}"),
                    _ => format!("{cell:>width$}"),
                }
            });
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

impl Trace {
    fn lines(&self) -> BTreeMap<(String, String), Line> {
        let mut lines: BTreeMap<_, Line> = BTreeMap::new();
        for events in self.ranks() {
            let mut own: BTreeMap<_, Line> = BTreeMap::new();
            for event in events.iter().filter(|event| !event.call.is_empty()) {
                let operation = match event.place.is_empty() {
                    true => event.operation.clone(),
                    false => format!("{} at {}", event.operation, event.place),
                };
                let line = own.entry((operation, event.call.clone())).or_default();
                line.calls += 1;
                line.peers = line.peers.max(event.peers);
                line.sent += event.sent;
                line.wait += event.wait;
                line.time += event.time;
            }
            for (key, own) in own {
                let line = lines.entry(key).or_default();
                line.calls = line.calls.max(own.calls);
                line.peers = line.peers.max(own.peers);
                line.sent += own.sent;
                line.wait += own.wait;
                line.longest_wait = line.longest_wait.max(own.wait);
                line.time += own.time;
            }
        }
        lines
    }
}

/// A number of bytes with a unit.
fn bytes(bytes: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 1024.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    match unit {
        0 => format!("{bytes} B"),
        _ => format!("{value:.1} {}", units[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::trace::Event;

    #[test]
    fn equal_calls_share_a_line() {
        let event = |wait: u64, sent| Event {
            operation: "sum".into(),
            place: "a.rs:1".into(),
            call: "all_gather".into(),
            peers: 1,
            sent,
            received: 0,
            start: Duration::ZERO,
            time: Duration::from_millis(4),
            wait: Duration::from_millis(wait),
        };
        let whole = Event { call: String::new(), ..event(0, 0) };
        let trace =
            Trace::new(vec![vec![event(1, 1024), event(2, 1024), whole], vec![event(1, 0)]]);
        let text = trace.to_string();
        let rows: Vec<Vec<&str>> = text.lines().map(|l| l.split("  ").collect()).collect();
        assert_eq!(rows.len(), 2, "{text}");
        let cells: Vec<_> =
            rows[1].iter().map(|cell| cell.trim()).filter(|c| !c.is_empty()).collect();
        let expected =
            ["sum at a.rs:1", "all_gather", "2", "1", "2.0 KiB", "6.0ms", "2.0ms", "3.0ms"];
        assert_eq!(cells, expected, "{text}");
    }

    #[test]
    fn bytes_have_units() {
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1536), "1.5 KiB");
        assert_eq!(bytes(5 << 40), "5.0 TiB");
    }
}
