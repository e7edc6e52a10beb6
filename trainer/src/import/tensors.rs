//! Arrays of numbers by name, as files of weights hold them.

use elbow::format::is_control;
use elbow_reader::of_half;

/// The type of a stored number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    F64,
    F32,
    F16,
    Bf16,
    /// whole numbers and truths: counters, never weights
    Other(usize),
}

impl Type {
    pub(crate) fn size(self) -> usize {
        match self {
            Type::F64 => 8,
            Type::F32 => 4,
            Type::F16 | Type::Bf16 => 2,
            Type::Other(size) => size,
        }
    }

    /// Numbers, low byte first.
    fn decode(self, bytes: &[u8]) -> Option<Vec<f64>> {
        let halves = |number: fn(u16) -> f32| {
            let (pairs, _) = bytes.as_chunks();
            pairs.iter().map(|pair| f64::from(number(u16::from_le_bytes(*pair)))).collect()
        };
        match self {
            Type::F64 => Some(bytes.as_chunks().0.iter().map(|x| f64::from_le_bytes(*x)).collect()),
            Type::F32 => Some(bytes.as_chunks().0.iter().map(|x| f32::from_le_bytes(*x).into()).collect()),
            Type::F16 => Some(halves(of_half)),
            Type::Bf16 => Some(halves(|bits| f32::from_bits(u32::from(bits) << 16))),
            Type::Other(_) => None,
        }
    }
}

/// The numbers of an array.
#[derive(Clone, Debug)]
pub(crate) enum Values<'a> {
    Bytes(Type, &'a [u8]),
    Floats(Vec<f32>),
}

/// An array in row-major order.
#[derive(Clone, Debug)]
pub(crate) struct Tensor<'a> {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Values<'a>,
}

impl Tensor<'_> {
    /// The product of the shape; nothing where it is past all numbers.
    pub(crate) fn numbers(shape: &[usize]) -> Option<usize> {
        shape.iter().try_fold(1_usize, |product, n| product.checked_mul(*n))
    }

    /// Its numbers; of an array of whole numbers none.
    pub(crate) fn floats(&self, name: &str) -> Result<Vec<f64>, String> {
        let values = match &self.values {
            Values::Floats(values) => Some(values.iter().copied().map(f64::from).collect()),
            Values::Bytes(of, bytes) => of.decode(bytes),
        };
        let not_weights = || format!("`{}` holds whole numbers, and weights are of floats", shown(name));
        let values: Vec<f64> = values.ok_or_else(not_weights)?;
        match values.iter().position(|x| !x.is_finite()) {
            Some(at) => Err(format!("`{}` holds {} (number {})", shown(name), values[at], at + 1)),
            None => Ok(values),
        }
    }
}

/// Arrays in the order in which layers are tried.
pub(crate) type Tensors<'a> = Vec<(String, Tensor<'a>)>;

/// A name from outside, short and on one line.
pub(crate) fn shown(name: &str) -> String {
    const MOST: usize = 60;
    let plain = |c: char| if is_control(c) { '?' } else { c };
    let mut short: String = name.chars().take(MOST).map(plain).collect();
    if name.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

/// Of several known names that which is most like another.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.chars().take(100).collect::<String>();
    known.into_iter().min_by_key(|known| strsim::damerau_levenshtein(&name, known))
}
