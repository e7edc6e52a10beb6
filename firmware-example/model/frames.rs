// Written by elbow 0.1.0 beside frames.bin: recorded frames for the firmware example. Do not edit it.

/// Frames in `frames.bin`: 48 normal ones, then the disturbances.
pub const DEMO_FRAMES: usize = 240;
/// Log density, in nats, below which one in a hundred of the fitted frames lies.
pub const DEMO_THRESHOLD: f32 = -456.26105;
