//! [`bar`]: progress on a terminal.

use distarray_core::array::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Watch, watch};

/// Shows a bar with bytes, rate and the time that is left, on rank 0 and where standard error is a
/// terminal, while what is returned lives.
///
/// With the feature `progress`. Local: the ranks need not all call it.
///
/// ```
/// use distarray_core::array::Context;
/// use distarray_io::{npy, progress};
///
/// let ctx = Context::solo();
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.npy");
/// let _bar = progress::bar(&ctx, "saving");
/// npy::save(&ctx.ones::<f64>([100, 10])?, &path)?;
/// # Ok::<(), distarray_core::Error>(())
/// ```
pub fn bar(ctx: &Context, what: &str) -> Watch {
    let target = match ctx.rank() {
        0 => ProgressDrawTarget::stderr(),
        _ => ProgressDrawTarget::hidden(),
    };
    let style = ProgressStyle::with_template(
        "{msg} {wide_bar} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta}",
    );
    let bar = ProgressBar::with_draw_target(None, target)
        .with_style(style.expect("the template is a good one"))
        .with_message(what.to_owned());
    // Stays as it is at the end, with bytes and rate.
    let bar = bar.with_finish(indicatif::ProgressFinish::Abandon);
    watch(move |progress| {
        if bar.length() != Some(progress.total) {
            bar.set_length(progress.total);
        }
        if progress.bytes < bar.position() {
            bar.reset();
        }
        bar.set_position(progress.bytes);
    })
}
