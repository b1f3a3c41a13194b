//! Constructors of arrays.

use ndarray::{ArrayBase, ArrayD, Data, Dimension};

use super::{Context, DistArray, IntoDistribution};
use crate::block::Block;
use crate::comm::Operation;
use crate::command::Command;
use crate::dist::Distribution;
use crate::element::{Element, Floating, Number, Real};
use crate::error::Result;
use crate::expr::IntoError;
use crate::ops::{self, Recipe};

/// # New arrays
///
/// Each rank makes its own part; nothing is sent where nothing is said of it. All fail where the
/// distribution cannot be, or there is not so much memory.
impl Context {
    fn create<T: Element>(
        &self,
        recipe: Recipe,
        distribution: impl IntoDistribution,
    ) -> Result<DistArray<T>> {
        let distribution = distribution.into_distribution(self.size())?;
        let command = Command::Create { recipe, distribution };
        Ok(DistArray::new(self.clone(), self.execute(command)?.into_array()))
    }

    /// An array of zeros.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// assert_eq!(ctx.zeros::<u8>([2, 3])?.sum()?, 0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn zeros<T: Element>(&self, distribution: impl IntoDistribution) -> Result<DistArray<T>> {
        let _scope = Operation::enter("zeros");
        self.full(T::default(), distribution)
    }

    /// An array to be filled. It holds zeros, since memory is never handed out with what it held
    /// before, but its pages are untouched, so that the first writer places them.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// assert_eq!(ctx.empty::<f32>(5)?.shape(), [5]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn empty<T: Element>(&self, distribution: impl IntoDistribution) -> Result<DistArray<T>> {
        let _scope = Operation::enter("empty");
        self.full(T::default(), distribution)
    }

    /// An array of ones.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// assert_eq!(ctx.ones::<f64>([2, 3])?.sum()?, 6.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn ones<T: Element>(&self, distribution: impl IntoDistribution) -> Result<DistArray<T>> {
        let _scope = Operation::enter("ones");
        self.full(T::ONE, distribution)
    }

    /// An array of one value.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// assert_eq!(ctx.full(7_i32, 3)?.to_ndarray()?.as_slice(), Some(&[7, 7, 7][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn full<T: Element>(
        &self,
        value: T,
        distribution: impl IntoDistribution,
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("full");
        self.create(Recipe::Full(value.to_scalar()), distribution)
    }

    /// The numbers from `start` on, `step` apart, as far as below `stop`, in blocks over all ranks;
    /// there are `ceil((stop - start) / step)`, as with NumPy.
    ///
    /// # Errors
    /// The step is zero or not a number, or the numbers are too many.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// assert_eq!(ctx.arange(1, 8, 3)?.to_ndarray()?.as_slice(), Some(&[1, 4, 7][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn arange<T: Real>(&self, start: T, stop: T, step: T) -> Result<DistArray<T>> {
        let _scope = Operation::enter("arange");
        let count = ops::arange_len(start.to_scalar(), stop.to_scalar(), step.to_scalar())?;
        self.arange_on(start, step, count)
    }

    /// The numbers from `start` on, `step` apart, as many as the distribution has.
    ///
    /// # Errors
    /// The distribution does not have one axis.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let cyclic = ctx.arange_on(0.0, 0.5, ([3], "c"))?;
    /// assert_eq!(cyclic.to_ndarray()?.as_slice(), Some(&[0.0, 0.5, 1.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn arange_on<T: Number>(
        &self,
        start: T,
        step: T,
        distribution: impl IntoDistribution,
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("arange");
        let recipe = Recipe::Arange { start: start.to_scalar(), step: step.to_scalar() };
        self.create(recipe, distribution)
    }

    /// Numbers evenly from `start` to `stop`, both included, as many as the distribution has.
    ///
    /// # Errors
    /// The distribution does not have one axis.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let x = ctx.linspace(0.0, 1.0, 5)?;
    /// assert_eq!(x.to_ndarray()?.as_slice(), Some(&[0.0, 0.25, 0.5, 0.75, 1.0][..]));
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn linspace<T: Floating>(
        &self,
        start: T,
        stop: T,
        distribution: impl IntoDistribution,
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("linspace");
        let recipe = Recipe::Linspace { start: start.to_scalar(), stop: stop.to_scalar() };
        self.create(recipe, distribution)
    }

    /// Ones where the column less the row is `diagonal`, zeros elsewhere.
    ///
    /// # Errors
    /// The distribution does not have two axes.
    ///
    /// ```
    /// use distarray_core::prelude::*;
    ///
    /// let ctx = Context::solo();
    /// assert_eq!(ctx.eye::<f64>([4, 4], 0)?.sum()?, 4.0);
    /// assert_eq!(ctx.eye::<f64>([4, 4], -1)?.get(&[1, 0])?, 1.0);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn eye<T: Element>(
        &self,
        distribution: impl IntoDistribution,
        diagonal: isize,
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("eye");
        self.create(Recipe::Eye { dtype: T::DTYPE, diagonal }, distribution)
    }

    /// An array whose elements are a function of their global index.
    ///
    /// Each rank calls the function once for each element that it owns.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let table = ctx.from_fn(([2, 3], "b,c"), |at| (at[0] * 10 + at[1]) as u16)?;
    /// assert_eq!(table.get(&[1, 2])?, 12);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn from_fn<T: Element>(
        &self,
        distribution: impl IntoDistribution,
        value: impl FnMut(&[usize]) -> T,
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("from_fn");
        let distribution = distribution.into_distribution(self.size())?;
        self.begin(T::DTYPE, &distribution)?;
        let array = ops::from_fn(self.communicator()?, &distribution, value)?;
        Ok(DistArray::new(self.clone(), array))
    }

    /// As [`from_fn`](Self::from_fn), with a function that may fail: with an error of any type, a
    /// `String` or a `&str`. One agreement of eight bytes.
    ///
    /// # Errors
    /// The function's on the lowest rank where it fails, with the global index, on every rank.
    ///
    /// ```
    /// let ctx = distarray_core::array::Context::solo();
    /// let words = ["1", "2", "tree"];
    /// let outcome = ctx.try_from_fn(3, |at| words[at[0]].parse::<i32>());
    /// let error = outcome.unwrap_err().to_string();
    /// assert_eq!(error, "invalid digit found in string (at index [2])");
    /// ```
    #[track_caller]
    pub fn try_from_fn<T: Element, E: IntoError>(
        &self,
        distribution: impl IntoDistribution,
        value: impl FnMut(&[usize]) -> Result<T, E>,
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("try_from_fn");
        let distribution = distribution.into_distribution(self.size())?;
        self.begin(T::DTYPE, &distribution)?;
        let array = ops::try_from_fn(self.communicator()?, &distribution, value)?;
        Ok(DistArray::new(self.clone(), array))
    }

    /// An array of elements that every rank has all of: each copies its own part.
    ///
    /// `dists` are the short forms of the kinds, such as `"b,c:2"`. Where one rank alone has the
    /// elements, [`scatter`](Self::scatter) sends each rank its part.
    ///
    /// ```
    /// use ndarray::array;
    ///
    /// let ctx = distarray_core::array::Context::solo();
    /// let a = ctx.from_ndarray(&array![[1, 2], [3, 4]], "b,b")?;
    /// assert_eq!(a.get(&[1, 0])?, 3);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn from_ndarray<T: Element, S: Data<Elem = T>, D: Dimension>(
        &self,
        elements: &ArrayBase<S, D>,
        dists: &str,
    ) -> Result<DistArray<T>> {
        let distribution = Distribution::new(elements.shape(), dists, self.size())?;
        self.from_ndarray_on(elements, &distribution)
    }

    /// As [`from_ndarray`](Self::from_ndarray), with any distribution of the same shape.
    ///
    /// # Errors
    /// The shapes differ.
    #[track_caller]
    pub fn from_ndarray_on<T: Element, S: Data<Elem = T>, D: Dimension>(
        &self,
        elements: &ArrayBase<S, D>,
        distribution: &Distribution,
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("from_ndarray");
        let distribution = distribution.into_distribution(self.size())?;
        let elements = elements.view().into_dyn();
        self.begin(T::DTYPE, &distribution)?;
        let array = ops::from_replicated(self.communicator()?, elements, &distribution)?;
        Ok(DistArray::new(self.clone(), array))
    }

    /// An array of the parts that the ranks have, adopted without a copy; only a distribution with
    /// a halo makes one.
    ///
    /// One agreement of eight bytes that all parts fit. A rank that holds no part passes any empty
    /// array.
    ///
    /// # Errors
    /// Some rank's part does not have the local shape that the distribution gives it.
    ///
    /// ```
    /// use distarray_core::{array::Context, dist::Distribution};
    /// use ndarray::ArrayD;
    ///
    /// let ctx = Context::solo();
    /// let rows = Distribution::new([4, 3], "b", ctx.size())?;
    /// let mine = ArrayD::<f64>::ones(rows.local_shape(ctx.rank()));
    /// let array = ctx.from_local(&rows, mine)?;
    /// assert_eq!(array.shape(), [4, 3]);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn from_local<T: Element>(
        &self,
        distribution: &Distribution,
        local: ArrayD<T>,
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("from_local");
        let distribution = distribution.into_distribution(self.size())?;
        self.begin(T::DTYPE, &distribution)?;
        let array = ops::adopt(self.communicator()?, &distribution, Block::from_array(local))?;
        Ok(DistArray::new(self.clone(), array))
    }

    /// Distributes an array that one rank has; each rank is sent its own part only.
    ///
    /// The root passes `Some` array, the others `None`. One message from the root to each rank that
    /// holds a part, and a small broadcast.
    ///
    /// # Errors
    /// There is no such rank; the root passes `None`, or an array that does not have the shape of
    /// the distribution.
    ///
    /// ```
    /// use distarray_core::{array::Context, dist::Distribution};
    /// use ndarray::array;
    ///
    /// let ctx = Context::solo();
    /// let rows = Distribution::new([2, 2], "b", ctx.size())?;
    /// let mine = (ctx.rank() == 0).then(|| array![[1, 2], [3, 4]].into_dyn());
    /// let a = ctx.scatter(0, mine, &rows)?;
    /// assert_eq!(a.get(&[0, 1])?, 2);
    /// # Ok::<(), distarray_core::Error>(())
    /// ```
    #[track_caller]
    pub fn scatter<T: Element>(
        &self,
        root: usize,
        elements: Option<ArrayD<T>>,
        distribution: &Distribution,
    ) -> Result<DistArray<T>> {
        let _scope = Operation::enter("scatter");
        let distribution = distribution.into_distribution(self.size())?;
        let block = elements.map(Block::from_array);
        let command = Command::Scatter { block, root, dtype: T::DTYPE, distribution };
        Ok(DistArray::new(self.clone(), self.execute(command)?.into_array()))
    }
}
