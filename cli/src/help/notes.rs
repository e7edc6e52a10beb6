//! What stands below the flags of a command.

/// What stands below the flags of a command.
pub(super) const NOTES: [(&str, &str); 23] = [
    (
        "fit",
        "\
Which model: --auto first. It needs no settings, is fitted in seconds, and gives good alarms for up to \
some dozens of numbers in a row. Where the number itself counts, how likely a row is, --model gmm:auto is \
nearer to it. A network (no --auto) has more to say of long windows, of columns of words, \
of integers and bits; it alone makes the smallest packets and logs.

Examples:
  elbow fit sensors.csv --auto                        writes sensors.elbow and sensors.rs
  elbow fit sensors.csv --auto --false-alarm 0.01     with a threshold, by rows that are held back
  elbow fit sensors.csv --auto --report fit.html      and a page to look at
  elbow fit sensors.csv --window 16 --hop 4           windows of 16 rows, a network
  elbow fit sensors.csv --labels fault --normal ok    anomalies are left out of the fit",
    ),
    (
        "eval",
        "\
Example:
  elbow eval sensors.elbow test.csv                   −log p(x); AUROC and alarms where there are labels",
    ),
    (
        "report",
        "\
Examples:
  elbow report sensors.elbow test.csv --out test.html
  elbow report sensors.elbow test.csv --run runs/a --md MODEL_CARD.md",
    ),
    (
        "score",
        "\
Columns, one line for each frame:
  row                    data row, from 1, at which the frame begins
  log_density            log p(x) in nats: LOW is anomalous
  bits_per_dim           −log₂ p(x) by numbers of a frame: HIGH is anomalous
  effective_sample_size  of K samples: near 1, the score rests on one of them
  standard_error         of log_density, in nats
  p_value                of a calibrated model: part of normal frames that score as low; LOW is anomalous
  anomalous              1 where the score is below the alarm threshold, with --follow the one that follows
  alarm, drift           with --alarm M/N: 1 where M of the last N frames are anomalous; `low` or `high` where
                         scores have moved for long, too little for an alarm
  stuck                  with --stuck: sensors that do not move any more, without which the row is judged
  cause_1, surprise_1, … with --why N: the columns that the others speak least for: −log p(column | others)

Examples:
  elbow score sensors.elbow new.csv --keep timestamp --alarm 3/5 --why 3
  elbow score sensors.elbow new.csv --out scores.csv
  elbow score sensors.elbow new.csv | grep ',1$'      the rows of a calibrated model that raise an alarm",
    ),
    (
        "impute",
        "\
Cells that are there stay as they are. Without --draws a missing number is the mean of what it may be, given \
those that are there: near on average, and less spread than the data are. Each of --draws is one row as it \
may have been.

Examples:
  elbow impute sensors.elbow rows.csv --out full.csv --keep time
  elbow impute sensors.elbow rows.csv --out five.csv --draws 5",
    ),
    (
        "watch",
        "\
Rows that cannot be read, and rows with a missing cell, are noted and left out; a window begins anew behind \
them. It ends with its input, with a reader that has gone away, and by Ctrl-C: every line is whole.

Examples:
  tail -n +1 -f sensors.csv | elbow watch sensors.elbow --drift
  elbow watch sensors.elbow /dev/ttyUSB0 --format influx | curl ...
  elbow watch sensors.elbow - --exec 'logger \"pump: $ELBOW_STATE, look at $ELBOW_CAUSE\"'",
    ),
    (
        "sample",
        "\
Rows have the model's columns: words where it has categories, angles in their unit. Of a model of windows \
each window is so many rows. A mixture with kernels, as of --auto, holds the rows of the fit, blurred: what \
is drawn from it can give them away.

Examples:
  elbow sample sensors.elbow --rows 1000 --seed 1 --out drawn.csv
  elbow sample sensors.elbow --rows 1000 | elbow score sensors.elbow -",
    ),
    (
        "encode",
        "\
Columns, one line for each frame:
  mean_1, …, sd_1, …     a Gaussian posterior: mean and standard deviation of each coordinate
  mu_1, …, kappa         on a sphere: the mean direction, whose length is 1, and how close to it
  kl                     KL(q(z|x) ‖ p(z)) in nats: what the frame tells the latent
  z_1, …                 with --samples K one draw; of an autoencoder the latent itself

Examples:
  elbow encode sensors.elbow new.csv --out latents.csv
  elbow encode sensors.elbow new.csv | elbow decode sensors.elbow -     what `elbow reconstruct` gives",
    ),
    (
        "decode",
        "\
Example:
  elbow decode sensors.elbow latents.csv --out frames.csv",
    ),
    (
        "reconstruct",
        "\
Of a network the mean of p(x|z) at the most likely latent of each frame, of a mixture that of its components \
as they are likely to have made it. The error of each column stands on stdout with --out, else on stderr.

Example:
  elbow reconstruct sensors.elbow new.csv --out expected.csv",
    ),
    (
        "entropy",
        "\
−log p(x) is on average no less than the entropy of the data, whatever the model; nearest neighbours \
estimate it without one. What lies between is what a better model could gain. docs/sampling.md has formulas \
and limits.

Example:
  elbow entropy sensors.elbow later.csv",
    ),
    (
        "compare",
        "\
KL(a ‖ b) is how many nats a frame of a is likelier under a than under b, on average: 0 where the models \
are the same density. A fleet has drifted where a model of today is far from that of the first week.

Example:
  elbow compare january.elbow june.elbow june.csv",
    ),
    (
        "interpolate",
        "\
Examples:
  elbow interpolate sensors.elbow new.csv --between 1,100 --steps 9",
    ),
    (
        "calibrate",
        "\
Two things are called calibration. --false-alarm sets the alarm threshold by normal rows that the fit has \
not seen. --packets chooses the steps of packets, for `compress` and for devices. A model may have both, one \
after the other.

Examples:
  elbow calibrate sensors.elbow normal.csv --false-alarm 0.001
  elbow calibrate sensors.elbow normal.csv --packets --bound 2",
    ),
    (
        "compress",
        "\
Examples:
  elbow compress sensors.elbow day.csv day.packets                 every number comes back as it is
  elbow compress sensors.elbow day.csv day.packets --bound 2       within two steps of the resolution",
    ),
    (
        "decompress",
        "\
Examples:
  elbow decompress sensors.elbow day.packets day.csv
  elbow decompress sensors.elbow /dev/ttyACM0 - --raw --framing cobs    what a device sends, as it comes",
    ),
    (
        "export",
        "\
Examples:
  elbow export sensors.elbow                          writes sensors.rs again
  elbow export sensors.elbow --c --out firmware/      writes firmware/sensors.h
  elbow export sensors.elbow --safetensors s.safetensors   its weights, for PyTorch
  elbow export sensors.elbow --onnx s.onnx            its network, for ONNX Runtime (--features onnx)",
    ),
    (
        "import",
        "\
What a layer is for is read from its name and its shape; --map says what they do not say \
(docs/weights.md). A file of ONNX says more, activations among it; a program reads it that is built with \
--features onnx.

Examples:
  elbow import vae.safetensors --activation silu --check x.npy y.npy --out vae.elbow
  elbow import mnist_vae.safetensors --likelihood bernoulli --out mnist.elbow
  elbow import keras.npz --out ae.elbow",
    ),
    (
        "new",
        "\
The firmware scores a few frames and holds the bits to those of this computer.

Example:
  elbow new pump --model sensors.elbow --board mps2-an386
  cd pump && cargo run --release                      builds it for the board, and runs it in QEMU",
    ),
    (
        "keygen",
        "\
Keys are PEM files, as those of OpenSSL. Beside the secret stand the public key, for `verify`, and a \
constant of Rust and an array of C, for firmware.

Example:
  elbow keygen fleet.key",
    ),
    (
        "sign",
        "\
A signature stands behind the file, which stays as it was: every command reads it as before. What is made \
from a signed model, by `calibrate` say, is not signed: sign last.

Example:
  elbow sign sensors.elbow --key fleet.key --version 4",
    ),
    (
        "verify",
        "\
Example:
  elbow verify sensors.elbow --key fleet.pub --oldest 4",
    ),
    (
        "quantize",
        "\
Example:
  elbow quantize sensors.elbow --weights int8 --calibration normal.csv --out small.elbow",
    ),
];
