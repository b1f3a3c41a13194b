//! Names of element types and of versions: what is read prints to what reads as the same.

use distarray_core::DType;
use distarray_protocol::{ElementFormat, Version};

use super::Target;

pub(super) const TARGET: Target = Target { name: "element_names", run, words: &[WORDS] };

const WORDS: &[&str] = &[
    "<",
    ">",
    "|",
    "=",
    "@",
    "!",
    "i8",
    "f4",
    "c16",
    "Zd",
    "?",
    "l",
    "N",
    "int64",
    "float32",
    "bool",
    "complex128",
    "0.",
    "10.",
    ".",
    "+",
    "4294967295",
    "\u{e9}",
];

fn run(input: &[u8]) {
    let text = &*String::from_utf8_lossy(input);
    for format in [ElementFormat::from_code(text), ElementFormat::from_numpy(text)] {
        let Ok(format) = format else { continue };
        assert_eq!(ElementFormat::from_code(&format.code()), Ok(format));
        assert_eq!(ElementFormat::from_numpy(&format.numpy_string()), Ok(format));
        let native = ElementFormat::native(format.kind());
        assert_eq!(ElementFormat::from_numpy(format.kind().numpy_name()), Ok(native));
        assert_eq!(format.itemsize(), format.kind().size());
        let dtype: DType = format.kind().numpy_name().parse().expect("arrays hold all kinds");
        assert_eq!(dtype.size(), format.itemsize());
    }
    if let Ok(version) = text.parse::<Version>() {
        assert_eq!(version.to_string().parse(), Ok(version));
        let readable = version.major == 0 && version.minor >= 10;
        assert_eq!(version.check_readable().is_ok(), readable, "{version}");
    }
    if let Ok(dtype) = text.parse::<DType>() {
        assert_eq!(dtype.name(), text);
    }
}
