//! The conformance suite on threads.

use distarray_tests::cases::case;
use distarray_tests::threads;

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
    for ranks in [1, 2, 3, 4, 6] {
        threads::run(ranks, case(name)).unwrap_or_else(|error| panic!("on {ranks} ranks: {error}"));
    }
}
