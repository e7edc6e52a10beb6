//! The cores, the machines of QEMU that stand for them, and how to count on each.

use crate::{image::Image, qemu};
use elbow_firmware::Cost;
use std::{env, ffi::OsStr, path::PathBuf, process::Command};

/// A core and its machine.
#[derive(Clone, Copy, Debug)]
pub struct Core {
    /// its name, and that of the build
    pub name: &'static str,
    /// Rust's name for it
    pub target: &'static str,
    /// flags for the compiler
    pub flags: Option<&'static str>,
    /// the memory layout, `firmware-example/memory/LAYOUT.x`, where it is not the target's own
    pub layout: Option<&'static str>,
    /// the profile of the build, where it is not `firmware`
    pub profile: Option<&'static str>,
    /// computes with floats itself
    pub has_fpu: bool,
    machine: &'static str,
    /// ticks of the machine's counter in 100 instructions
    ticks: u64,
}

// With `-icount shift=8` an instruction takes 256 ns: 6.4 ticks at 25 MHz, 5.12 at 20 MHz.
const AT_25_MHZ: u64 = 640;
const AT_20_MHZ: u64 = 512;

const M4F: Core = Core {
    name: "Cortex-M4F",
    target: "thumbv7em-none-eabihf",
    flags: None,
    layout: None,
    profile: None,
    has_fpu: true,
    machine: "mps2-an386",
    ticks: AT_25_MHZ,
};

// The microbit has room for neither the auto-encoder nor a counter. The instructions are the same on a
// Cortex-M3.
const M0: Core = Core {
    name: "Cortex-M0",
    target: "thumbv6m-none-eabi",
    layout: Some("mps2-an385"),
    has_fpu: false,
    machine: "mps2-an385",
    ..M4F
};

const RV32: Core = Core {
    name: "RV32IMAC",
    target: "riscv32imac-unknown-none-elf",
    has_fpu: false,
    machine: "virt",
    ticks: 100,
    ..M4F
};

/// Built for size.
const SMALL: Option<&str> = Some("firmware-small");

/// All of them.
pub const CORES: [Core; 9] = [
    M0,
    M4F,
    Core { name: "Cortex-M4F, target-cpu=cortex-m4", flags: Some("-C target-cpu=cortex-m4"), ..M4F },
    Core {
        name: "Cortex-M33",
        target: "thumbv8m.main-none-eabihf",
        machine: "mps2-an505",
        ticks: AT_20_MHZ,
        ..M4F
    },
    Core {
        name: "Cortex-M55, target-cpu=cortex-m55",
        target: "thumbv8m.main-none-eabihf",
        flags: Some("-C target-cpu=cortex-m55"),
        layout: Some("mps3-an547"),
        machine: "mps3-an547",
        ticks: AT_20_MHZ,
        ..M4F
    },
    RV32,
    Core { name: "Cortex-M0, opt-level=s", profile: SMALL, ..M0 },
    Core { name: "Cortex-M4F, opt-level=s", profile: SMALL, ..M4F },
    Core { name: "RV32IMAC, opt-level=s", profile: SMALL, ..RV32 },
];

impl Core {
    /// Instructions in a number of ticks.
    pub fn instructions(&self, ticks: u32) -> u64 {
        (u64::from(ticks) * 100 + self.ticks / 2) / self.ticks
    }

    /// Links one of the firmware's bins.
    ///
    /// # Panics
    /// It does not build.
    pub fn build(&self, bin: &str) -> Image {
        let mut variables: Vec<(&str, &OsStr)> = vec![];
        // The folder of a target is for its own layout and flags: others would build it over and over.
        let folder = target_folder().join("bench").join(self.name.replace([' ', ','], "-"));
        if self.flags.or(self.layout).is_some() {
            variables.push(("CARGO_TARGET_DIR", folder.as_os_str()));
        }
        variables.extend(self.layout.map(|layout| ("ELBOW_MACHINE", layout.as_ref())));
        variables.extend(self.flags.map(|flags| ("RUSTFLAGS", flags.as_ref())));
        variables.extend(self.profile.map(|profile| ("ELBOW_PROFILE", profile.as_ref())));
        qemu::build_with(self.target, bin, &variables)
    }

    /// Runs an image with models beside it and takes its lines apart.
    ///
    /// # Panics
    /// It fails, or prints something else than counts.
    pub fn run(&self, image: &Image, models: &[PathBuf]) -> Vec<(String, Cost)> {
        let text = self.start(image, models);
        let cost = |line: &str| -> Option<(String, Cost)> {
            let [name, ticks, stack, bits] = line.split(' ').collect::<Vec<_>>()[..] else { return None };
            let (ticks, stack) = (ticks.parse().ok()?, stack.parse().ok()?);
            Some((name.to_owned(), Cost { ticks, stack, bits: u32::from_str_radix(bits, 16).ok()? }))
        };
        text.lines()
            .map(|line| cost(line).unwrap_or_else(|| panic!("{}: {line}", image.path().display())))
            .collect()
    }

    fn qemu(&self) -> &'static str {
        if self.target.starts_with("riscv") { "qemu-system-riscv32" } else { "qemu-system-arm" }
    }

    fn start(&self, image: &Image, models: &[PathBuf]) -> String {
        let mut qemu = Command::new(self.qemu());
        if self.target.starts_with("riscv") {
            qemu.args(["-bios", "none", "-icount", "shift=0"]);
        } else {
            qemu.args(["-icount", "shift=8"]);
        }
        qemu.args(["-machine", self.machine, "-nographic", "-monitor", "none", "-serial", "none"]);
        qemu.args(["-semihosting-config", "enable=on,target=native", "-kernel"]).arg(image.path());
        for (i, model) in models.iter().enumerate() {
            let place = image.address_of("_model") + (i * elbow_firmware::MODEL_PLACE) as u64;
            qemu.arg("-device").arg(format!("loader,file={},addr={place:#x},force-raw=on", model.display()));
        }
        let output = qemu::finish(&mut qemu);
        assert!(
            output.status.success(),
            "{}: {}",
            image.path().display(),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("the firmware prints text")
    }
}

/// QEMU's version, as it says it.
///
/// # Panics
/// There is no QEMU.
pub fn qemu_version() -> String {
    let output = qemu::finish(Command::new("qemu-system-arm").arg("--version"));
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split_whitespace().nth(3).expect("QEMU emulator version …");
    format!("QEMU {version}")
}

/// Where Cargo builds.
pub(super) fn target_folder() -> PathBuf {
    let folder = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    qemu::root().join(folder)
}
