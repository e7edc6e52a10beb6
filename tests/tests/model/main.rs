//! Model files: what is written is read, the same bits by every way of computing, models that others trained.

mod bounded;
mod bounded_members;
mod device_cost;
mod extremes;
mod fields;
mod file;
mod format_table;
mod hostile;
mod mlperf_tiny;
mod older_files;
mod pytorch_gradient;
mod quantized;
mod reference_weights;
mod side_by_side;
mod signed;
