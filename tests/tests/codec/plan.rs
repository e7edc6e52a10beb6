//! The plan of packets in a model's file: device and host write the same
//! packets by it, and what is damaged is refused.

use elbow::architecture::LikelihoodKind;
use elbow::codec::{
    ENVELOPE_LEN, Fidelity as Closeness, HEADER_LEN, PacketError, PacketPlan, Settings, model_id,
};
use elbow::format::ModelFile;
use elbow::format::fields::PACKET_PLAN;
use elbow::{Calibrated, Dense, Gaussian, GaussianHead, LoadError, Standardize, Tanh, Vae};
use elbow_host::compress::{Fidelity, FileProblem, Options, compress, decompress, plan_packets, unpack_one};
use elbow_host::model::ModelBytes;
use elbow_host::score::calibrate::calibrate;
use elbow_reader::{Dataset, LoadOptions, load};
use elbow_tests::files::{place, signed, with_fields};
use elbow_tests::models::{Model, architecture, generator};
use elbow_tests::signals::signal;
use std::path::{Path, PathBuf};

const COLUMNS: usize = 12;
const ROWS: usize = 60;
const WINDOWS: u8 = 10;
const BOUND: u16 = 3;

type Small<'a> = Vae<(
    Standardize<'a, COLUMNS>,
    (Dense<'a, COLUMNS, 8, Tanh>,),
    GaussianHead<Dense<'a, 8, 3>, Dense<'a, 8, 3>>,
    (Dense<'a, 3, 8, Tanh>,),
    Gaussian<'a, Dense<'a, 8, COLUMNS>>,
)>;

fn model() -> ModelBytes {
    let shape = architecture(COLUMNS as u32, &[8], 3, &[8], LikelihoodKind::Gaussian);
    ModelBytes::new(&Model::random(shape, 4).encode())
}

fn samples() -> Vec<i16> {
    signal(1, ROWS, COLUMNS, &mut generator(9))
}

/// The samples as an array file of NumPy's.
fn write_samples(folder: &Path) -> PathBuf {
    let text = format!("{{'descr': '<i2', 'fortran_order': False, 'shape': ({ROWS}, {COLUMNS}), }}");
    let mut bytes = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    bytes.extend(format!("{text:117}\n").as_bytes());
    bytes.extend(samples().iter().flat_map(|x| x.to_le_bytes()));
    std::fs::write(folder.join("in.npy"), bytes).unwrap();
    folder.join("in.npy")
}

fn options(windows_per_packet: Option<u8>) -> Options {
    Options {
        fidelity: Fidelity::Within(BOUND),
        windows_per_packet,
        resolution: None,
        refine: 0,
        skip_broken: false,
    }
}

fn planned(model: &ModelBytes, input: &Path) -> ModelBytes {
    plan_packets(&model.open().unwrap(), "small", input, &options(Some(WINDOWS)), &mut |_| ()).unwrap()
}

fn alarming(model: &ModelBytes) -> ModelBytes {
    let frames = samples().iter().map(|x| f32::from(*x) / 100.0).collect();
    let data = Dataset::of("frames", frames, COLUMNS);
    calibrate(&model.open().unwrap(), "small", &data, 0.1, 8, || ()).unwrap()
}

/// The packets of a file, as the host writes them.
fn packets(model: &ModelBytes, input: &Path, windows: Option<u8>) -> (bool, Vec<Vec<u8>>) {
    let out = input.with_extension("packets");
    let id = model_id(model.as_bytes());
    let summary = compress(&model.open().unwrap(), id, input, &out, &options(windows), &mut |_| ()).unwrap();
    let file = std::fs::read(out).unwrap();
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    let (mut at, mut packets) = (14 + word(10) + 4, Vec::new());
    while word(at) > 0 {
        packets.push(file[at + 12..at + 12 + word(at)].to_vec());
        at += 12 + word(at);
    }
    (summary.planned, packets)
}

#[test]
fn a_device_writes_the_hosts_packets() {
    let folder = tempfile::tempdir().unwrap();
    let input = write_samples(folder.path());
    let bytes = planned(&alarming(&model()), &input);
    let (kept_to, on_host) = packets(&bytes, &input, None);
    assert!(kept_to);

    let file = ModelFile::parse(bytes.as_bytes()).unwrap();
    let (model, plan) = (file.model::<Small<'_>>().unwrap(), PacketPlan::of(&file).unwrap());
    assert_eq!((plan.rows * plan.channels, plan.windows, plan.latent_scales.len()), (COLUMNS, 10, 3));
    assert_eq!(plan.fidelity, Closeness::Within(BOUND));
    let codec = plan.codec(&model, model_id(bytes.as_bytes())).unwrap();
    let mut scratch = vec![0; codec.scratch_len(plan.windows)];
    let mut packet = vec![0; codec.max_packet_len::<i16>(plan.windows)];
    let samples = samples();
    let on_device = (0..).zip(samples.chunks(plan.windows * codec.frame())).map(|(sequence, samples)| {
        let settings = Settings { sequence, fidelity: plan.fidelity };
        let encoded = codec.encode(samples, settings, &mut scratch, &mut packet).unwrap();
        packet[..encoded.len].to_vec()
    });
    assert_eq!(on_device.collect::<Vec<_>>(), on_host);
}

#[test]
fn a_packet_of_a_device_is_read_alone() {
    let folder = tempfile::tempdir().unwrap();
    let input = write_samples(folder.path());
    let bytes = planned(&model(), &input);
    let (model, id) = (bytes.open().unwrap(), model_id(bytes.as_bytes()));
    let (_, packets) = packets(&bytes, &input, None);
    let rows = packets.iter().flat_map(|packet| unpack_one(&model, id, packet).unwrap());
    let rows: Vec<f64> = rows.collect();
    let (packed, output) = (input.with_extension("packets"), folder.path().join("out.npy"));
    decompress((&input, &model, id), &packed, &output, false, &mut |_| ()).unwrap();
    let whole = Dataset::of("out", rows.iter().map(|x| *x as f32).collect(), COLUMNS);
    assert_eq!((whole.rows, load(&output, &LoadOptions::default()).unwrap().values), (ROWS, whole.values));

    // any byte that is another is told, as is another model, or one without a plan
    let packet = &packets[1];
    for at in 0..packet.len() {
        let mut damaged = packet.clone();
        damaged[at] ^= 0x10;
        assert!(matches!(unpack_one(&model, id, &damaged), Err(FileProblem::Packet(_))), "{at}");
        assert!(matches!(unpack_one(&model, id, &packet[..at]), Err(FileProblem::Packet(_))), "{at}");
    }
    let other = PacketError::WrongModel { expected: id ^ 1, found: id };
    assert_eq!(unpack_one(&model, id ^ 1, packet), Err(FileProblem::Packet(other)));
    let without = self::model();
    assert_eq!(unpack_one(&without.open().unwrap(), id, packet), Err(FileProblem::NoPlan));
}

#[test]
fn the_same_tables_give_the_same_stream_from_the_model_and_from_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let input = write_samples(folder.path());
    let model = model();
    // so few windows that a plan is chosen by all of them, as it is without one
    let (without, with) =
        (packets(&model, &input, Some(WINDOWS)), packets(&planned(&model, &input), &input, None));
    assert_eq!((without.0, with.0, with.1.len()), (false, true, ROWS / usize::from(WINDOWS)));
    for (one, other) in without.1.iter().zip(&with.1) {
        let body = HEADER_LEN..one.len() - (ENVELOPE_LEN - HEADER_LEN);
        assert_eq!(one[body.clone()], other[body]);
        // the model's id is that of its file
        assert_ne!(one[2..6], other[2..6]);
    }
}

#[test]
fn alarms_and_packets_leave_each_other_and_the_model_alone() {
    let folder = tempfile::tempdir().unwrap();
    let input = write_samples(folder.path());
    let plain = model();
    let (alarm, plan) = (alarming(&plain), planned(&plain, &input));
    let both = planned(&alarm, &input);
    assert_eq!(both.as_bytes(), alarming(&plan).as_bytes());
    assert_eq!(both.as_bytes(), planned(&alarming(&both), &input).as_bytes());
    let [opened, of_alarm, of_plan] = [&both, &alarm, &plan].map(|bytes| bytes.open().unwrap());
    assert_eq!(opened.parameters, of_alarm.parameters);
    assert_eq!(opened.extras.plan, of_plan.extras.plan);
    assert_eq!(opened.extras.calibration_bytes, of_alarm.extras.calibration_bytes);
    let frame = [0.5; COLUMNS];
    assert_eq!(
        opened.engine.log_density(&frame, 8).unwrap(),
        plain.open().unwrap().engine.log_density(&frame, 8).unwrap()
    );

    let has_plan =
        |bytes: &ModelBytes| PacketPlan::of(&ModelFile::parse(bytes.as_bytes()).unwrap()).map(|_| ());
    let has_alarm = |bytes: &ModelBytes| Calibrated::<Small<'_>>::from_bytes(bytes.as_bytes()).map(|_| ());
    assert_eq!((has_alarm(&both), has_plan(&both)), (Ok(()), Ok(())));
    assert_eq!(has_alarm(&plan), Err(LoadError::NotCalibrated));
    for without in [&plain, &alarm] {
        assert_eq!(has_plan(without), Err(LoadError::NoPacketPlan));
    }
}

#[test]
fn a_damaged_plan_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let sound = planned(&alarming(&model()), &write_samples(folder.path()));
    let bytes = sound.as_bytes();
    let (mut refused, mut read) = (0, 0);
    for at in place(bytes, PACKET_PLAN) {
        for value in [0, 1, 2, 61, 0x7f, 0x80, 0xff, bytes[at] ^ 1, bytes[at] ^ 0x80] {
            let mut broken = bytes.to_vec();
            broken[at] = value;
            let broken = ModelBytes::new(&signed(broken));
            // who scores and judges does not look at it
            assert!(Calibrated::<Small<'_>>::from_bytes(broken.as_bytes()).is_ok());
            let file = ModelFile::parse(broken.as_bytes()).unwrap();
            let model = file.model::<Small<'_>>().unwrap();
            match PacketPlan::of(&file) {
                Ok(plan) => {
                    let codec = plan.codec(&model, 0);
                    // a host refuses whatever no device could use
                    assert!(codec.is_ok() || broken.open().is_err(), "{at} {value}");
                    read += 1;
                }
                Err(_) => {
                    assert!(broken.open().is_err(), "{at} {value}");
                    refused += 1;
                }
            }
        }
    }
    println!("{refused} refused, {read} read");
    assert!(refused > 100 && read > 100);
    // what stands behind it is refused too
    let plan = [&bytes[place(bytes, PACKET_PLAN)], &[0; 16]].concat();
    let longer = with_fields(bytes, |fields| {
        fields.iter_mut().filter(|field| field.0 == PACKET_PLAN).for_each(|field| field.1 = &plan);
    });
    assert!(matches!(ModelBytes::new(&longer).open(), Err(LoadError::Malformed)));
}
