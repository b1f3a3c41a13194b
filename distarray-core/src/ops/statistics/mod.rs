//! Statistics: histograms, order statistics, covariances.

mod bins;
mod covariance;
mod histogram;
mod order;
mod quantile;
mod tally;

pub use bins::{Bins, digitize};
pub use covariance::covariance;
pub use histogram::{Counted, Histogram, histogram};
pub use quantile::{Method, quantile, quantile_along};
pub use tally::bincount;
