//! The bare machine: reset and faults, a console and an exit status by semihosting, and the stack's high-water mark.
//!
//! The run-time crates set up RAM, the stack and, on hard-float targets, the FPU before `main`. On a board without a
//! debugger, replace [`Console`] by a UART and the exits by a reset: nothing else here knows about semihosting.
#![expect(unsafe_code, reason = "stack painting and fault handlers lie below the language")]

use crate::{Failure, Memory};
use core::fmt;
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

/// Runs the program's body and exits: 0 if it succeeded, 1 if not. A panic exits with another status than 0, too.
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

// Named alike by both run-times. The stack grows from `_stack_start` down towards `__sheap`, where statics end.
unsafe extern "C" {
    static mut __sdata: u32;
    static mut __sheap: u32;
    static mut _stack_start: u32;
}

const PAINT: u32 = 0xE1B0_E1B0;

/// Fills the unused stack with a pattern, for [`memory`] to see how much of it was overwritten.
#[inline(never)]
fn paint_stack() {
    let here = 0u32;
    // 64 words spare this function's own frame, of which `here` need not be the lowest part.
    let top = (&raw const here).wrapping_sub(64);
    let mut word = &raw mut __sheap;
    while word.cast_const() < top {
        // SAFETY: RAM between the statics and this frame, which nothing owns (there is no heap).
        unsafe { word.write_volatile(PAINT) };
        word = word.wrapping_add(1);
    }
}

/// The RAM used so far.
pub fn memory() -> Option<Memory> {
    let (bottom, start) = ((&raw const __sheap).addr(), (&raw const _stack_start).addr());
    let mut word = &raw const __sheap;
    // SAFETY: reads aligned words of RAM below the stack's start.
    while word.addr() < start && unsafe { word.read_volatile() } == PAINT {
        word = word.wrapping_add(1);
    }
    Some(Memory { statics: bottom - (&raw const __sdata).addr(), stack_peak: start - word.addr() })
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
    unsafe { core::arch::asm!("csrr {}, mepc", out(reg) pc) };
    fault(pc)
}

/// Without this a fault would spin for ever, and a test would wait for it.
fn fault(pc: usize) -> ! {
    semihosting::eprintln!("fault at {pc:#010x}");
    process::exit(2)
}
