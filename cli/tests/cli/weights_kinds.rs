//! Files of weights that look like others.

use crate::bench::Bench;
use crate::weights::with_header;

/// A header's length may begin with the bytes of a pickle, of a zip file and of a graph.
#[test]
fn a_header_of_any_length_is_a_header() {
    let bench = Bench::new();
    bench.weights(&["ae_relu.safetensors"]);
    let sound = bench.read("ae_relu.safetensors");
    let (length, rest) = sound.split_first_chunk().unwrap();
    let (header, data) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let header = std::str::from_utf8(header).unwrap();
    for length in [1032, 1152, 0x280 + 0x400, 0x0480, 0x4b50] {
        bench.write("m.safetensors", [with_header(&format!("{header:length$}"), 0), data.to_vec()].concat());
        bench.good("import m.safetensors --out m.elbow");
        assert!(bench.read("m.safetensors").starts_with(&(length as u64).to_le_bytes()));
    }
    for framework in ["keras", "onnx"] {
        let import = format!("import m.safetensors --from {framework} --out n.elbow");
        bench.refuses(&import, &["is safetensors of PyTorch"]);
    }
}

/// A file may be of any length; what is longer than any network is not read to its end.
#[test]
fn a_file_beyond_all_networks_is_refused() {
    let bench = Bench::new();
    bench.write("m.safetensors", with_header("{}", 0));
    let file = std::fs::File::options().write(true).open(bench.path("m.safetensors")).unwrap();
    // a hole of the file system
    file.set_len((1 << 28) + 1).unwrap();
    let outcome = bench.run("import m.safetensors --out m.elbow");
    outcome.is_failure(2, &["m.safetensors", "more than 268435456 bytes"]);
}

/// Arrays tile the file, as the format has it: what overlaps claims more than there is.
#[test]
fn arrays_lie_one_behind_the_other() {
    let bench = Bench::new();
    let array = |name: &str, [begin, end]: [usize; 2]| {
        format!(r#""{name}.weight":{{"dtype":"F32","shape":[2,2],"data_offsets":[{begin},{end}]}}"#)
    };
    let whole = "overlap, or leave bytes";
    for (places, bytes, said) in [
        ([[0, 16], [0, 16]], 16, whole),
        ([[0, 16], [8, 24]], 24, whole),
        ([[0, 16], [24, 40]], 40, whole),
        ([[8, 24], [24, 40]], 40, whole),
        ([[0, 16], [16, 32]], 33, whole),
        ([[16, 32], [16, 0]], 32, "outside the file"),
    ] {
        let header = format!("{{{},{}}}", array("a", places[0]), array("b", places[1]));
        bench.write("m.safetensors", with_header(&header, bytes));
        bench.refuses("import m.safetensors --out m.elbow", &["m.safetensors", said]);
    }
    // in any order
    let header = format!("{{{},{}}}", array("a", [16, 32]), array("b", [0, 16]));
    bench.write("m.safetensors", with_header(&header, 32));
    bench.good("import m.safetensors --out m.elbow");
    bench.write("m.safetensors", with_header(&format!("{{{}", " ".repeat(2_000_000)), 0));
    bench.refuses("import m.safetensors --out n.elbow", &["a header of 2000001 bytes"]);
}
