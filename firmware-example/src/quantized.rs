//! Both models with weights of eight bits, for the conformance set: one on
//! floats, one in integers throughout.
//!
//! `elbow quantize firmware-example/model/sphere.elbow --weights int8 --calibration
//! data/telemetry/telemetry.csv.gz --samples 16 --out firmware-example/model/sphere_int8.elbow`, and the same
//! of `demo.elbow` with `int8x8`, write what is embedded here.

use elbow::LoadError;

include!("../model/sphere_int8.rs");
include!("../model/demo_int8x8.rs");

static SPHERE: &[u8] = elbow::include_model!("../model/sphere_int8.elbow");
static DEMO: &[u8] = elbow::include_model!("../model/demo_int8x8.elbow");

/// Checks the embedded bytes and borrows the models from them.
///
/// # Errors
/// The bytes of a model are damaged or of another shape.
pub fn load() -> Result<(SphereInt8<'static>, DemoInt8x8<'static>), LoadError> {
    Ok((SphereInt8::from_bytes(SPHERE)?, DemoInt8x8::from_bytes(DEMO)?))
}
