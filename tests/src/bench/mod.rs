//! The device benchmark: instructions, stack and flash of the engine on each core, counted in QEMU.
//!
//! With `-icount` every instruction takes the same virtual time, and a counter of the machine reads that
//! time, so a count is exact and the same on every host. What is counted stands in `elbow_firmware::bench`.

pub mod bars;
pub mod cores;
pub mod model;
pub mod report;
pub mod shapes;

use cores::{CORES, Core};
use elbow_firmware::bench;
use elbow_host::model::ModelBytes;
use std::{fs, panic::resume_unwind, path::PathBuf, thread};

/// One thing counted on one core.
#[derive(Clone, Debug)]
pub struct Count {
    /// the core's name
    pub core: &'static str,
    /// what was counted
    pub name: String,
    /// instructions
    pub instructions: u64,
    /// bytes of stack
    pub stack: usize,
}

/// The flash that an image takes which only loads the typical model and
/// scores a frame, beyond one that does nothing.
#[derive(Clone, Copy, Debug)]
pub struct Flash {
    /// the core's name
    pub core: &'static str,
    /// bytes of code and tables, without the model
    pub bytes: usize,
}

/// All that was measured.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// QEMU and the compiler, as they name themselves
    pub tools: String,
    /// counts, core by core
    pub counts: Vec<Count>,
    /// images that only score
    pub flash: Vec<Flash>,
}

/// Builds and runs everything on every core.
///
/// # Panics
/// An image does not build or run, or computes other bits than the host.
pub fn measure() -> Measured {
    let mut measured = Measured::default();
    let models = [("auto-encoder", model::auto_encoder()), ("typical", model::typical())];
    let places = models.each_ref().map(|(name, bytes)| write(name, bytes));
    let [auto_encoder, typical] = models.map(|(_, bytes)| ModelBytes::new(&bytes));
    let mut host = String::new();
    bench::all(auto_encoder.as_bytes(), typical.as_bytes(), &mut host).expect("the host runs it too");
    // side by side: a build waits for the linker, and a run for its one processor
    let one = |core: &'static Core| {
        (counts(core, &places, &host), ["bench-minimal", "bench-nothing"].map(|bin| core.build(bin)))
    };
    thread::scope(|scope| {
        let cores = CORES.each_ref().map(|core| (core, scope.spawn(|| one(core))));
        for (core, work) in cores {
            let (counts, [minimal, nothing]) = work.join().unwrap_or_else(|panic| resume_unwind(panic));
            measured.counts.extend(counts);
            measured.flash.push(Flash { core: core.name, bytes: minimal.flash() - nothing.flash() });
            measured.tools = format!("{}, {}", cores::qemu_version(), minimal.compiler());
        }
    });
    measured
}

fn counts(core: &'static Core, models: &[PathBuf], host: &str) -> Vec<Count> {
    let lines = core.run(&core.build("bench"), models);
    let start = lines.first().expect("the harness alone comes first").1.ticks;
    assert_eq!(lines.len(), host.lines().count(), "{} prints as many lines as the host", core.name);
    let counts = lines.into_iter().zip(host.lines()).map(|((name, cost), host)| {
        let bits = host.rsplit(' ').next().expect("a line ends with its bits");
        assert_eq!(format!("{:08x}", cost.bits), bits, "{name} on {} and on the host", core.name);
        let instructions = core.instructions(cost.ticks - start);
        Count { core: core.name, name, instructions, stack: cost.stack }
    });
    counts.skip(1).collect()
}

/// For QEMU's loader.
fn write(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = cores::target_folder().join("bench");
    fs::create_dir_all(&folder).expect("a folder for the models");
    let path = folder.join(name).with_extension("elbow");
    fs::write(&path, bytes).expect("a model is written");
    path
}
