//! What the builder makes and what it refuses.

use super::super::{Dist, Distribution, DistributionBuilder};

fn text(builder: DistributionBuilder, size: usize) -> String {
    builder.build(size).unwrap().to_string()
}

fn refused(builder: DistributionBuilder, size: usize) -> String {
    builder.build(size).unwrap_err().to_string()
}

#[test]
fn the_first_axis_is_cut_in_blocks_unless_said_otherwise() {
    let new = || Distribution::builder([10, 20]);
    assert_eq!(text(new(), 4), "[10, 20] as b,n on grid 4x1, ranks 0..4");
    assert_eq!(text(new().dists(""), 4), "[10, 20] as n,n on grid 1x1, ranks 0..1");
    assert_eq!(text(new().dists(" c:3 "), 2), "[10, 20] as c:3,n on grid 2x1, ranks 0..2");
    assert_eq!(text(new().kinds(vec![]), 4), "[10, 20] as n,n on grid 1x1, ranks 0..1");
    assert_eq!(
        text(new().dists("b").axis(1, Dist::Cyclic).grid(&[1, 4]), 4),
        "[10, 20] as b,c on grid 1x4, ranks 0..4"
    );
}

#[test]
fn kinds_are_parsed_or_refused_by_build() {
    let known =
        "the short forms are n, b, c and c:K with K >= 1, one per axis, separated by commas";
    for bad in ["x", "c:0", "c:", "c:-1", "c:x", "bn", ",", "b,", "u", "b[0,3]"] {
        let error = refused(Distribution::builder([4, 4]).dists(bad), 2);
        assert!(error.starts_with("unknown distribution"), "{bad}: {error}");
        assert!(error.ends_with(known), "{bad}: {error}");
    }
    // An error is one short line whatever the text.
    let long = "c:1\n".to_owned() + &"x".repeat(9999);
    let error = refused(Distribution::builder([4]).dists(&long), 2);
    assert!(error.starts_with(r#"unknown distribution "c:1\nxxx"#), "{error}");
    assert!(error.len() < 200, "{error}");
    assert_eq!(
        refused(Distribution::builder([4]).dists("b,n"), 2),
        "2 kinds of distribution are given for an array of 1 axes"
    );
    for short in ["n", "b", "c", "c:7"] {
        assert_eq!(short.parse::<Dist>().unwrap().to_string(), short);
    }
}

#[test]
fn grids_are_padded_and_checked() {
    let new = || Distribution::builder([10, 20]).dists("b,b");
    assert_eq!(new().grid(&[3]).build(4).unwrap().grid(), [3, 1]);
    assert_eq!(new().grid(&[]).build(4).unwrap().ranks().len(), 1);
    // More parts than elements are the caller's choice.
    let d = Distribution::builder([2]).grid(&[4]).build(4).unwrap();
    assert_eq!([0, 1, 2, 3].map(|rank| d.local_len(rank)), [1, 1, 0, 0]);
    assert_eq!(
        refused(new().grid(&[1, 1, 1]), 4),
        "a process grid of [1, 1, 1] has 3 entries for an array of 2 axes"
    );
    assert_eq!(
        refused(new().grid(&[2, 0]), 4),
        "a process grid of [2, 0] has 0 parts on axis 1; it takes at least 1"
    );
    assert_eq!(refused(new().grid(&[3, 2]), 4), "a process grid of [3, 2] has 6 cells for 4 ranks");
    assert!(refused(new().grid(&[usize::MAX, 2]), 4).ends_with("cells for 4 ranks"));
    assert_eq!(
        refused(new().dists("b").grid(&[2, 2]), 4),
        "a process grid of [2, 2] has 2 part(s) on axis 1, its kind n has 1"
    );
}

#[test]
fn kinds_with_lists_fix_their_parts() {
    let kinds = || vec![Dist::Block, Dist::irregular([0, 1, 5, 20])];
    let new = || Distribution::builder([10, 20]).kinds(kinds());
    assert_eq!(new().build(7).unwrap().grid(), [2, 3]);
    assert_eq!(refused(new(), 2), "a process grid of [1, 3] has 3 cells for 2 ranks");
    assert_eq!(
        refused(new().grid(&[1, 2]), 4),
        "a process grid of [1, 2] has 2 part(s) on axis 1, its kind b[0,1,5,20] has 3"
    );
    assert_eq!(
        refused(Distribution::builder([10, 9]).kinds(kinds()), 7),
        "irregular bounds [0, 1, 5, 20] end at 20, the axis has 9"
    );
    assert_eq!(
        refused(Distribution::builder([9]).kinds(vec![Dist::irregular([])]), 7),
        "irregular bounds [] need at least a first and a last one"
    );
}

#[test]
fn ranks_are_used_in_their_order_and_checked() {
    let new = || Distribution::builder([9]);
    assert_eq!(text(new().ranks([4, 0, 2]), 5), "[9] as b on grid 3, ranks [4, 0, 2]");
    assert_eq!(text(new().ranks([4, 0, 2]).grid(&[2]), 5), "[9] as b on grid 2, ranks [4, 0]");
    assert_eq!(text(new().ranks(2..5), 5), "[9] as b on grid 3, ranks 2..5");
    assert_eq!(refused(new().ranks([0, 5]), 5), "rank 5 is not one of the 5 ranks");
    assert_eq!(refused(new().ranks([]), 5), "the list of ranks to use is empty");
    assert_eq!(
        refused(new().ranks([3, 3]), 5),
        "rank 3 is given for both cell 0 and cell 1 of the grid"
    );
    assert_eq!(refused(new(), 0), "a distribution needs at least 1 rank, not 0");
}

#[test]
fn halos_go_on_block_axes() {
    let new = || Distribution::builder([10, 10, 10]).dists("b,c,n");
    let d = new().halo(2, 0, 3).halos(1).build(4).unwrap();
    let halos: Vec<_> = d.axes().iter().map(|axis| axis.halo()).collect();
    assert_eq!(halos, [(1, 1), (0, 0), (0, 3)]);
    assert!(d.has_halo() && !d.without_halo().has_halo());
    assert_eq!(d.without_halo(), new().build(4).unwrap());
    assert_eq!(
        refused(Distribution::builder([10]).dists("c").halos(2), 2),
        "halos of 2 need an axis of a block kind (n, b, or b with bounds)"
    );
    assert!(refused(new().halo(1, 1, 1), 4).starts_with("a halo needs"));
    assert!(refused(new().periodic(1), 4).starts_with("a periodic axis needs"));
    for builder in [
        new().halo(3, 1, 1),
        new().boundary(3, 1, 1),
        new().periodic(3),
        new().axis(3, Dist::Block),
    ] {
        assert_eq!(refused(builder, 4), "axis 3 is out of bounds for an array of 3 axes");
    }
}

#[test]
fn paddings_said_last_hold() {
    let d = Distribution::builder([10]).boundary(0, 1, 2).boundary(0, 3, 0).periodic(0).build(2);
    let d = d.unwrap();
    assert_eq!((d.axis(0).boundary(), d.axis(0).is_periodic()), ((3, 0), true));
}
