//! The tables of `docs/model-format.md` say what the walk through a shape says.

use elbow::Architecture;
use elbow::architecture::{
    Activation, ConcentrationKind, FeaturesKind, LatentKind, LikelihoodKind, Number, Section, Visit,
    WeightKind,
};
use elbow::fingerprint::Part;
use elbow::format::fields;
use elbow_tests::models::{architecture, categories};
use std::collections::BTreeMap;

const SPECIFICATION: &str = include_str!("../../../docs/model-format.md");

/// Of each part that takes sections the cell of the table, and what stands inside the part that is being
/// walked.
#[derive(Default)]
struct Table {
    rows: BTreeMap<String, String>,
    inside: Vec<String>,
}

impl Visit for Table {
    fn part(&mut self, role: &'static str, part: Part, inside: impl FnOnce(&mut Self)) {
        let around = std::mem::take(&mut self.inside);
        inside(self);
        let cells = std::mem::replace(&mut self.inside, around);
        // what holds other parts in the order of a file is in the text
        if !cells.is_empty() && !matches!(part, Part::Vae | Part::Mixture | Part::Chain) {
            self.rows.insert(format!("{part:?}"), cells.join("; "));
        }
        self.inside.push(if part.is_layer() { format!("dense layer: {role}") } else { role.to_string() });
    }

    fn section(&mut self, section: Section) {
        let number = match section.number {
            Number::F32 => "",
            Number::I8 => " `i8`",
            Number::U16 => " `u16`",
            Number::I32 => " `i32`",
        };
        self.inside.push(format!("{} `{}`{number}", section.name, section.shape));
    }
}

fn shapes() -> Vec<Architecture> {
    let of = |likelihood| architecture(9, &[8, 7], 3, &[8, 7], likelihood);
    let mut shapes: Vec<Architecture> = [
        LikelihoodKind::Bernoulli,
        LikelihoodKind::Gaussian,
        LikelihoodKind::GaussianPerOutput,
        LikelihoodKind::DiscretizedLogistic,
        LikelihoodKind::StudentT,
        LikelihoodKind::BetaBinomial { most: 9 },
        LikelihoodKind::NegativeBinomial,
        LikelihoodKind::VonMises { angles: 4 },
        categories(9),
    ]
    .map(of)
    .into();
    let vmf = |concentration| LatentKind::VonMisesFisher { dim: 3, concentration };
    for latent in [
        LatentKind::GaussianMixture { dim: 3, components: 2 },
        vmf(ConcentrationKind::Learned),
        vmf(ConcentrationKind::Fixed { kappa: 1.0 }),
        vmf(ConcentrationKind::Tabled { kappa: 1.0 }),
        LatentKind::Point { dim: 3, activation: Activation::Relu },
        LatentKind::Component { gaussians: 2, kernels: 3 },
    ] {
        shapes.push(Architecture { latent, ..of(LikelihoodKind::Gaussian) });
    }
    for weights in [WeightKind::Int8, WeightKind::Int8x8] {
        shapes.push(Architecture { weights, ..of(LikelihoodKind::Gaussian) });
    }
    let preprocessing = FeaturesKind::LogStandardize;
    shapes.push(Architecture { preprocessing, ..of(LikelihoodKind::Gaussian) });
    shapes
}

#[test]
fn every_part_has_its_row() {
    let mut table = Table::default();
    shapes().iter().for_each(|shape| shape.visit(&mut table));
    assert!(table.rows.len() > 25, "{:?}", table.rows.keys());
    let rows: String = table.rows.iter().map(|(part, cells)| format!("| `{part}` | {cells} |\n")).collect();
    assert!(SPECIFICATION.contains(&rows), "docs/model-format.md should contain:\n{rows}");
}

#[test]
fn every_field_has_its_row() {
    for (key, name) in [
        (fields::PADDING, "padding"),
        (fields::NAME, "name"),
        (fields::ARCHITECTURE, "architecture"),
        (fields::WEIGHTS, "weights"),
        (fields::MEMBERS, "members"),
        (fields::COLUMNS, "columns"),
        (fields::WINDOW, "window"),
        (fields::HOP, "hop"),
        (fields::OBJECTIVE, "objective"),
        (fields::ROWS, "rows"),
        (fields::SEED, "seed"),
        (fields::VALID_NATS, "held out"),
        (fields::VERSION, "writer"),
        (fields::CALIBRATION, "calibration"),
        (fields::PACKET_PLAN, "plan of packets"),
        (fields::PARAMETERS, "parameters"),
    ] {
        let row = format!("| {key} | {name} |");
        assert!(SPECIFICATION.contains(&row), "docs/model-format.md should contain: {row}");
    }
}
