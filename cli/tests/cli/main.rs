//! The program `elbow` as a new user types it, and as a vandal does.

#![cfg(unix)]

mod arguments;
mod bad_data;
mod bench;
mod calibrate;
mod cases;
mod categories;
mod collapse;
mod compress;
mod ecg5000;
mod export;
mod faults;
mod files;
mod first_hour;
mod first_use;
mod gaps;
mod generate;
mod help;
mod import;
mod interrupt;
mod limits;
mod live;
mod mixtures;
mod models;
mod outputs;
mod overwrite;
mod priors;
mod quantize;
mod remembered;
mod repeat;
mod report;
mod resume;
mod scores;
mod session;
mod start;
mod steps;
mod tables;
mod verdicts;
mod watch;
mod window;
