//! Frames and the bits of their scores, as source: a device's own check.

use std::fmt::{self, Write as _};

use elbow::FrameError;

use super::c_header::commented;
use super::rust_type::constant_name;
use crate::model::HostModel;

/// Frames of a model, each with the bits of its score.
#[derive(Debug)]
pub struct Golden<'m> {
    model: &'m HostModel<'m>,
    samples: u32,
    frames: Vec<(Vec<f32>, u32)>,
}

impl<'m> Golden<'m> {
    /// None yet; a score is by so many samples.
    pub fn new(model: &'m HostModel<'m>, samples: u32) -> Self {
        Golden { model, samples, frames: Vec::new() }
    }

    /// Takes a frame.
    ///
    /// # Errors
    /// [`FrameError`] where it has no score.
    pub fn push(&mut self, frame: &[f32]) -> Result<(), FrameError> {
        let bits = self.model.engine.log_density(frame, self.samples)?.log_density.0.to_bits();
        self.frames.push((frame.to_vec(), bits));
        Ok(())
    }

    /// How many it has.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Rust, to be included: the frames, and a function that finds the first whose score has other bits.
    pub fn rust_source(&self) -> String {
        let Golden { samples, frames, .. } = self;
        let (name, dims, count) = (self.name(), self.dims(), self.len());
        let mut out = format!(
            "// Written by elbow {} for the model {}. Include it; do not edit it.

/// Frames, and the bits of their scores by {samples} samples.
#[allow(dead_code)]
pub static {name}_GOLDEN: [([f32; {dims}], u32); {count}] = [
",
            env!("CARGO_PKG_VERSION"),
            self.model.metadata.name,
        );
        for (frame, bits) in frames {
            let _ = writeln!(out, "    ({frame:?}, {bits:#010x}),");
        }
        let function = name.to_ascii_lowercase();
        let _ = write!(
            out,
            "];

/// The place of the first frame of [`{name}_GOLDEN`] whose score has other bits here, or none; nothing
/// where all are the same.
#[allow(dead_code)]
pub fn {function}_differs<D: elbow::Density>(model: &D) -> core::option::Option<usize>
where
    [f32; {dims}]: core::borrow::Borrow<D::Frame>,
{{
    {name}_GOLDEN.iter().position(|(frame, bits)| {{
        let score = model.log_density_until(core::borrow::Borrow::borrow(frame), {samples}, |_, _| false);
        score.map_or(true, |score| score.log_density.0.to_bits() != *bits)
    }})
}}
"
        );
        out
    }

    /// The same for C, a header beside `elbow.h`.
    pub fn c_header(&self) -> String {
        let Golden { samples, frames, .. } = self;
        let (name, dims, count) = (self.name(), self.dims(), self.len());
        let mut out = format!(
            "/* Written by elbow {} for the model {}. Do not edit it. */
#ifndef ELBOW_{name}_GOLDEN_H
#define ELBOW_{name}_GOLDEN_H

#include \"elbow.h\"

#include <string.h>

#define {name}_GOLDEN {count}u

/* The place of the first frame whose score by {samples} samples has other bits here, or none;
 * {name}_GOLDEN where all are the same. */
static inline size_t {}_differs(elbow_model *model) {{
    static const float frames[{name}_GOLDEN][{dims}] = {{
",
            env!("CARGO_PKG_VERSION"),
            commented(self.model.metadata.name),
            name.to_ascii_lowercase(),
        );
        for (frame, _) in frames {
            let _ = writeln!(out, "        {{{}}},", Listed(frame));
        }
        let bits = frames.iter().map(|(_, bits)| format!("{bits:#010x}u,")).collect::<Vec<_>>().join(" ");
        let _ = write!(
            out,
            "    }};
    static const uint32_t expected[{name}_GOLDEN] = {{{bits}}};
    for (size_t i = 0; i < {name}_GOLDEN; i++) {{
        elbow_result score;
        if (elbow_score(model, frames[i], {dims}, {samples}, &score) != ELBOW_OK) return i;
        if (memcmp(&score.log_density, &expected[i], sizeof expected[i]) != 0) return i;
    }}
    return {name}_GOLDEN;
}}

#endif /* ELBOW_{name}_GOLDEN_H */
"
        );
        out
    }

    fn name(&self) -> String {
        constant_name(self.model.metadata.name)
    }

    fn dims(&self) -> usize {
        self.model.metadata.architecture.features as usize
    }
}

/// Numbers as C has them, the shortest that read back as the same.
struct Listed<'a>(&'a [f32]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|x| write!(f, "{x:?}f,"))
    }
}
