//! A project of firmware for a model: what a user builds outside of any workspace.

use std::path::Path;

use elbow::FrameError;

use super::describe::describe_model;
use super::golden::Golden;
use super::rust_type::{constant_name, rust_source, type_name};
use crate::model::HostModel;

/// A machine that such a project can be for.
#[derive(Clone, Copy, Debug)]
pub struct Board {
    /// as the command line names it
    pub name: &'static str,
    about: &'static str,
    /// Rust's name for its core
    pub target: &'static str,
    runner: &'static str,
    memory: &'static str,
    runtime: &'static str,
    entry: &'static str,
}

const CORTEX_M: &str = "cortex-m-rt = \"0.7\"";
const RISC_V: &str = "riscv-rt = { version = \"0.18\", features = [\"memory\", \"single-hart\"] }";

/// Those that QEMU has: other boards differ in the layout of memory, and in how text comes out.
pub const BOARDS: [Board; 3] = [
    Board {
        name: "microbit",
        about: "the BBC micro:bit (Cortex-M0, 16 KB of RAM)",
        target: "thumbv6m-none-eabi",
        runner: "qemu-system-arm -machine microbit -nographic -monitor none -serial none \
                 -semihosting-config enable=on,target=native -kernel",
        memory: include_str!("project/microbit.x"),
        runtime: CORTEX_M,
        entry: "cortex_m_rt",
    },
    Board {
        name: "mps2-an386",
        about: "Arm's MPS2 with image AN386 (Cortex-M4F)",
        target: "thumbv7em-none-eabihf",
        runner: "qemu-system-arm -machine mps2-an386 -nographic -monitor none -serial none \
                 -semihosting-config enable=on,target=native -kernel",
        memory: include_str!("project/mps2-an386.x"),
        runtime: CORTEX_M,
        entry: "cortex_m_rt",
    },
    Board {
        name: "riscv-virt",
        about: "QEMU's virt (RV32IMAC)",
        target: "riscv32imac-unknown-none-elf",
        runner: "qemu-system-riscv32 -machine virt -bios none -nographic -monitor none -serial none \
                 -semihosting-config enable=on,target=native -kernel",
        memory: include_str!("project/riscv-virt.x"),
        runtime: RISC_V,
        entry: "riscv_rt",
    },
];

/// The files of a project, by their paths in its folder, for a model whose file is `bytes`. `elbow` is the
/// folder of the crate, or none where a registry has it.
///
/// # Errors
/// [`FrameError`] where frames of zeros and ones have no score.
pub fn project(
    model: &HostModel<'_>,
    bytes: &[u8],
    name: &str,
    board: &Board,
    elbow: Option<&Path>,
) -> Result<Vec<(&'static str, Vec<u8>)>, FrameError> {
    let dependency = match elbow {
        // quoted as TOML has it, whatever stands in the path
        Some(path) => {
            format!("elbow = {{ path = {:?}, default-features = false }}", path.to_string_lossy())
        }
        None => format!("elbow = {{ version = {:?}, default-features = false }}", env!("CARGO_PKG_VERSION")),
    };
    let (of_type, constant) = (type_name(model.metadata.name), constant_name(model.metadata.name));
    let words = [
        ("{name}", name),
        ("{elbow}", &dependency),
        ("{runtime}", board.runtime),
        ("{target}", board.target),
        ("{runner}", board.runner),
        ("{entry}", board.entry),
        ("{board}", board.about),
        ("{model}", &describe_model(model)),
        ("{type}", &of_type),
        ("{constant}", &constant),
        ("{function}", &constant.to_ascii_lowercase()),
    ];
    let fill = |text: &str| {
        words.iter().fold(text.to_owned(), |text, (word, value)| text.replace(word, value)).into_bytes()
    };
    Ok(vec![
        ("Cargo.toml", fill(include_str!("project/Cargo.toml.txt"))),
        ("README.md", fill(include_str!("project/README.md.txt"))),
        (".cargo/config.toml", fill(include_str!("project/config.toml.txt"))),
        ("build.rs", fill(include_str!("project/build.rs.txt"))),
        ("memory.x", board.memory.into()),
        ("model.elbow", bytes.into()),
        ("src/golden.rs", golden(model)?.into_bytes()),
        ("src/main.rs", fill(include_str!("project/main.rs.txt"))),
        ("src/model.rs", rust_source(model, model.samples_on_device()).into_bytes()),
    ])
}

/// Frames that every model takes, and the bits of their scores: a board's own check.
///
/// # Errors
/// [`FrameError`] where such a frame has no score.
fn golden(model: &HostModel<'_>) -> Result<String, FrameError> {
    let dims = model.metadata.architecture.features as usize;
    let mut golden = Golden::new(model, model.samples_on_device());
    golden.push(&vec![0.0; dims])?;
    golden.push(&vec![1.0; dims])?;
    golden.push(&(0..dims).map(|i| (i % 2) as f32).collect::<Vec<_>>())?;
    Ok(golden.rust_source())
}
