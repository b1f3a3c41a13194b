//! Random elements as leaves of expressions.

use super::generated::Generated;
use super::node::Node;
use crate::block::kernels::random::{Law, Random, Stream};
use crate::digest::Digest;
use crate::dist::Distribution;
use crate::element::DType;
use crate::error::{Error, Result};

impl Node {
    /// Elements of a law, as a stream has them.
    ///
    /// # Errors
    /// The law does not take the dtype, or a parameter is not one.
    pub(crate) fn random(
        law: Law,
        stream: Stream,
        dtype: DType,
        distribution: &Distribution,
    ) -> Result<Self> {
        let name = law.name();
        if !law.takes(dtype) {
            return Err(Error::dtype(format!("'{name}' does not make {dtype}")));
        }
        law.check(dtype)?;
        let digest = Digest::of(&(law.digest(), stream));
        Ok(Self::generated(crate::with_element!(dtype, T => {
            Generated::in_order(name, distribution, digest, move |numbers, elements| {
                T::fill(&law, &stream, numbers, elements);
            })
        })))
    }
}
