//! [`Options`]: what stands between, before and beside the numbers of a text.

use std::path::Path;

/// What a text file looks like: fields between blanks, comments behind `#`, and no more, where nothing
/// else is said. The names are NumPy's.
///
/// ```
/// use distarray_io::text::Options;
///
/// let options = Options::csv().skip_rows(1).comments("//").columns([0, 3]);
/// assert_ne!(options, Options::new());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Options {
    pub(super) delimiter: Option<char>,
    pub(super) skip_rows: usize,
    pub(super) comments: String,
    pub(super) columns: Option<Vec<usize>>,
    pub(super) header: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        let comments = "#".to_owned();
        Self { delimiter: None, skip_rows: 0, comments, columns: None, header: None }
    }
}

impl Options {
    /// Fields between blanks, comments behind `#`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Fields between commas.
    pub fn csv() -> Self {
        Self::new().delimiter(',')
    }

    /// What the end of a file's name suggests: commas of `.csv`, tabs of `.tsv`, else blanks.
    ///
    /// ```
    /// use distarray_io::text::Options;
    ///
    /// assert_eq!(Options::of_name("a.csv".as_ref()), Options::csv());
    /// assert_eq!(Options::of_name("a.txt".as_ref()), Options::new());
    /// ```
    pub fn of_name(path: &Path) -> Self {
        let ends =
            |end: &str| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(end));
        match () {
            () if ends("csv") => Self::csv(),
            () if ends("tsv") => Self::new().delimiter('\t'),
            () => Self::new(),
        }
    }

    /// The character between fields; blanks beside it do not count.
    pub fn delimiter(self, delimiter: char) -> Self {
        Self { delimiter: Some(delimiter), ..self }
    }

    /// Lines at the front that are passed over, whatever they hold.
    pub fn skip_rows(self, skip_rows: usize) -> Self {
        Self { skip_rows, ..self }
    }

    /// What begins a comment, which goes to the end of its line; nothing does where it is empty.
    pub fn comments(self, comments: impl Into<String>) -> Self {
        Self { comments: comments.into(), ..self }
    }

    /// The columns to read, in this order.
    pub fn columns(self, columns: impl Into<Vec<usize>>) -> Self {
        Self { columns: Some(columns.into()), ..self }
    }

    /// Lines to write before the numbers, each as a comment.
    pub fn header(self, header: impl Into<String>) -> Self {
        Self { header: Some(header.into()), ..self }
    }

    /// The fields of a line, without its comment; none of a line without numbers.
    pub(super) fn fields<'l>(&self, line: &'l str) -> impl Iterator<Item = &'l str> + use<'l> {
        let content = self.content(line);
        let (blanks, others) = match self.delimiter {
            None => (Some(content.split_ascii_whitespace()), None),
            Some(delimiter) => (None, Some(content.split(delimiter).map(str::trim))),
        };
        blanks.into_iter().flatten().chain(others.into_iter().flatten())
    }

    fn content<'l>(&self, line: &'l str) -> &'l str {
        match self.comments.is_empty() {
            true => line,
            false => line.split(&self.comments).next().unwrap_or_default(),
        }
    }

    /// Whether a line has numbers.
    pub(super) fn is_row(&self, line: &[u8]) -> bool {
        let blank = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let content = &line[blank..];
        !content.is_empty()
            && (self.comments.is_empty() || !content.starts_with(self.comments.as_bytes()))
    }
}
