//! Words for what is normal and what is not, in names of columns and in their cells.

/// Labels that read as normal where the user names none.
pub(crate) const NORMAL: [&str; 36] = [
    "0",
    "false",
    "f",
    "no",
    "n",
    "normal",
    "ok",
    "okay",
    "good",
    "healthy",
    "benign",
    "nominal",
    "inlier",
    "inliers",
    "pass",
    "passed",
    "no failure",
    "no fault",
    "no attack",
    "no anomaly",
    "fault-free",
    "nein",
    "non",
    "falsch",
    "faux",
    "falso",
    "gut",
    "io",
    "i.o.",
    "in ordnung",
    "sain",
    "bueno",
    "correcto",
    "нормально",
    "норма",
    "正常",
];
/// Those that answer a question, of which the column's name says what it was.
const ANSWERS: [&str; 11] = ["0", "false", "f", "no", "n", "nein", "non", "falsch", "faux", "falso", "io"];
/// Words in names of columns of labels, and labels of rows in which something is wrong.
const WRONG: [&str; 48] = [
    "anomaly",
    "anomalous",
    "anomalies",
    "abnormal",
    "outlier",
    "outliers",
    "fault",
    "faults",
    "faulty",
    "failure",
    "fail",
    "failed",
    "broken",
    "breakdown",
    "defect",
    "defective",
    "attack",
    "intrusion",
    "malicious",
    "fraud",
    "fraudulent",
    "novelty",
    "changepoint",
    "anomalie",
    "anomalia",
    "anomalía",
    "anormal",
    "anormale",
    "fehler",
    "fehlerhaft",
    "störung",
    "stoerung",
    "defekt",
    "ausfall",
    "défaut",
    "defaut",
    "panne",
    "fallo",
    "falla",
    "avería",
    "averia",
    "guasto",
    "аномалия",
    "авария",
    "сбой",
    "异常",
    "異常",
    "故障",
];
/// Words in names of columns that say what they are.
const LABELS: [&str; 6] = ["label", "labels", "etiqueta", "étiquette", "метка", "标签"];
/// Names of columns of labels, which say nothing as a word among others.
const LABEL: [&str; 9] = ["class", "target", "y", "normal", "truth", "groundtruth", "gt", "clase", "klasse"];
/// Words in names of columns that are labels where they have two values alone.
const FLAGS: [&str; 8] = ["alarm", "alarms", "alert", "error", "errors", "leak", "leakage", "damage"];
/// Words in names of columns that count what is wrong.
const COUNTS: [&str; 5] = ["count", "number", "no", "rate", "total"];

/// Whether a column of the name holds labels if it has but two values, `are_flags` where they are of those
/// that flags have.
pub(crate) fn names_labels_of_two(name: &str, are_flags: bool) -> bool {
    is_called(name, &[], &LABEL)
        || parts(name).join(" ") == "ground truth"
        || is_marked(name) && (are_flags || parts(name).len() < 3)
        || is_called(name, &FLAGS, &[]) && are_flags
}

/// Whether a column of the name holds labels if it has some values, each often.
pub(crate) fn names_labels_of_many(name: &str) -> bool {
    (is_marked(name) || is_called(name, &[], &["class"])) && !is_called(name, &COUNTS, &[])
}

fn is_marked(name: &str) -> bool {
    is_called(name, &WRONG, &[]) || is_called(name, &LABELS, &[])
}

/// Whether a word says of a row that nothing is wrong with it.
pub(crate) fn is_sound(word: &str) -> bool {
    let is_one = |words: &[&str]| words.iter().any(|known| word.trim().eq_ignore_ascii_case(known));
    is_one(&NORMAL) && !is_one(&ANSWERS)
}

/// Whether a word says of a row that something is.
pub(crate) fn is_wrong(word: &str) -> bool {
    is_called(word, &WRONG, &["bad"])
}

/// Whether a name has one of some words in it, be it behind `is`, or is one of others.
pub(crate) fn is_called(name: &str, words: &[&str], whole: &[&str]) -> bool {
    let parts = parts(name);
    let is_one = |part: &String| {
        words.contains(&&**part) || part.strip_prefix("is").is_some_and(|part| words.contains(&part))
    };
    parts.iter().any(is_one) || parts.len() == 1 && whole.contains(&&*parts[0])
}

/// The words of a column's name: `isAnomaly`, `Time (s)` and `device_id` have two each.
fn parts(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    for (at, letter) in name.char_indices() {
        let after_small = name[..at].chars().next_back().is_some_and(char::is_lowercase);
        if letter.is_uppercase() && after_small {
            spaced.push(' ');
        }
        spaced.extend(letter.to_lowercase());
    }
    let words = spaced.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
