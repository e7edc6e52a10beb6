//! The sections of a model file as bytes.

use elbow::architecture::{Architecture, Number, Section, Visit};
use elbow::fingerprint::Part;
use elbow::format::ALIGNMENT;
use elbow::kernel::TILE;

/// The numbers of a section.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "named after the types that they hold")]
pub enum Numbers {
    F32(Vec<f32>),
    I8(Vec<i8>),
    U16(Vec<u16>),
    I32(Vec<i32>),
}

impl Numbers {
    /// What type they are, and how many.
    fn kind(&self) -> (Number, u64) {
        let (number, len) = match self {
            Numbers::F32(values) => (Number::F32, values.len()),
            Numbers::I8(values) => (Number::I8, values.len()),
            Numbers::U16(values) => (Number::U16, values.len()),
            Numbers::I32(values) => (Number::I32, values.len()),
        };
        (number, len as u64)
    }
}

/// Where in a model a section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// the part that takes the section
    pub part: Part,
    /// dense layers that come before the part
    pub layer: usize,
}

/// The parameters of a model of this shape, in the order of its walk. `layer` gives the sections of dense
/// layers, and of what makes their inputs integers; `runs` has those of the other parts by the role of the
/// outermost part around them, in a row.
///
/// # Panics
/// If the numbers are not as many, or of another type, than the shape says.
pub fn parameters(
    shape: &Architecture,
    runs: &[(&'static str, &Sections)],
    layer: impl FnMut(Place, &Section) -> Numbers,
) -> Vec<u8> {
    let runs = runs.iter().map(|(role, run)| (*role, &run.0[..])).collect();
    let place = Place { part: Part::Vae, layer: 0 };
    let mut writer = Writer { layer, runs, place, within: "", layers: 0, out: Sections::default() };
    shape.visit(&mut writer);
    let left = writer.runs.iter().find(|(_, run)| !run.is_empty());
    assert_eq!(left, None, "more numbers than {shape:?} has");
    writer.out.0
}

struct Writer<'a, N> {
    layer: N,
    /// what is left of them
    runs: Vec<(&'static str, &'a [u8])>,
    place: Place,
    /// the role of the outermost part
    within: &'static str,
    /// dense layers that have ended
    layers: usize,
    out: Sections,
}

impl<N: FnMut(Place, &Section) -> Numbers> Visit for Writer<'_, N> {
    fn part(&mut self, role: &'static str, part: Part, inside: impl FnOnce(&mut Self)) {
        let around = (self.place, self.within);
        if matches!(self.place.part, Part::Vae | Part::Mixture) {
            self.within = role;
        }
        self.place = Place { part, layer: self.layers };
        inside(self);
        (self.place, self.within) = around;
        self.layers += usize::from(part.is_layer());
    }

    fn section(&mut self, section: Section) {
        let Place { part, .. } = self.place;
        if part.is_layer() || part == Part::Quantize {
            let numbers = (self.layer)(self.place, &section);
            assert_eq!(numbers.kind(), (section.number, section.len), "{:?}: {}", self.place, section.name);
            return self.out.add(&numbers);
        }
        let run = self.runs.iter_mut().find(|(role, _)| *role == self.within);
        let cut = run.and_then(|(_, run)| {
            let (cut, rest) =
                run.split_at_checked(section.bytes().next_multiple_of(ALIGNMENT as u64) as usize)?;
            *run = rest;
            Some(cut)
        });
        self.out.0.extend(cut.unwrap_or_else(|| panic!("no {} for {:?}", section.name, self.place)));
    }
}

/// Sections of little-endian numbers, each padded with zeros to [`ALIGNMENT`].
#[derive(Clone, Debug, Default)]
pub struct Sections(pub Vec<u8>);

impl Sections {
    /// Little-endian numbers of `N` bytes.
    pub fn numbers<const N: usize>(&mut self, numbers: impl IntoIterator<Item = [u8; N]>) {
        self.0.extend(numbers.into_iter().flatten());
        self.0.resize(self.0.len().next_multiple_of(ALIGNMENT), 0);
    }

    /// A section of floats.
    pub fn floats(&mut self, values: &[f32]) {
        self.numbers(values.iter().map(|value| value.to_le_bytes()));
    }

    /// A section of small integers.
    pub fn integers(&mut self, values: &[u16]) {
        self.numbers(values.iter().map(|value| value.to_le_bytes()));
    }

    fn add(&mut self, numbers: &Numbers) {
        match numbers {
            Numbers::F32(values) => self.floats(values),
            Numbers::I8(values) => self.numbers(values.iter().map(|value| value.to_le_bytes())),
            Numbers::U16(values) => self.integers(values),
            Numbers::I32(values) => self.numbers(values.iter().map(|value| value.to_le_bytes())),
        }
    }
}

/// Row-major `[output][input]` to tiles `[output / 8][input][8]`, the last one padded with zeros.
pub fn tiled<T: Copy + Default>(weights: &[T], inputs: usize) -> Vec<T> {
    let mut tiled = Vec::with_capacity(weights.len() + TILE * inputs);
    for rows in weights.chunks(TILE * inputs) {
        for input in 0..inputs {
            let column = rows.iter().skip(input).step_by(inputs);
            tiled.extend(column.copied().chain(std::iter::repeat(T::default())).take(TILE));
        }
    }
    tiled
}

/// One number for each output, then zeros to the end of the last tile.
pub fn padded<T: Copy + Default>(values: &[T]) -> Vec<T> {
    let mut padded = values.to_vec();
    padded.resize(values.len().next_multiple_of(TILE), T::default());
    padded
}
