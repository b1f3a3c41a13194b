//! The cases, one family a file.

mod checked;
mod communicator;
mod costs;
mod create;
mod errors;
mod expressions;
mod extremes;
mod files;
mod functions;
mod generated;
mod halo;
mod in_place;
mod indexing;
mod many_results;
mod movement;
mod protocol;
mod random;
mod random_by_arrays;
mod reduction_options;
mod reductions;
mod replicated;
mod routes;
mod scans;
mod shapes;
mod sharing;
mod slices;
mod statistics;
pub mod stencil;
mod subgroups;
mod sums;
mod targets;

use crate::Case;

/// Hands the families and their cases to another macro.
///
/// ```
/// macro_rules! families {
///     ($($family:ident: $($name:ident)*;)*) => { [$(stringify!($family)),*] };
/// }
/// assert!(distarray_tests::each_case!(families).contains(&"halo"));
/// ```
#[macro_export]
macro_rules! each_case {
    ($then:ident) => {
        $then! {
            communicator: barriers broadcasts gathers reduces reduces_every_type exchanges splits messages agrees agrees_with_root;
            create: constructors sequences functions replicated adopted scattered subsets;
            movement: redistributes there_and_back plans_agree gathers_to_one elements every_type many_axes;
            halo: fills_halos keeps_halos_apart wide_halos shared_halos split_halos dropped_halos;
            stencil: random boundaries padded anywhere sweeps refused;
            routes: kept refused;
            expressions: arithmetic integers comparisons broadcasts maps casts trees deep_trees wide_trees tiles fused equal_parts together into_arrays differing_distributions;
            functions: of_floats of_limits of_complex of_parts of_three of_many;
            checked: limits places;
            in_place: arrays slices of_itself refusals;
            targets: written of_themselves lists refusals;
            generated: everywhere stretched slices functions rows;
            reductions: over_all over_some integers extremes truth empty on_some_ranks further;
            many_results: over_axes together far_apart products in_parts;
            reduction_options: options masks accumulators together norms;
            sums: moments variances complex_numbers exact;
            scans: every_axis exact kinds ends_of_differences;
            statistics: histograms quantiles covariances averages joint_covariances inner_products places;
            random: laws sources shuffles parameters;
            random_by_arrays: laws integers trials parameters;
            sharing: copies_before_writing views expressions_keep_values overwrites strided_parts;
            replicated: free written totals;
            costs: budgets alignment;
            shapes: axes broadcast split_and_join reshape reshape_without_movement rearranged padded diagonals;
            slices: read assign assign_to_itself refused;
            indexing: reads writes permutations masks writes_masks finds results costs duplicates choices refusals;
            subgroups: arrays_of_a_group groups_of_groups ranks_of_a_group_in_errors;
            protocol: round_trips writes refusals;
            files: lazy computed round_trips other_distributions missing damaged appended plain rows;
            errors: shapes axes indices contexts parts functions memory;
            extremes: variances functions counts;
        }
    };
}

macro_rules! list {
    ($($family:ident: $($name:ident)*;)*) => {
        &[$($((concat!(stringify!($family), "::", stringify!($name)), $family::$name as _)),*),*]
    };
}

/// All cases.
pub const CASES: &[Case] = each_case!(list);

/// The case of this name.
///
/// # Panics
/// There is none.
///
/// ```
/// distarray_tests::cases::case("halo::fills_halos")(&distarray::array::Context::solo())?;
/// # Ok::<(), distarray::Error>(())
/// ```
pub fn case(name: &str) -> fn(&distarray::array::Context) -> distarray::Result<()> {
    let found = CASES.iter().find(|(other, _)| *other == name);
    found.unwrap_or_else(|| panic!("there is no case '{name}'")).1
}
