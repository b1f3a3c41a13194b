//! Files of one part of an array: what loads is the part's elements, and written again it loads.

use distarray_core::Complex64;
use distarray_core::array::Context;
use distarray_io::dnpy;

use super::Target;
use super::words::{LITERAL, NPY};

pub(super) const TARGET: Target = Target { name: "dnpy_file", run, words: &[NPY, LITERAL] };

fn run(input: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let base = folder.path().join("a");
    std::fs::write(folder.path().join("a_0.dnpy"), input).expect("room for a small file");
    let ctx = Context::solo();
    let array = match dnpy::load_as::<Complex64>(&ctx, &base, "") {
        Ok(array) => array,
        Err(error) => {
            let text = error.to_string();
            assert!(text.starts_with(&base.display().to_string()), "{text}");
            assert!(text.len() < base.as_os_str().len() + 1024, "{text}");
            return;
        }
    };
    let bytes = array.local().len() * size_of::<Complex64>();
    assert!(bytes <= 16 * input.len(), "{bytes} bytes of a file of {}", input.len());
    // Bringing a file to the disk takes most of the time.
    if !input.len().is_multiple_of(8) {
        return;
    }
    dnpy::save(&array, &base).expect("what is loaded can be written");
    let again = dnpy::load::<Complex64>(&ctx, &base, "").expect("what is written can be loaded");
    let same = |(a, b): (&Complex64, &Complex64)| {
        (a.re.to_bits(), a.im.to_bits()) == (b.re.to_bits(), b.im.to_bits())
    };
    assert_eq!(again.shape(), array.shape());
    assert!(again.local().iter().zip(array.local()).all(same), "other elements than were written");
}
