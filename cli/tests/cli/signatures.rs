//! Keys, signatures, and what becomes of a signed model.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::bench::Bench;

/// A key, and the model signed as version 7.
fn signed() -> Bench {
    let bench = Bench::with_model();
    bench.good("keygen fleet.key");
    bench.good("sign engine.elbow --key fleet.key --version 7");
    bench
}

#[test]
fn a_signed_model_is_whose_it_says() {
    let bench = Bench::with_model();
    let unsigned = bench.read("engine.elbow");
    let told = bench.json("keygen fleet.key");
    let key = told["key"].as_str().unwrap();
    assert_eq!(bench.path("fleet.key").metadata().unwrap().permissions().mode() & 0o777, 0o600);
    for (file, constant) in [("fleet.rs", "pub const FLEET_KEY: [u8; 32]"), ("fleet.h", "FLEET_KEY[32]")] {
        assert!(String::from_utf8(bench.read(file)).unwrap().contains(constant), "{file}");
    }
    let told = bench.json("sign engine.elbow --key fleet.key --version 7");
    assert_eq!((told["version"].as_u64(), told["key"].as_str()), (Some(7), Some(key)));
    // the model itself is as it was, and so are its scores
    let bytes = bench.read("engine.elbow");
    assert!(bytes.starts_with(&unsigned) && bytes.len() == unsigned.len() + 108);
    bench.write("plain.elbow", &unsigned);
    let scores = |model: &str| bench.good(&format!("score {model} engine.csv"));
    assert_eq!(scores("engine.elbow"), scores("plain.elbow"));
    let held = bench.json("verify engine.elbow --key fleet.pub --oldest 7");
    assert_eq!((held["version"].as_u64(), held["key"].as_str()), (Some(7), Some(key)));
    let inspected = bench.json("inspect engine.elbow");
    assert_eq!(inspected["signed"]["version"], 7);
    assert_eq!(inspected["signed"]["key"], key);
    assert!(bench.json("inspect plain.elbow")["signed"].is_null());
    // signed once more it bears one signature
    let again = bench.json("sign engine.elbow --key fleet.key --version 8 --out next.elbow");
    assert_eq!((again["before"].as_u64(), again["file_bytes"].as_u64()), (Some(7), Some(bytes.len() as u64)));
    bench.good("verify next.elbow --key fleet.pub --oldest 8");
}

#[test]
fn what_is_not_is_refused_with_its_reason() {
    let bench = signed();
    bench.good("keygen other.key");
    bench.refuses(
        "verify engine.elbow --key other.pub",
        &["engine.elbow: the model is signed by another key"],
    );
    bench.refuses("verify engine.elbow --key fleet.pub --oldest 8", &["version 7, and none below 8"]);
    let mut bytes = bench.read("engine.elbow");
    bench.write("cut.elbow", &bytes[..bytes.len() - 1]);
    bench.refuses("verify cut.elbow --key fleet.pub", &["bears no signature, or is cut off"]);
    bench.write("long.elbow", [&bytes[..], b"x"].concat());
    bench.refuses("verify long.elbow --key fleet.pub", &["long.elbow", "copy the file again"]);
    bytes[100] ^= 4;
    bench.write("changed.elbow", &bytes);
    bench.refuses("verify changed.elbow --key fleet.pub", &["is not what was signed"]);
    // what is no key
    bench.refuses("verify engine.elbow --key engine.csv", &["engine.csv: holds no public key"]);
    bench.refuses("sign engine.elbow --key fleet.pub --version 1", &["fleet.pub: holds no secret key"]);
    bench.refuses("sign engine.elbow --key none --version 1", &["none: cannot read"]);
    bench.refuses("sign engine.csv --key fleet.key --version 1", &["engine.csv: not an Elbow model"]);
    bench.refuses("sign engine.elbow --key fleet.key", &["--version <N>"]);
    bench.refuses("sign engine.elbow --key fleet.key --version 4294967296", &["--version"]);
    bench.refuses("sign engine.elbow --key fleet.key --version 1 --out fleet.key", &["ends in .elbow"]);
}

#[test]
fn keys_are_never_written_over() {
    let bench = signed();
    let before = bench.files();
    bench.refuses("keygen fleet.key", &["fleet.key: is there already"]);
    for name in ["fleet.pub", "x.rs", "x.elbow", "-", "."] {
        bench.refuses(&format!("keygen {name}"), &[]);
    }
    bench.fails(1, "keygen none/fleet.key", &["cannot write"]);
    // names of 255 bytes at most: the secret has no room, some of the others have
    for ending in ["key", "k12345"] {
        let name = "x".repeat(255 - ending.len());
        bench.fails(1, &format!("keygen {name}.{ending}"), &["cannot write"]);
    }
    // a model's type of that name is not the key's to take
    bench.refuses("keygen engine.key", &["engine.rs: is there already"]);
    assert!(before == bench.files());
    std::fs::set_permissions(bench.path("fleet.key"), PermissionsExt::from_mode(0o644)).unwrap();
    let outcome = bench.run("sign engine.elbow --key fleet.key --version 8");
    assert_eq!(outcome.code, Some(0));
    assert!(outcome.stderr.contains("others may read this secret"), "{outcome:?}");
}

#[test]
fn no_other_command_writes_over_a_key() {
    let bench = Bench::with_model();
    bench.good("keygen fleet.safetensors");
    let key = bench.read("fleet.safetensors");
    for command in [
        "export engine.elbow --safetensors fleet.safetensors",
        "score engine.elbow engine.csv --out fleet.safetensors",
        "compress engine.elbow engine.csv fleet.safetensors",
    ] {
        bench.refuses(command, &["holds a secret key", "another name"]);
        assert_eq!(bench.read("fleet.safetensors"), key, "{command}");
    }
}

#[test]
fn what_is_made_from_a_signed_model_is_not_signed_and_says_so() {
    let bench = signed();
    let signed = bench.read("engine.elbow");
    for line in [
        "calibrate engine.elbow later.csv --false-alarm 0.1 --out alarm.elbow",
        "calibrate engine.elbow engine.csv --packets --bound 1 --resolution 0.01 --out plan.elbow",
        "quantize engine.elbow --weights int8 --out small.elbow",
        "export engine.elbow --c --out firmware",
        "new pump --model engine.elbow --board microbit",
        "calibrate engine.elbow later.csv --false-alarm 0.1",
    ] {
        assert!(bench.read("engine.elbow") == signed, "{line}");
        let outcome = bench.run(line);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert!(
            outcome.stderr.contains("signed as version 7; what is written is not"),
            "{line}: {outcome:?}"
        );
    }
    for model in ["alarm.elbow", "plan.elbow", "small.elbow", "engine.elbow", "pump/model.elbow"] {
        assert!(bench.json(&format!("inspect {model}"))["signed"].is_null(), "{model}");
    }
}

/// OpenSSL takes our keys and signatures, and we its keys; skipped where there is none.
#[test]
fn another_program_agrees() {
    let bench = signed();
    let openssl = |line: &str| {
        let folder = bench.path("");
        Command::new("openssl").args(line.split(' ')).current_dir(folder).output()
    };
    if openssl("version").is_err() {
        return eprintln!("skipped: no openssl");
    }
    let bytes = bench.read("engine.elbow");
    let (message, signature) = bytes.split_at(bytes.len() - 64);
    bench.write("message", message);
    bench.write("signature", signature);
    let line = "pkeyutl -verify -pubin -inkey fleet.pub -rawin -in message -sigfile signature";
    let verified = openssl(line).unwrap();
    assert!(verified.status.success(), "{verified:?}");
    assert!(openssl("genpkey -algorithm ed25519 -out theirs.key").unwrap().status.success());
    assert!(openssl("pkey -in theirs.key -pubout -out theirs.pub").unwrap().status.success());
    bench.good("sign engine.elbow --key theirs.key --version 1");
    bench.good("verify engine.elbow --key theirs.pub");
}
