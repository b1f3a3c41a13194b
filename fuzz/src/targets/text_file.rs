//! Texts of numbers: what loads is printed such that it loads as the same.

use distarray_core::array::Context;
use distarray_core::{Complex64, Error};
use distarray_io::text::{self, Options};

use super::Target;
use super::npy_header::file_of;

pub(super) const TARGET: Target = Target { name: "text_file", run, words: &[WORDS] };

const WORDS: &[&str] = &[
    "nan",
    "-inf",
    "Infinity",
    "1e308",
    "1e-400",
    "0x1",
    "(",
    "+",
    "-",
    "j",
    "1+2j",
    "(1-2j)",
    ",",
    "\t",
    " ",
    "\n",
    "\r\n",
    "\n\n",
    "#",
    "# 1 2\n",
    "\u{feff}",
    "True",
    "1_000",
    "9999999999999999999999",
];

fn run(input: &[u8]) {
    let file = file_of(input);
    let ctx = Context::solo();
    for options in [Options::csv(), Options::new().skip_rows(1), Options::new().comments("")] {
        let array = match text::load::<Complex64>(&ctx, file.path(), "", &options) {
            Ok(array) => array,
            Err(error) => {
                let shown = error.to_string();
                assert!(shown.starts_with(&format!("{}: ", file.path().display())), "{shown}");
                assert!(shown.len() < file.path().as_os_str().len() + 1024, "{shown}");
                assert!(matches!(error, Error::File { .. }), "{shown}");
                continue;
            }
        };
        // Bringing a file to the disk takes most of the time.
        if !input.len().is_multiple_of(8) {
            continue;
        }
        let written = file.path().with_extension("again");
        let options = options.skip_rows(0);
        text::save_with(&array, &written, &options).expect("what is loaded can be written");
        let again = text::load::<Complex64>(&ctx, &written, "", &options);
        std::fs::remove_file(&written).expect("it was written");
        let again = again.expect("what is written can be loaded");
        assert_eq!(again.shape(), array.shape());
        let same = |x: f64, y: f64| x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan();
        let pairs = again
            .local()
            .iter()
            .zip(array.local())
            .all(|(a, b)| same(a.re, b.re) && same(a.im, b.im));
        assert!(pairs, "other numbers than were written");
    }
}
