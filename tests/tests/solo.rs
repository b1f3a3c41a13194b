//! The conformance suite on one rank without any backend.

use distarray::array::Context;
use distarray_tests::cases::case;

/// One test for each case.
macro_rules! tests {
    ($($family:ident: $($name:ident)*;)*) => {$(
        mod $family {$(
            #[test]
            fn $name() {
                super::check(concat!(stringify!($family), "::", stringify!($name)));
            }
        )*}
    )*};
}
distarray_tests::each_case!(tests);

fn check(name: &str) {
    case(name)(&Context::solo()).unwrap_or_else(|error| panic!("{error}"));
}
