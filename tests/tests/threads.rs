//! The conformance suite on threads, on the numbers of ranks that `DISTARRAY_TEST_RANKS` lists; default
//! `1,2,3,4,6`.

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
    let ranks = std::env::var("DISTARRAY_TEST_RANKS").unwrap_or_else(|_| "1,2,3,4,6".to_owned());
    for ranks in ranks.split(',').map(|ranks| ranks.trim().parse().expect("a number of ranks")) {
        threads::run(ranks, case(name)).unwrap_or_else(|error| panic!("on {ranks} ranks: {error}"));
    }
}
