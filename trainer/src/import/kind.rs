//! What a file of weights is: by its first bytes, not by its name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use elbow_reader::array_names;

use super::safetensors;
use crate::error::Error;
use crate::spelled::Word;

/// Whose weights they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framework {
    /// as the file looks
    #[default]
    Auto,
    /// arrays called `dense.kernel`, …
    Keras,
    /// a `state_dict`
    Torch,
    /// a graph
    Onnx,
}

impl Word for Framework {
    const NAME: &'static str = "from";

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Framework::Auto),
            "keras" => Ok(Framework::Keras),
            "torch" => Ok(Framework::Torch),
            "onnx" => Ok(Framework::Onnx),
            _ => Err("choose auto, keras, torch or onnx".into()),
        }
    }
}

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `.npz` of dense layers as Keras names them
    KerasNpz,
    /// `.npz` of a `state_dict`
    TorchNpz,
    /// safetensors of a `state_dict`
    Safetensors,
    /// a graph
    Onnx,
}

/// Files that are not read, by what they begin with, and what makes one that is.
const REFUSED: [(&[u8], &str); 7] = [
    // a byte that says that it is one, and its version
    (b"\x80\x02", PICKLE),
    (b"\x80\x03", PICKLE),
    (b"\x80\x04", PICKLE),
    (b"\x80\x05", PICKLE),
    (b"\x89HDF", KERAS),
    (b"GGUF", "is a file of a language model"),
    (b"\x93NUMPY", "is a single array, and a network has several: write them with numpy.savez"),
];
const PICKLE: &str = "is a pickle, which runs code when it is read; in Python: from safetensors.torch import \
                      save_file; save_file(torch.load(\"FILE\", weights_only=True), \"FILE.safetensors\")";
const KERAS: &str = "is a file of Keras; write the weights of its layers with numpy.savez, called \
                     dense.kernel, dense.bias, dense_1.kernel, …";

impl Kind {
    /// What a file is.
    ///
    /// # Errors
    /// Where it is none of these, and what to do.
    pub fn of(path: &Path, framework: Framework) -> Result<Kind, Error> {
        Kind::of_head(path, &head(path)?, framework)
    }

    /// What begins with these bytes.
    pub(super) fn of_head(path: &Path, head: &[u8], framework: Framework) -> Result<Kind, Error> {
        let head = &head[..head.len().min(HEAD)];
        let refused = |problem: &str| Err(Error::weights(path)(problem.into()));
        let has = |name: &[u8]| head.windows(name.len()).any(|window| window == name);
        // before all others: its length may begin with their bytes
        if is_safetensors(head) {
            return match framework {
                Framework::Auto | Framework::Torch => Ok(Kind::Safetensors),
                _ => refused("is safetensors of PyTorch; leave --from out"),
            };
        }
        if head.starts_with(b"PK") {
            return match (has(b"/data.pkl"), has(b"config.json") || has(b"model.weights.h5")) {
                (true, _) => refused(PICKLE),
                (_, true) => refused(KERAS),
                _ => npz(path, framework),
            };
        }
        if let Some((_, what)) = REFUSED.iter().find(|(begin, _)| head.starts_with(begin)) {
            return refused(what);
        }
        // one whose length is damaged
        if head.get(8) == Some(&b'{') && matches!(framework, Framework::Auto | Framework::Torch) {
            return Ok(Kind::Safetensors);
        }
        // the field of a version, which every exporter writes first
        if framework == Framework::Onnx || (framework == Framework::Auto && head.starts_with(b"\x08")) {
            return Ok(Kind::Onnx);
        }
        refused(
            "is neither .npz, safetensors nor ONNX; in Python: \
             safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")",
        )
    }
}

/// The length of a header, and what it begins with. Other kinds begin with larger numbers.
fn is_safetensors(head: &[u8]) -> bool {
    let Some((length, rest)) = head.split_first_chunk() else { return false };
    rest.starts_with(b"{") && u64::from_le_bytes(*length) <= safetensors::LONGEST as u64
}

/// Bytes that tell what a file is.
const HEAD: usize = 4096;

/// What a file begins with.
fn head(path: &Path) -> Result<Vec<u8>, Error> {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD as u64).read_to_end(&mut head));
    read.map_err(Error::io("read", path))?;
    Ok(head)
}

/// PyTorch's names where there are any, else Keras'.
fn npz(path: &Path, framework: Framework) -> Result<Kind, Error> {
    let is_torch = |names: Vec<String>| names.iter().any(|name| name.ends_with("weight"));
    match framework {
        Framework::Keras => Ok(Kind::KerasNpz),
        Framework::Torch => Ok(Kind::TorchNpz),
        Framework::Onnx => Err(Error::weights(path)("is a .npz file, and no graph of ONNX".into())),
        Framework::Auto => Ok(if is_torch(array_names(path)?) { Kind::TorchNpz } else { Kind::KerasNpz }),
    }
}
