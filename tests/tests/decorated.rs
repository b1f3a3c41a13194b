//! The conformance suite under decorated communicators.

use std::rc::Rc;

use distarray::comm::Checked;
use distarray_tests::cases::case;
use distarray_tests::decorator::{Delays, Plain};
use distarray_tests::threads::{Decorate, run_decorated};

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
    let decorations: [(&str, Decorate, &[usize]); 4] = [
        ("the default collectives", |comm| Rc::new(Plain(comm)), &[1, 2, 3, 5]),
        ("delays", |comm| Delays::around(comm, 1), &[2, 5]),
        ("checks", |comm| Checked::new(comm).communicator(), &[2, 3, 6]),
        ("both", |comm| Rc::new(Plain(Delays::around(comm, 2))), &[3]),
    ];
    for (what, decorate, sizes) in decorations {
        for &ranks in sizes {
            run_decorated(ranks, decorate, case(name))
                .unwrap_or_else(|error| panic!("with {what} on {ranks} ranks: {error}"));
        }
    }
}
