//! Parquet and Arrow: the same data as text are the same frames, whoever wrote them.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array, Float64Array,
    Int64Array, LargeStringArray, ListArray, NullArray, RecordBatch, StringArray, StringViewArray,
    TimestampMillisecondArray, UInt64Array, types,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use rand_core::Rng;
use rand_pcg::Pcg32;

use super::*;
use crate::{Categorical, Missing, Recognise, Report, load_blocks, load_reported};

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .unwrap()
}

/// Batches in all the ways that there are.
fn written(batches: &[RecordBatch]) -> Vec<(&'static str, Vec<u8>)> {
    let schema = batches[0].schema();
    let mut files = Vec::new();
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(Default::default())]
    {
        let properties = WriterProperties::builder().set_compression(compression);
        let properties = properties.set_max_row_group_row_count(Some(7)).build();
        let mut writer = ArrowWriter::try_new(Vec::new(), schema.clone(), Some(properties)).unwrap();
        batches.iter().for_each(|batch| writer.write(batch).unwrap());
        files.push(("d.parquet", writer.into_inner().unwrap()));
    }
    for compression in [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)] {
        let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
        let mut file = FileWriter::try_new_with_options(Vec::new(), &schema, options.clone()).unwrap();
        let mut stream = StreamWriter::try_new_with_options(Vec::new(), &schema, options).unwrap();
        for batch in batches {
            file.write(batch).unwrap();
            stream.write(batch).unwrap();
        }
        file.finish().unwrap();
        stream.finish().unwrap();
        files.push(("d.feather", file.into_inner().unwrap()));
        files.push(("d.arrow", stream.into_inner().unwrap()));
    }
    files
}

fn table(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    written(&[batch(columns)]).remove(0).1
}

/// A machine's log: times, a number with gaps, counts, a state, and what a person said.
fn log(rows: std::ops::Range<i64>) -> RecordBatch {
    let rows = || rows.clone();
    let number = |i: i64| (i % 5 != 3).then_some(0.1 * i as f64 - 1.0);
    let state = |i: i64| ["run", "idle", "wash"][i as usize % 3];
    batch(vec![
        (
            "time",
            Arc::new(TimestampMillisecondArray::from_iter_values(
                rows().map(|i| 1_709_251_200_000 + 60_000 * i),
            )),
        ),
        ("temp", Arc::new(Float64Array::from_iter(rows().map(number)))),
        ("count", Arc::new(Int64Array::from_iter_values(rows().map(|i| i * i % 17)))),
        ("state", Arc::new(rows().map(|i| Some(state(i))).collect::<DictionaryArray<Int8Type>>())),
        (
            "said",
            Arc::new(StringArray::from_iter_values(rows().map(|i| if i % 7 == 6 { "odd" } else { "ok" }))),
        ),
    ])
}

fn log_as_text(rows: std::ops::Range<i64>) -> String {
    let line = |i: i64| {
        let time = crate::time::show((1_709_251_200_000 + 60_000 * i) * 1_000_000);
        let number = if i % 5 == 3 { String::new() } else { (0.1 * i as f64 - 1.0).to_string() };
        let state = ["run", "idle", "wash"][i as usize % 3];
        let said = if i % 7 == 6 { "odd" } else { "ok" };
        format!("{time},{number},{},{state},{said}\n", i * i % 17)
    };
    "time,temp,count,state,said\n".to_owned() + &rows.map(line).collect::<String>()
}

fn loaded(name: &str, bytes: &[u8], options: &LoadOptions) -> (Dataset, Report) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let (data, report) = load_reported(&path, options).unwrap();
    (Dataset { path: PathBuf::new(), ..data }, report)
}

#[test]
fn a_table_is_what_its_text_is() {
    let text = log_as_text(0..40);
    let kinds = Recognise::Kinds { words: true };
    for options in [
        LoadOptions {
            missing: Missing::Drop,
            labels: Some("said".into()),
            recognise: kinds,
            ..Default::default()
        },
        LoadOptions {
            missing: Missing::Hold,
            labels: Some("said".into()),
            recognise: kinds,
            window: 3,
            ..Default::default()
        },
        LoadOptions {
            missing: Missing::Drop,
            columns: Some(owned(&["count", "temp"])),
            keep: owned(&["time", "state", "temp", "count"]),
            ..Default::default()
        },
    ] {
        let expected = loaded("d.csv", text.as_bytes(), &options);
        assert!(expected.0.rows > 9);
        for (name, bytes) in
            written(&[0..11, 11..11, 11..40].map(|rows| log(0..40).slice(rows.start, rows.len())))
        {
            let found = loaded(name, &bytes, &options);
            assert_eq!(found, expected, "{name}");
        }
    }
}

#[test]
fn a_gap_or_a_word_that_is_not_known_is_named() {
    let bytes = written(&[log(0..40)]).remove(0).1;
    let told = load_as(
        "d.parquet",
        &bytes,
        &LoadOptions { drop: owned(&["time", "state", "said"]), ..Default::default() },
    );
    assert_eq!(
        told.unwrap_err(),
        "d.parquet: row 4, column `temp`: the value is missing; fill it in or remove the row; in all 8 cells \
         are missing (temp 8): --missing drop leaves their rows out, --missing hold takes the last value, \
         --missing model goes by what is there"
    );
    let words = Some(owned(&["idle", "run"]));
    let categorical = vec![Categorical { column: "state".into(), words }];
    let told = load_as(
        "d.parquet",
        &bytes,
        &LoadOptions { columns: Some(owned(&["state"])), categorical, ..Default::default() },
    );
    assert!(told.unwrap_err().starts_with("d.parquet: row 3, column `state`: `wash` is none of the values"));
    let told = load_as("d.parquet", &bytes, &LoadOptions { drop: owned(&["speed"]), ..Default::default() });
    assert!(told.unwrap_err().contains("has no column `speed`; choose among `time`, `temp`"));
}

#[test]
fn every_type_is_a_number_or_is_named() {
    let one = |array: ArrayRef| load_as("d.parquet", &table(vec![("a", array)]), &LoadOptions::default());
    let values = |array: ArrayRef| one(array).unwrap().values;
    assert_eq!(values(Arc::new(arrow_array::Int8Array::from(vec![-3, 7]))), [-3.0, 7.0]);
    assert_eq!(values(Arc::new(UInt64Array::from(vec![u64::MAX]))), [u64::MAX as f32]);
    assert_eq!(values(Arc::new(Float32Array::from(vec![0.1, -0.0]))), [0.1, -0.0]);
    assert_eq!(values(Arc::new(BooleanArray::from(vec![true, false]))), [1.0, 0.0]);
    let decimals = Decimal128Array::from(vec![-12_345, 5]).with_precision_and_scale(9, 3).unwrap();
    assert_eq!(values(Arc::new(decimals)), [-12.345, 0.005]);
    assert_eq!(values(Arc::new(LargeStringArray::from(vec![" 1.5", "2"]))), [1.5, 2.0]);
    assert_eq!(values(Arc::new(StringViewArray::from(vec!["-7"]))), [-7.0]);

    let refused = |array: ArrayRef| one(array).unwrap_err();
    let at = "d.parquet: row 1, column `a`: ";
    assert!(
        refused(Arc::new(Date32Array::from(vec![19_783])))
            .starts_with(&format!("{at}`2024-03-01T00:00:00Z` is not a number"))
    );
    assert!(refused(Arc::new(NullArray::new(3))).starts_with(&format!("{at}the value is missing")));
    assert!(
        refused(Arc::new(StringArray::from(vec!["1,5"])))
            .starts_with(&format!("{at}`1,5` has a decimal comma"))
    );
    assert!(refused(Arc::new(Float64Array::from(vec![1e39]))).starts_with(&format!("{at}`1e39` is beyond")));
    assert!(
        refused(Arc::new(Float64Array::from(vec![f64::INFINITY])))
            .starts_with(&format!("{at}`inf` is not a finite number"))
    );
    assert!(refused(Arc::new(Float64Array::from(vec![f64::NAN]))).contains("--missing drop"));
    let list = ListArray::from_iter_primitive::<types::Int32Type, _, _>([Some([Some(1)])]);
    assert!(refused(Arc::new(list)).starts_with(&format!("{at}its values are of type `List(")));
}

#[test]
fn lists_are_left_out_where_kinds_are_found_out() {
    let list = ListArray::from_iter_primitive::<types::Int32Type, _, _>((0..12).map(|i| Some([Some(i)])));
    let number = Float64Array::from_iter_values((0..12).map(|i| f64::from(i * i % 7)));
    let bytes = table(vec![("shape", Arc::new(list)), ("a", Arc::new(number))]);
    let options = LoadOptions { recognise: Recognise::Kinds { words: true }, ..Default::default() };
    let (data, report) = loaded("d.parquet", &bytes, &options);
    assert_eq!((data.columns, data.rows), (owned(&["a"]), 12));
    assert_eq!(report.left_out[0].to_owned().reason.to_string(), "neither numbers nor text");
}

#[test]
fn rows_come_in_blocks() {
    let column = Float64Array::from_iter_values((0..40_000).map(|i| f64::from(i % 13)));
    for (name, bytes) in written(&[batch(vec![("a", Arc::new(column) as ArrayRef)])]) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let (mut blocks, mut rows) = (0, 0);
        load_blocks::<crate::DataError>(&[path], &LoadOptions::default(), &mut |data, _| {
            blocks += 1;
            rows += data.rows;
            Ok(())
        })
        .unwrap();
        assert!(rows == 40_000 && blocks > 1, "{name}: {rows} rows in {blocks}");
    }
}

#[test]
fn what_is_no_table_is_refused() {
    for (name, bytes) in [("d.parquet", &b"PAR1"[..]), ("d.arrow", b"ARROW1\0\0"), ("d.feather", b"FEA1....")]
    {
        let told = load_as(name, bytes, &LoadOptions::default()).unwrap_err();
        assert!(told.starts_with(&format!("{name}: is not a sound ")), "{told}");
    }
    let told = load_as("d.parquet", b"a,b\n1,2\n", &LoadOptions::default()).unwrap_err();
    assert_eq!(told, "d.parquet: is not a sound Parquet or Arrow file: it begins as neither; write it again");
    for (name, bytes) in written(&[log(0..40)]) {
        for cut in (0..bytes.len()).step_by(97) {
            assert!(load_as(name, &bytes[..cut], &LoadOptions::default()).is_err(), "{name} cut at {cut}");
        }
        let mut rng = Pcg32::new(16, 9);
        for _ in 0..300 {
            let mut damaged = bytes.clone();
            for _ in 0..1 + rng.next_u32() % 4 {
                let at = rng.next_u32() as usize % damaged.len();
                damaged[at] = rng.next_u32() as u8;
            }
            drop(load_as(name, &damaged, &LoadOptions { missing: Missing::Drop, ..Default::default() }));
        }
    }
}

/// What a buffer of a dictionary says that it holds, by which the decoder allocates before anybody has asked
/// for a row.
#[test]
fn what_nobody_can_hold_is_refused() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../cli/tests/cases/fh2_iot_day1.feather");
    let mut bytes = fs::read(file).unwrap();
    bytes[1277] = 179;
    bytes[5384] = 242;
    let told = load_as("d.feather", &bytes, &LoadOptions::default()).unwrap_err();
    assert!(told.contains("memory"), "{told}");
}
