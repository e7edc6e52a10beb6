//! The benchmark as tables and as JSON.

use super::bars::{NUMBERS, PEERS, REFERENCE};
use super::model::{ACTIVATIONS, AUTO_ENCODER_MACS, KERNEL_MACS, TYPICAL_MACS};
use super::{Count, Measured, cores::CORES};
use serde_json::{Value, json};

impl Measured {
    /// The count of that name on a core.
    ///
    /// # Panics
    /// There is none.
    pub fn count(&self, core: &str, name: &str) -> &Count {
        let found = self.counts.iter().find(|count| count.core == core && count.name == name);
        found.unwrap_or_else(|| panic!("nothing counted {name} on {core}"))
    }

    /// Bytes of flash on a core.
    ///
    /// # Panics
    /// As [`count`](Self::count).
    pub fn flash_of(&self, core: &str) -> usize {
        self.flash.iter().find(|flash| flash.core == core).expect("every core has an image").bytes
    }

    /// All of it as one object.
    pub fn json(&self) -> Value {
        let counts = self.counts.iter().map(
            |c| json!({ "core": c.core, "name": c.name, "instructions": c.instructions, "stack": c.stack }),
        );
        let flash = self.flash.iter().map(|f| json!({ "core": f.core, "bytes": f.bytes }));
        let bars = self.bars();
        let bars = bars.iter().map(|b| json!({ "name": b.name, "measured": b.measured, "limit": b.limit }));
        let peers = PEERS.map(|(name, instructions)| json!({ "name": name, "instructions": instructions }));
        json!({
            "tools": self.tools,
            "counts": counts.collect::<Vec<_>>(),
            "flash": flash.collect::<Vec<_>>(),
            "bars": bars.collect::<Vec<_>>(),
            "peers": peers,
        })
    }

    /// All of it as Markdown.
    pub fn markdown(&self) -> String {
        [
            self.bars_table(),
            self.network_table(),
            self.peers_table(),
            self.kernels_table(),
            self.score_table(),
            self.functions_table(),
        ]
        .join("\n")
    }

    fn bars_table(&self) -> String {
        let bars = self.bars().into_iter();
        let rows = bars.map(|bar| vec![bar.name.to_owned(), short(bar.measured), short(bar.limit)]);
        format!("{REFERENCE}, {}\n\n", self.tools) + &table(&["figure", "measured", "at most"], rows)
    }

    fn network_table(&self) -> String {
        let rows = CORES.iter().map(|core| {
            let cells = [(1, "auto-encoder-1"), (4, "auto-encoder-4")].map(|(samples, name)| {
                let count = self.count(core.name, name);
                let macs = samples * AUTO_ENCODER_MACS;
                [
                    grouped(count.instructions),
                    format!("{:.3}", count.instructions as f64 / macs as f64),
                    grouped(count.stack as u64),
                ]
            });
            [core.name.to_owned()].into_iter().chain(cells.into_iter().flatten()).collect()
        });
        let head = ["core", "1 sample", "a MAC", "stack, bytes", "4 samples", "a MAC", "stack, bytes"];
        format!(
            "Auto-encoder 640-128-128-128-128-8-128-128-128-128-640, ReLU: {} multiply-adds (MAC)\n\n",
            grouped(AUTO_ENCODER_MACS)
        ) + &table(&head, rows)
    }

    fn peers_table(&self) -> String {
        let ours = ("Elbow", self.count(REFERENCE, "auto-encoder-1").instructions);
        let rows = [ours].into_iter().chain(PEERS).map(|(name, instructions)| {
            let per = instructions as f64 / AUTO_ENCODER_MACS as f64;
            vec![name.to_owned(), grouped(instructions), format!("{per:.2}")]
        });
        "The same network in other engines, f32, one sample, Cortex-M4F\n\n".to_owned()
            + &table(&["engine", "instructions", "a MAC"], rows)
    }

    fn kernels_table(&self) -> String {
        let rows = CORES.iter().map(|core| {
            let kernels = ["int8", "int8x8-sums", "int8x8-hidden", "int8x8-last"];
            let cells = kernels.into_iter().flat_map(|kernel| {
                [1, 4].map(|samples| {
                    let count = self.count(core.name, &format!("{kernel}-{samples}"));
                    format!("{:.3}", count.instructions as f64 / (samples * KERNEL_MACS) as f64)
                })
            });
            [core.name.to_owned()].into_iter().chain(cells).collect()
        });
        let head = [
            "core",
            "int8",
            "4 samples",
            "int8x8: sums",
            "4 samples",
            "hidden layer",
            "4 samples",
            "last layer",
            "4 samples",
        ];
        "Weights of eight bits, a layer of 128 × 128: instructions a multiply-add. `int8` computes in \
         floats; `int8x8` in integers, which a\n\
         hidden layer rounds to eight bits and a last one turns into floats\n\n"
            .to_owned()
            + &table(&head, rows)
    }

    fn score_table(&self) -> String {
        let rows = CORES.iter().map(|core| {
            let count = |name| self.count(core.name, name);
            let names = ["load", "score-1", "score-4", "network", "dense"];
            let [load, one, four, network, dense] = names.map(|name| count(name).instructions);
            let beyond = 100.0 * (four as f64 - network as f64) / dense as f64;
            vec![
                core.name.to_owned(),
                grouped(load),
                grouped(one),
                grouped(four),
                grouped(network),
                grouped(dense),
                format!("{beyond:.1} %"),
                grouped(count("score-4").stack as u64),
                grouped(self.flash_of(core.name) as u64),
            ]
        });
        let head = [
            "core",
            "load",
            "score, one by one",
            "score, 4 side by side",
            "network alone",
            "its dense layers",
            "score beyond network ÷ dense",
            "stack, bytes",
            "flash, bytes",
        ];
        format!(
            "Typical model 64-32-16 → 8 → 16-32-64, tanh, Gaussian, K = 16: {} multiply-adds, {} bytes of \
             activations\n\n",
            grouped(TYPICAL_MACS),
            grouped(ACTIVATIONS as u64)
        ) + &table(&head, rows)
    }

    fn functions_table(&self) -> String {
        let names = ["negate", "exp", "ln", "tanh", "softplus", "quantile", "normal"];
        let rows = CORES.iter().map(|core| {
            let per = |name| self.count(core.name, name).instructions as f64 / NUMBERS;
            let cells = names.map(|name| format!("{:.1}", per(name)));
            [core.name.to_owned()].into_iter().chain(cells).collect()
        });
        let head: Vec<_> = ["core"].into_iter().chain(names).collect();
        "Functions over 256 numbers: instructions a number, loop and call included. `negate` is little \
         but the loop, `normal` is\n\
         `quantile` with the noise that it takes.\n\n"
            .to_owned()
            + &table(&head, rows)
    }
}

/// A table in Markdown, numbers to the right.
fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<_> = head.iter().map(|&cell| cell.to_owned()).collect();
    let rule = format!("|---|{}\n", "--:|".repeat(head.len() - 1));
    line(&head) + &rule + &rows.map(|row| line(&row)).collect::<String>()
}

/// A figure with no more digits than it deserves.
fn short(figure: f64) -> String {
    if figure >= 1000.0 { grouped(figure.round() as u64) } else { format!("{figure:.2}") }
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
