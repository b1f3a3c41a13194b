//! The cases, one family a file.

mod communicator;
mod create;
mod errors;
mod expressions;
mod files;
mod halo;
mod movement;
mod reductions;
mod sharing;

use crate::Case;

/// Lists cases by their path.
macro_rules! cases {
    ($($family:ident: $($name:ident)*;)*) => {
        &[$($((concat!(stringify!($family), "::", stringify!($name)), $family::$name as _)),*),*]
    };
}

/// All cases.
pub const CASES: &[Case] = cases! {
    communicator: barriers broadcasts gathers reduces exchanges splits messages agrees;
    create: constructors sequences functions replicated adopted scattered subsets;
    movement: redistributes there_and_back plans_agree gathers_to_one elements every_type;
    halo: fills_halos keeps_halos_apart;
    expressions: arithmetic integers comparisons functions broadcasts maps casts trees deep_trees differing_distributions;
    reductions: over_all over_some integers extremes truth empty moments complex_numbers;
    sharing: copies_before_writing views expressions_keep_values;
    files: round_trips other_distributions missing;
    errors: shapes axes indices contexts parts;
};
