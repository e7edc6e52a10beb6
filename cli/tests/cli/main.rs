//! The program `elbow` as a new user types it, and as a vandal does.

#![cfg(unix)]

mod arguments;
mod bad_data;
mod bench;
mod calibrate;
mod cases;
mod categories;
mod collapse;
mod columnar;
mod compare;
mod compress;
mod ecg5000;
mod export;
mod exports;
mod faults;
mod figures;
mod files;
mod first_hour;
mod first_use;
mod gaps;
mod generate;
mod golden;
#[cfg(feature = "onnx")]
mod graphs;
mod help;
mod import;
mod impute;
mod interrupt;
mod limits;
mod live;
mod mixtures;
mod models;
mod outputs;
mod overwrite;
mod priors;
mod projects;
mod quantize;
mod receive;
mod recordings;
mod remembered;
mod repeat;
mod report;
mod resume;
mod scores;
mod session;
mod siblings;
mod signatures;
mod start;
mod steps;
mod tables;
mod verdicts;
mod watch;
mod weights;
mod window;
