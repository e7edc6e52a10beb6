//! A timer to count instructions with, on QEMU's Cortex-M boards mps2 with
//! `-icount shift=8` alone, where time is instructions.
#![cfg_attr(
    all(target_os = "none", target_arch = "arm"),
    expect(unsafe_code, reason = "a timer's registers")
)]

/// Instructions since the timer had this many ticks left, up to 600 million.
pub fn instructions_since(start: u32) -> u64 {
    // an instruction is 2⁸ ns, a tick of the 25 MHz timer 40 ns
    u64::from(start.wrapping_sub(ticks_left())) * 10 / 64
}

/// The timer 0 of the board, which counts down; started by the first call.
#[cfg(all(target_os = "none", target_arch = "arm"))]
pub fn ticks_left() -> u32 {
    let [control, value, reload] = [0x4000_0000_usize, 0x4000_0004, 0x4000_0008].map(|at| at as *mut u32);
    // SAFETY: registers of a peripheral that nothing else uses.
    unsafe {
        if control.read_volatile() == 0 {
            reload.write_volatile(u32::MAX);
            value.write_volatile(u32::MAX);
            control.write_volatile(1);
        }
        value.read_volatile()
    }
}

/// No timer here.
#[cfg(not(all(target_os = "none", target_arch = "arm")))]
pub fn ticks_left() -> u32 {
    0
}
