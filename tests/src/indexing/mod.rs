//! Random reads, writes and masks of random arrays, each beside its plain answer.

mod made;
mod masks;
mod reads;
mod selections;
mod writes;

pub use masks::{finds, masks, writes_masks};
pub use reads::reads;
pub use selections::{Form, Picked, picked};
pub(crate) use writes::permutes;
pub use writes::writes;
