// Written by elbow 0.1.0 beside frames.bin: recorded frames for the firmware example. Do not edit it.

/// Frames in `frames.bin`: 48 normal ones, then the disturbances.
pub const DEMO_FRAMES: usize = 240;
