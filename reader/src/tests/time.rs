//! Times: expected values are those of `date -u -d … +%s`.

use crate::time::{TimeForm, TimeForms, show};

const SECOND: i64 = 1_000_000_000;
/// 2024-03-01 00:00:00 UTC
const MARCH: i64 = 1_709_251_200 * SECOND;

fn read(cells: &[&str]) -> Option<Vec<i64>> {
    let mut forms = TimeForms::default();
    cells.iter().for_each(|cell| forms.see(cell.as_bytes()));
    let form = forms.form()?;
    cells.iter().map(|cell| form.parse(cell.as_bytes())).collect()
}

#[test]
fn reads_the_common_ways_to_write_a_time() {
    let noon = MARCH + 12 * 3600 * SECOND;
    for (cell, time) in [
        ("2024-03-01", MARCH),
        ("2024-03-01T00:00:00Z", MARCH),
        ("2024-03-01 00:00:00", MARCH),
        ("2024/03/01 00:00", MARCH),
        (" 2024-03-01T12:00:00.25 ", noon + SECOND / 4),
        ("2024-03-01T12:00:00.123456789Z", noon + 123_456_789),
        ("2024-03-01T12:00:00,5", noon + SECOND / 2),
        ("2024-03-01 14:00:00+02:00", noon),
        ("2024-03-01T14:00:00+0200", noon),
        ("2024-03-01T10:30:00-01:30", noon),
        ("2024-03-01 12:00:00 UTC", noon),
        ("2024-03-01T23:59:60Z", MARCH + 86_400 * SECOND),
        ("31.12.1969 23:59", -60 * SECOND),
        ("01.03.2024", MARCH),
        ("29/02/2024 12:00:00", noon - 86_400 * SECOND),
        ("2/29/2024 12:00 PM", noon - 86_400 * SECOND),
        ("12/31/1969 11:59:59 pm", -SECOND),
        ("01.03.24 12:00", noon),
        ("2/29/24 12:00:00 PM", noon - 86_400 * SECOND),
        ("1 Mar 2024", MARCH),
        ("1st March 2024 12:00", noon),
        ("Mar-01-2024 12:00:00", noon),
        ("March 1, 2024 12:00 p.m.", noon),
        ("2024-Mar-01", MARCH),
        ("01-MAR-24 12.00.00.500000 PM", noon + SECOND / 2),
        ("1. März 2024 12:00", noon),
        ("1er mars 2024", MARCH),
        ("1 de marzo de 2024", MARCH),
        ("Fri, 01 Mar 2024 14:00:00 +0200", noon),
        ("Fri Mar  1 12:00:00 2024", noon),
        ("Fri Mar  1 12:00:00 UTC 2024", noon),
        ("Fr 01.03.2024 12:00", noon),
        ("01/Mar/2024:12:00:00 +0000", noon),
        ("2024年3月1日 12:00", noon),
        ("2024-03-01_12-00-00", noon),
        ("29/02/2024 12.00.00", noon - 86_400 * SECOND),
        ("01.03.2024 12h00", noon),
        ("2024-03-01 12:00:00 Europe/Berlin", noon),
        ("2024-03-01T13:00:00+01:00[Europe/Berlin]", noon),
        ("2024-03-01 13:00:00 CET", noon),
        ("20240301T120000Z", noon),
        ("20240301120000", noon),
        ("20240301", MARCH),
        ("12:00:00.5", 43_200 * SECOND + SECOND / 2),
        ("12.00.00", 43_200 * SECOND),
        ("1 day, 0:00:01", 86_401 * SECOND),
        ("2 days 12:00:00", (2 * 86_400 + 43_200) * SECOND),
        // as syslog has it, of a leap year
        ("Jan  1 00:00:01", 730 * 86_400 * SECOND + SECOND),
        ("1709251200", MARCH),
        ("1709251200.5", MARCH + SECOND / 2),
        ("1709251200000", MARCH),
        ("1709251200000000", MARCH),
        ("1709251200000000001", MARCH + 1),
    ] {
        assert_eq!(read(&[cell]), Some(vec![time]), "{cell}");
    }
}

#[test]
fn what_is_no_time_is_none() {
    for cell in [
        "",
        "idle",
        "12",
        "1.5",
        "2024",
        "2024-13-01",
        "2023-02-29",
        "2024-03-01T24:00:00",
        "1-1-1",
        "2024-03-01T00:60:00",
        "2024-03-01T00:00:00+",
        "2024-03-01 noon",
        "2024-03-01T00:00:00Zulu",
        "99999999",
        "99999999999999999999",
        "2024.03-01",
        "-1709251200",
        "1709251200x",
        "13:0",
        "25.50",
        "1.2.3",
        "Nov",
        "30 Nonsense 2026",
        "30 Nov 2026 idle",
        "pump 01.03.2024",
        "01.03.2024 12:00 2024",
        "20241301",
        "16:9",
        "01/02/2024 13:00 PM",
        "\u{661}",
    ] {
        assert_eq!(read(&[cell]), None, "{cell}");
    }
    assert_eq!(read(&["2024-03-01", "2024-03-02", "x"]), None, "one cell is none");
    assert_eq!(read(&[]), None);
}

#[test]
fn days_and_months_are_told_apart_by_the_whole_column_or_not_at_all() {
    let day = 86_400 * SECOND;
    assert_eq!(read(&["01/02/2024", "13/02/2024"]).map(|times| times[1] - times[0]), Some(12 * day));
    assert_eq!(read(&["02/01/2024", "02/13/2024"]).map(|times| times[1] - times[0]), Some(12 * day));
    // months first, time would run back
    assert_eq!(read(&["30/01/2024", "01/02/2024"]).map(|times| times[1] - times[0]), Some(2 * day));
    assert_eq!(
        read(&["09/01/2024", "10/01/2024", "01/02/2024"]).map(|times| times[2] - times[0]),
        Some(23 * day)
    );
    assert_eq!(read(&["24-02-29", "24-03-01"]), Some(vec![MARCH - day, MARCH]));
    let mut forms = TimeForms::default();
    ["01/02/2024", "03/04/2024"].iter().for_each(|cell| forms.see(cell.as_bytes()));
    assert!(forms.are_times() && forms.form().is_none(), "nobody can tell");
}

#[test]
fn shows_what_it_reads() {
    for cell in ["2024-03-01T00:00:00Z", "1969-12-31T23:59:59.5Z", "2262-04-11T23:47:16.854775807Z"] {
        assert_eq!(show(TimeForm::YearFirst.parse(cell.as_bytes()).unwrap()), cell);
    }
    assert_eq!(TimeForm::YearFirst.parse(b"2262-04-11T23:47:17Z"), None, "beyond 64 bits");
}
