//! What a producer hands to a consumer: a version, a buffer and the dimension data.

use crate::validate::outer::Outer;
use crate::{Buffer, Dict, DimData, Mode, ProtocolError, Value, Version, validate};

/// One process's section of a distributed array, as the protocol exchanges it.
///
/// ```
/// use distarray_protocol::{Buffer, DimData, DistBuffer, Mode};
///
/// // The first of two processes that share ten elements.
/// let data = [0.0, 0.1, 0.2, 0.3, 0.4];
/// let section = DistBuffer::new(Buffer::from_slice(&data), vec![DimData::block(10, 2, 0, 0..5)]);
/// section.validate(Mode::Text)?;
/// assert_eq!(section.global_shape(), [10]);
/// # Ok::<(), distarray_protocol::ProtocolError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DistBuffer<'a> {
    /// The version of the protocol it follows.
    pub version: Version,
    /// The elements of this process, padding included.
    pub buffer: Buffer<'a>,
    /// Which part of the array they are, one entry for each axis of the buffer.
    pub dim_data: Vec<DimData<'a>>,
}

impl<'a> DistBuffer<'a> {
    /// A section in the current version of the protocol; nothing is checked.
    ///
    /// ```
    /// use distarray_protocol::{Buffer, DistBuffer, Version};
    /// let scalar = DistBuffer::new(Buffer::new(&[1.0], &[])?, vec![]);
    /// assert_eq!(scalar.version, Version::CURRENT);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn new(buffer: Buffer<'a>, dim_data: Vec<DimData<'a>>) -> Self {
        Self { version: Version::CURRENT, buffer, dim_data }
    }

    /// Reads the dictionary with the keys `__version__`, `buffer` and `dim_data`; no element is copied.
    ///
    /// The version must be [readable](Version::check_readable); dimension dictionaries are read by
    /// [`DimData::from_dict`], each `{}` with the extent of the buffer. An error names the key (and dimension) that
    /// is missing, extra or of the wrong type. Whether the values make sense is left to
    /// [`validate`](Self::validate).
    ///
    /// ```
    /// use distarray_protocol::{Buffer, Dict, DistBuffer, DimData, Value};
    ///
    /// let data = [1, 2, 3];
    /// let dict = Dict::new()
    ///     .with("__version__", "0.10.0")
    ///     .with("buffer", Buffer::from_slice(&data))
    ///     .with("dim_data", Value::tuple([Dict::new()]));
    /// let section = DistBuffer::from_dict(dict)?;
    /// assert_eq!(section.dim_data, [DimData::undistributed(3)]);
    /// assert_eq!(section.buffer.as_ptr(), data.as_ptr().cast());
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn from_dict(mut dict: Dict<'a>) -> Result<Self, ProtocolError> {
        let (version, dim_data) = Outer::read(&dict)?.parts()?;
        let Some(Value::Buffer(buffer)) = dict.remove("buffer") else {
            unreachable!("the outer dictionary was read, so its buffer is one");
        };
        Ok(Self { version, buffer, dim_data })
    }

    /// The dictionary with the keys `__version__`, `buffer` and `dim_data`; no element is copied.
    ///
    /// ```
    /// use distarray_protocol::{Buffer, DistBuffer, DimData};
    /// let section = DistBuffer::new(Buffer::from_vec(vec![1, 2]), vec![DimData::undistributed(2)]);
    /// assert_eq!(DistBuffer::from_dict(section.clone().into_dict())?, section);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn into_dict(self) -> Dict<'a> {
        Dict::new()
            .with("__version__", self.version.to_string())
            .with("buffer", self.buffer)
            .with("dim_data", Value::tuple(self.dim_data.into_iter().map(DimData::into_dict)))
    }

    /// The dictionary with the three keys, its buffer a read-only view of this one; no element is copied.
    ///
    /// ```
    /// use distarray_protocol::{Buffer, DistBuffer};
    /// let scalar = DistBuffer::new(Buffer::new(&[1.0], &[])?, vec![]);
    /// assert_eq!(scalar.to_dict().get("__version__"), Some(&"0.10.0".into()));
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    pub fn to_dict(&self) -> Dict<'_> {
        Dict::new()
            .with("__version__", self.version.to_string())
            .with("buffer", self.buffer.view())
            .with("dim_data", Value::tuple(self.dim_data.iter().map(DimData::to_dict)))
    }

    /// Whether it is sound by the text of the protocol, or by the reference validator; an error says why not.
    ///
    /// O(n log n) in the length of an index list, else O(1) for each dimension. No communication: whether the
    /// sections of all processes fit each other is for [`validate_all`](crate::validate_all).
    ///
    /// ```
    /// use distarray_protocol::{Buffer, DimData, DistBuffer, Mode};
    /// let wrong = DistBuffer::new(Buffer::from_vec(vec![0; 4]), vec![DimData::undistributed(5)]);
    /// assert!(wrong.validate(Mode::Text).is_err());
    /// assert!(wrong.validate(Mode::Reference).is_ok());
    /// ```
    pub fn validate(&self, mode: Mode) -> Result<(), ProtocolError> {
        validate(&Value::Dict(self.to_dict()), mode)
    }

    /// The extents of the whole array, over all processes.
    ///
    /// ```
    /// use distarray_protocol::{Buffer, DimData, DistBuffer};
    /// let section = DistBuffer::new(Buffer::from_vec(vec![0; 4]), vec![DimData::cyclic(9, 2, 1, 1)]);
    /// assert_eq!(section.global_shape(), [9]);
    /// ```
    pub fn global_shape(&self) -> Vec<usize> {
        self.dim_data.iter().map(|dim| dim.size).collect()
    }
}

/// An array that can be shared through the protocol: the `__distarray__()` of a producer.
///
/// ```
/// use distarray_protocol::{Buffer, DimData, DistBuffer, DistributedArray, ProtocolError};
///
/// /// The elements of one process of a row of processes, all with the same number.
/// struct Row {
///     local: Vec<f64>,
///     rank: usize,
///     processes: usize,
/// }
///
/// impl Row {
///     fn dim_data(&self) -> Vec<DimData<'static>> {
///         let (n, start) = (self.local.len(), self.local.len() * self.rank);
///         vec![DimData::block(n * self.processes, self.processes, self.rank, start..start + n)]
///     }
/// }
///
/// impl DistributedArray for Row {
///     fn distarray(&self) -> Result<DistBuffer<'_>, ProtocolError> {
///         Ok(DistBuffer::new(Buffer::from_slice(&self.local), self.dim_data()))
///     }
///
///     fn distarray_mut(&mut self) -> Result<DistBuffer<'_>, ProtocolError> {
///         let dim_data = self.dim_data();
///         Ok(DistBuffer::new(Buffer::from_slice_mut(&mut self.local), dim_data))
///     }
/// }
///
/// let mut row = Row { local: vec![1.0, 2.0], rank: 0, processes: 3 };
/// assert_eq!(row.distarray()?.global_shape(), [6]);
/// row.distarray_mut()?.buffer.as_mut_slice::<f64>()?.fill(4.0);
/// assert_eq!(row.local, [4.0, 4.0]);
/// # Ok::<(), ProtocolError>(())
/// ```
pub trait DistributedArray {
    /// Describes this process's section for reading; copies no element and communicates with no one.
    ///
    /// ```
    /// use distarray_protocol::{Buffer, DimData, DistBuffer, DistributedArray};
    /// let section = DistBuffer::new(Buffer::from_vec(vec![1, 2]), vec![DimData::undistributed(2)]);
    /// assert_eq!(section.distarray()?, section);
    /// # Ok::<(), distarray_protocol::ProtocolError>(())
    /// ```
    fn distarray(&self) -> Result<DistBuffer<'_>, ProtocolError>;

    /// Describes this process's section for writing; copies no element and communicates with no one.
    ///
    /// An error when the elements cannot be written, which is what happens unless a producer says otherwise.
    ///
    /// ```
    /// use distarray_protocol::{Buffer, DimData, DistBuffer, DistributedArray, ProtocolError};
    /// let mut read_only = DistBuffer::new(Buffer::from_vec(vec![1]), vec![DimData::undistributed(1)]);
    /// assert_eq!(read_only.distarray_mut(), Err(ProtocolError::ReadOnly));
    /// ```
    fn distarray_mut(&mut self) -> Result<DistBuffer<'_>, ProtocolError> {
        Err(ProtocolError::ReadOnly)
    }
}

/// A consumer can pass on what it was given.
impl DistributedArray for DistBuffer<'_> {
    fn distarray(&self) -> Result<DistBuffer<'_>, ProtocolError> {
        Ok(DistBuffer {
            version: self.version,
            buffer: self.buffer.view(),
            dim_data: self.dim_data.clone(),
        })
    }

    fn distarray_mut(&mut self) -> Result<DistBuffer<'_>, ProtocolError> {
        if !self.buffer.is_writable() {
            return Err(ProtocolError::ReadOnly);
        }
        Ok(DistBuffer {
            version: self.version,
            buffer: self.buffer.view_mut(),
            dim_data: self.dim_data.clone(),
        })
    }
}
