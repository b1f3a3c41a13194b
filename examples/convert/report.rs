//! What is told at the end.

use std::fmt;
use std::path::PathBuf;

use distarray::io::file::Header;

pub(crate) struct Report {
    pub(crate) input: PathBuf,
    pub(crate) output: PathBuf,
    /// Of the new file.
    pub(crate) header: Header,
    pub(crate) seconds: f64,
    pub(crate) ranks: usize,
    pub(crate) backend: &'static str,
}

/// A text as JSON has it.
fn string(text: &str) -> String {
    let escaped = text.chars().map(|character| match character {
        '"' | '\\' => format!("\\{character}"),
        control if control < ' ' => format!("\\u{:04x}", u32::from(control)),
        other => other.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

impl Report {
    fn bytes(&self) -> usize {
        self.header.bytes().unwrap_or_default()
    }

    fn rate(&self) -> f64 {
        self.bytes() as f64 / self.seconds.max(1e-9)
    }

    /// The report as JSON, on one line.
    pub(crate) fn json(&self) -> String {
        let shape: Vec<_> = self.header.shape.iter().map(usize::to_string).collect();
        format!(
            concat!(
                r#"{{"input":{},"output":{},"dtype":"{}","shape":[{}],"bytes":{},"seconds":{:.6},"#,
                r#""bytes_per_second":{:.0},"ranks":{},"backend":"{}"}}"#
            ),
            string(&self.input.to_string_lossy()),
            string(&self.output.to_string_lossy()),
            self.header.dtype,
            shape.join(","),
            self.bytes(),
            self.seconds,
            self.rate(),
            self.ranks,
            self.backend
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { input, output, header, seconds, ranks, backend } = self;
        let (dtype, shape) = (header.dtype, &header.shape);
        writeln!(f, "{} to {}: {dtype} {shape:?}", input.display(), output.display())?;
        let (bytes, rate) = (self.bytes(), self.rate() / 1e6);
        write!(f, "{bytes} bytes in {seconds:.3} s, {rate:.1} MB/s, {ranks} ranks on {backend}")
    }
}
