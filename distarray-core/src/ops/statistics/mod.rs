//! Statistics: histograms, order statistics, covariances.

mod bins;
mod covariance;
mod histogram;
mod interpolation;
mod order;
mod quantile;
mod search;
mod tally;

pub use bins::{Bins, digitize};
pub use covariance::{Covariance, covariance};
pub use histogram::{Counted, Histogram, histogram};
pub use interpolation::interpolate;
pub use quantile::{Method, quantile, quantile_along};
pub use search::{Side, search_sorted};
pub use tally::bincount;
