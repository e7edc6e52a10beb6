//! The bare machine: reset and faults, a console and an exit status by
//! semihosting, and the stack's high-water mark.
//!
//! The run-time crates set up RAM, the stack and, on hard-float targets, the FPU before
//! `main`. On a board without a debugger, replace [`Console`] by a UART and the exits by a
//! reset: nothing else here knows about semihosting.
#![expect(unsafe_code, reason = "stack painting and fault handlers lie below the language")]

use crate::{Cost, Failure, Memory};
use core::{arch::asm, fmt};
use semihosting::{io, io::Write as _, process};

#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;

/// The debugger's, or QEMU's, standard output.
#[derive(Debug)]
pub struct Console(io::Stdout);

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write_all(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// Runs the program's body and exits: 0 if it succeeded, 1 if not. A panic
/// exits with another status than 0, too.
pub fn run(body: impl FnOnce(&mut Console) -> Result<(), Failure>) -> ! {
    paint_stack();
    match io::stdout().map_err(|_| Failure::Console).and_then(|out| body(&mut Console(out))) {
        Ok(()) => process::exit(0),
        Err(failure) => {
            semihosting::eprintln!("{failure}");
            process::exit(1)
        }
    }
}

// Named alike by both run-times. The stack grows from `_stack_start` down
// towards `__sheap`, where statics end.
unsafe extern "C" {
    static mut __sdata: u32;
    static mut __sheap: u32;
    static mut _stack_start: u32;
    // By the memory layout.
    static _model: u32;
    #[cfg(target_arch = "arm")]
    static _counter: u32;
}

const PAINT: u32 = 0xE1B0_E1B0;

/// Fills the unused stack with a pattern, for [`stack_floor`] to see how much of it was overwritten.
fn paint_stack() {
    let (mut word, top) = (&raw mut __sheap, stack_pointer());
    while word.addr() < top {
        // SAFETY: RAM between the statics and the stack, which nothing owns (there is no heap).
        unsafe { word.write_volatile(PAINT) };
        word = word.wrapping_add(1);
    }
}

/// The lowest address that the stack has reached since it was painted.
fn stack_floor() -> usize {
    let (mut word, start) = (&raw const __sheap, (&raw const _stack_start).addr());
    // SAFETY: reads aligned words of RAM below the stack's start.
    while word.addr() < start && unsafe { word.read_volatile() } == PAINT {
        word = word.wrapping_add(1);
    }
    word.addr()
}

#[inline(always)]
fn stack_pointer() -> usize {
    let address;
    // SAFETY: reads a register. Not `pure`: the stack moves.
    unsafe {
        #[cfg(target_arch = "arm")]
        asm!("mov {}, sp", out(reg) address, options(nomem, nostack, preserves_flags));
        #[cfg(target_arch = "riscv32")]
        asm!("mv {}, sp", out(reg) address, options(nomem, nostack, preserves_flags));
    }
    address
}

/// The RAM used so far.
pub fn memory() -> Option<Memory> {
    let (statics, start) = ((&raw const __sdata).addr(), (&raw const _stack_start).addr());
    Some(Memory { statics: (&raw const __sheap).addr() - statics, stack_peak: start - stack_floor() })
}

/// Does `work` and tells how much stack it took, in bytes.
pub fn stack_of<R>(work: impl FnOnce() -> R) -> (R, usize) {
    paint_stack();
    let top = stack_pointer();
    let result = framed(work);
    (result, top - stack_floor())
}

/// A frame of its own, so that what is inlined into it counts as stack.
#[inline(never)]
fn framed<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// Counts `work`, and takes `bits` of its result.
pub fn measure<R>(work: impl FnOnce() -> R, bits: impl FnOnce(&R) -> u32) -> Cost {
    paint_stack();
    let top = stack_pointer();
    let (ticks, bits) = timed(work, bits);
    Cost { ticks, stack: top - stack_floor(), bits }
}

/// A frame of its own, so that what is inlined into it counts as stack.
#[inline(never)]
fn timed<R>(work: impl FnOnce() -> R, bits: impl FnOnce(&R) -> u32) -> (u32, u32) {
    let start = counter();
    let result = work();
    (counter().wrapping_sub(start), bits(&result))
}

/// A counter that QEMU's `-icount` ties to instructions: of the machine's
/// time on Arm, of instructions on RISC-V.
#[inline(always)]
fn counter() -> u32 {
    let ticks;
    // SAFETY: reads a device's register that the memory layout names, or a counter of the core. The compiler
    // must believe that memory is touched, or it would move work past the reading.
    unsafe {
        #[cfg(target_arch = "arm")]
        asm!("ldr {}, [{}]", out(reg) ticks, in(reg) &raw const _counter, options(nostack, preserves_flags));
        #[cfg(target_arch = "riscv32")]
        asm!("csrr {}, minstret", out(reg) ticks, options(nostack, preserves_flags));
    }
    ticks
}

/// A model file that lies beside the image, in one of the places of its
/// own; empty where nothing was put there.
#[inline(never)]
pub fn model(place: usize) -> &'static [u8] {
    let file = (&raw const _model).wrapping_byte_add(place * crate::MODEL_PLACE);
    // SAFETY: memory that the layout sets aside and nothing writes.
    let place: &[u8] = unsafe { core::slice::from_raw_parts(file.cast(), crate::MODEL_PLACE) };
    elbow::format::prefix(place)
}

#[cfg(target_arch = "arm")]
#[cortex_m_rt::exception]
unsafe fn HardFault(frame: &cortex_m_rt::ExceptionFrame) -> ! {
    fault(frame.pc() as usize)
}

#[cfg(target_arch = "riscv32")]
#[unsafe(export_name = "ExceptionHandler")]
fn exception(_: &riscv_rt::TrapFrame) -> ! {
    let pc: usize;
    // SAFETY: reads a register that exists in machine mode, where everything here runs.
    unsafe { asm!("csrr {}, mepc", out(reg) pc) };
    fault(pc)
}

/// Without this a fault would spin for ever, and a test would wait for it. Its text takes no formatting,
/// which would be the largest part of an image that only scores.
fn fault(pc: usize) -> ! {
    let mut text = *b"fault at 0x00000000\n";
    for (digit, nibble) in text[11..19].iter_mut().rev().zip(0..) {
        *digit = b"0123456789abcdef"[pc >> (4 * nibble) & 15];
    }
    if let Ok(mut out) = io::stderr() {
        // there is nobody to tell that nobody can be told
        let _ = out.write_all(&text);
    }
    process::exit(2)
}
