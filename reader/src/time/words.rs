//! Words in times: months, days of the week and zones.

use crate::encoding::word;

/// The names of the months in English, German, French, Spanish, Italian, Portuguese and Dutch. Three letters
/// of one are a month as well.
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "jänner", "janvier", "enero", "gennaio", "janeiro", "januari"],
    &["february", "februar", "feber", "février", "fevrier", "febrero", "febbraio", "fevereiro", "februari"],
    &["march", "märz", "maerz", "mrz", "mars", "marzo", "março", "marco", "maart", "mrt"],
    &["april", "avril", "abril", "aprile"],
    &["may", "mai", "mayo", "maggio", "maio", "mei"],
    &["june", "juni", "juin", "junio", "giugno", "junho"],
    &["july", "juli", "juillet", "julio", "luglio", "julho"],
    &["august", "août", "aout", "agosto", "augustus"],
    &["september", "septembre", "septiembre", "settembre", "setembro"],
    &["october", "oktober", "octobre", "octubre", "ottobre", "outubro"],
    &["november", "novembre", "noviembre", "novembro"],
    &["december", "dezember", "décembre", "decembre", "diciembre", "dicembre", "dezembro"],
];

/// The beginnings of the days of the week in the same languages.
const WEEKDAYS: [&str; 35] = [
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "mo", "di", "mi", "do", "fr", "sa", "so", "lun", "mar",
    "mer", "jeu", "ven", "sam", "dim", "mié", "mie", "jue", "vie", "sáb", "sab", "dom", "gio", "seg", "ter",
    "qua", "qui", "sex", "zo",
];

/// Zones by their names, and how many minutes they are ahead of UTC.
const ZONES: [(&str, i64); 26] = [
    ("Z", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("UT", 0),
    ("WET", 0),
    ("WEST", 60),
    ("BST", 60),
    ("CET", 60),
    ("MEZ", 60),
    ("CEST", 120),
    ("MESZ", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("JST", 540),
    ("KST", 540),
    ("AEST", 600),
    ("AEDT", 660),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
];

/// The number of a month by its name.
pub(super) fn month(name: &[u8]) -> Option<i64> {
    if !(3..=16).contains(&name.len()) {
        return None;
    }
    let name = word(name).to_lowercase();
    let is_short = name.chars().count() < 3;
    let is_month = |names: &&[&str]| names.iter().any(|month| month.starts_with(&name));
    let at = MONTHS.iter().position(is_month).filter(|_| !is_short)?;
    Some(at as i64 + 1)
}

/// Whether a word is a day of the week: its whole name, or the beginning of it.
pub(super) fn is_weekday(name: &[u8]) -> bool {
    if !(2..=12).contains(&name.len()) {
        return false;
    }
    let name = word(name).to_lowercase();
    let is_long = name.ends_with("day") || name.ends_with("tag") || name.ends_with("di") || name.len() > 5;
    WEEKDAYS.iter().any(|day| name == *day || day.len() > 2 && is_long && name.starts_with(day))
}

/// Seconds that a zone is ahead of UTC.
pub(super) fn zone(name: &[u8]) -> Option<i64> {
    let is_so = |(zone, _): &&(&str, i64)| name.eq_ignore_ascii_case(zone.as_bytes());
    ZONES.iter().find(is_so).map(|(_, minutes)| 60 * minutes)
}

/// Whether this is a zone by its place, as `Europe/Berlin`, of which nobody knows here when it changes its
/// clocks: its times are as those without a zone.
pub(super) fn is_region(text: &[u8]) -> bool {
    let mut parts = text.split(|byte| *byte == b'/');
    let is_place = |part: &[u8]| {
        part.len() > 2 && part.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-'))
    };
    parts.next().is_some_and(is_place) && parts.next().is_some_and(is_place) && parts.all(is_place)
}
