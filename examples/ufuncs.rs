//! Every elementwise function on operands from files, for comparison with NumPy.
//!
//! `tests/numpy/ufuncs.py` writes `a-DTYPE.npy` and `b-DTYPE.npy` for every element type to a folder, has
//! this program write `FUNCTION-DTYPE.npy` beside them, and judges those.

use std::path::PathBuf;

use distarray::io::npy;
use distarray::prelude::*;
use distarray::{Bits, ComplexNumber, Float, Floating, Integer, Launch, Number, Ordered, Real};

/// The operands of one element type, and where results go.
struct Operands<T: Element> {
    folder: PathBuf,
    a: DistArray<T>,
    b: DistArray<T>,
}

/// Writes the results of methods of the first operand, and of both operands, by their names.
macro_rules! write {
    ($operands:ident: $($one:ident)*; $($two:ident)*) => {
        $($operands.write(stringify!($one), $operands.a.$one())?;)*
        $($operands.write(stringify!($two), $operands.a.$two(&$operands.b))?;)*
    };
}

impl<T: Element> Operands<T> {
    fn load(ctx: &Context, folder: &str) -> Result<Self> {
        let folder = PathBuf::from(folder);
        let load = |name| npy::load(ctx, folder.join(format!("{name}-{}.npy", T::DTYPE)), "b");
        let (a, b) = (load("a")?, load("b")?);
        Ok(Self { folder, a, b })
    }

    fn write<U: Element>(&self, function: &str, values: Expr<U>) -> Result<()> {
        npy::save(&values.eval()?, self.folder.join(format!("{function}-{}.npy", T::DTYPE)))
    }

    fn any(&self) -> Result<()> {
        write!(self: logical_not; logical_and logical_or logical_xor eq ne);
        Ok(())
    }

    fn ordered(&self) -> Result<()>
    where
        T: Ordered,
    {
        write!(self:; lt le gt ge);
        Ok(())
    }

    fn bits(&self) -> Result<()>
    where
        T: Bits,
    {
        let Self { a, b, .. } = self;
        self.write("invert", !a)?;
        self.write("bitwise_and", a & b)?;
        self.write("bitwise_or", a | b)?;
        self.write("bitwise_xor", a ^ b)
    }

    fn numbers(&self) -> Result<()>
    where
        T: Number,
    {
        let Self { a, b, .. } = self;
        write!(self: abs sign square reciprocal; pow);
        self.write("negative", -a)?;
        self.write("add", a + b)?;
        self.write("subtract", a - b)?;
        self.write("multiply", a * b)?;
        self.write("divide", a / b)
    }

    fn reals(&self) -> Result<()>
    where
        T: Real,
    {
        write!(self:; floor_divide remainder fmod minimum maximum fmin fmax float_power);
        let (quotient, rest) = self.a.divmod(&self.b);
        self.write("divmod_0", quotient)?;
        self.write("divmod_1", rest)
    }

    fn integers(&self) -> Result<()>
    where
        T: Integer,
    {
        write!(self: bitwise_count; gcd lcm);
        self.write("left_shift", &self.a << &self.b)?;
        self.write("right_shift", &self.a >> &self.b)
    }

    fn floating(&self) -> Result<()>
    where
        T: Floating,
    {
        write!(
            self: sqrt exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh
            cosh tanh arcsinh arccosh arctanh isnan isinf isfinite;
        );
        Ok(())
    }

    fn floats(&self) -> Result<()>
    where
        T: Float,
    {
        write!(
            self: cbrt erf erfc gamma lgamma sinc degrees radians floor ceil trunc rint spacing
            signbit isposinf isneginf;
            hypot arctan2 logaddexp logaddexp2 copysign nextafter heaviside
        );
        let (fraction, whole) = self.a.modf();
        self.write("modf_0", fraction)?;
        self.write("modf_1", whole)?;
        let (mantissa, exponent) = self.a.frexp();
        self.write("frexp_0", mantissa)?;
        self.write("frexp_1", exponent)?;
        let powers = self.a.context().arange(0, self.a.shape()[0] as i32, 1)? % 2200 - 1100;
        self.write("ldexp", self.a.ldexp(powers))
    }

    fn complex(&self) -> Result<()>
    where
        T: ComplexNumber,
    {
        write!(self: conj real imag angle;);
        Ok(())
    }
}

fn real_floats<T: Float + Floating + Real + Number + Ordered>(
    ctx: &Context,
    folder: &str,
) -> Result<()> {
    let operands = Operands::<T>::load(ctx, folder)?;
    operands.any()?;
    operands.ordered()?;
    operands.numbers()?;
    operands.reals()?;
    operands.floating()?;
    operands.floats()
}

fn complex_floats<T: ComplexNumber + Floating + Number>(ctx: &Context, folder: &str) -> Result<()> {
    let operands = Operands::<T>::load(ctx, folder)?;
    operands.any()?;
    operands.numbers()?;
    operands.floating()?;
    operands.complex()
}

fn integers<T: Integer + Bits + Real + Number + Ordered>(
    ctx: &Context,
    folder: &str,
) -> Result<()> {
    let operands = Operands::<T>::load(ctx, folder)?;
    operands.any()?;
    operands.ordered()?;
    operands.bits()?;
    operands.numbers()?;
    operands.reals()?;
    operands.integers()
}

fn main() -> Result<()> {
    let folder = std::env::args().nth(1);
    Launch::new().run(|ctx| {
        let Some(folder) = &folder else {
            return Err(Error::argument("the folder of the operands is missing"));
        };
        integers::<i8>(ctx, folder)?;
        integers::<i16>(ctx, folder)?;
        integers::<i32>(ctx, folder)?;
        integers::<i64>(ctx, folder)?;
        integers::<u8>(ctx, folder)?;
        integers::<u16>(ctx, folder)?;
        integers::<u32>(ctx, folder)?;
        integers::<u64>(ctx, folder)?;
        real_floats::<f32>(ctx, folder)?;
        real_floats::<f64>(ctx, folder)?;
        complex_floats::<Complex32>(ctx, folder)?;
        complex_floats::<Complex64>(ctx, folder)?;
        let truth = Operands::<bool>::load(ctx, folder)?;
        truth.any()?;
        truth.ordered()?;
        truth.bits()
    })
}
