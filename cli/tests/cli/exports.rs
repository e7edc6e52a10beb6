//! One table in the ways in which people export it.

pub(crate) const ROWS: usize = 120;

/// Two sensors, in hundredths.
fn sensors(row: usize) -> [i64; 2] {
    let wave = |period: usize, size: i64| (row * row * 7 + 3 * row) as i64 % period as i64 * size;
    [2000 + wave(61, 3), 101_300 + wave(53, 17)]
}

/// A number of hundredths, with this sign before its fraction.
fn number(hundredths: i64, decimal: &str) -> String {
    format!("{}{decimal}{:02}", hundredths / 100, hundredths % 100)
}

pub(crate) fn plain(hundredths: i64) -> String {
    number(hundredths, ".")
}

/// With this between thousands.
fn parted(hundredths: i64, between: &str, decimal: &str) -> String {
    let whole = hundredths / 100;
    format!("{}{between}{:03}{decimal}{:02}", whole / 1000, whole % 1000, hundredths % 100)
}

/// A time of the first of March, in minutes.
pub(crate) fn clock(row: usize) -> String {
    format!("{:02}:{:02}", row * 5 / 60, row * 5 % 60)
}

pub(crate) fn table(header: &str, line: impl Fn(usize, [i64; 2]) -> String) -> String {
    let lines = (0..ROWS).map(|row| line(row, sensors(row)) + "\n");
    format!("{header}\n{}", lines.collect::<String>())
}

/// The file's name, its text, and what it needs beside them.
pub(crate) fn files() -> Vec<(&'static str, String, &'static str)> {
    let usual = |row: usize, [a, b]: [i64; 2]| format!("{},{},{}", clock(row), plain(a), plain(b));
    let bare = table("t,a,b", usual);
    let lines = || bare.lines().map(str::to_owned);
    let date = |row: usize| format!("2024-03-01 {}", clock(row));
    vec![
        (
            "tabs.tsv",
            table("Zeit\ta\tb", |i, [a, b]| {
                format!("01.03.2024 {}\t{}\t{}", clock(i), number(a, ","), number(b, ","))
            }),
            "",
        ),
        (
            "mark.csv",
            "\u{feff}".to_owned()
                + &table("t;a;b", |i, [a, b]| format!("{};{};{}", date(i), number(a, ","), number(b, ","))),
            "",
        ),
        (
            "quoted.csv",
            table("t,\"a\",\"b\",note", |i, [a, b]| {
                format!("{},\"{}\",\"{}\",\"one\ntwo, {}\"", date(i), plain(a), plain(b), i % 3)
            }),
            "",
        ),
        (
            "mixed.csv",
            lines().enumerate().map(|(i, line)| line + if i % 2 == 0 { "\r\n" } else { "\n" }).collect(),
            "",
        ),
        ("returns.csv", bare.replace('\n', "\r"), ""),
        (
            "days.csv",
            table("date,a,b", |i, [a, b]| format!("{:02}/03/2024,{},{}", 1 + i / 5, plain(a), plain(b))),
            "",
        ),
        (
            "some_days.csv",
            table("date,a,b", |i, [a, b]| format!("01/03/2024 {},{},{}", clock(i), plain(a), plain(b))),
            "--time date --gap 10m",
        ),
        ("percent.csv", table("t,a,b", |i, [a, b]| format!("{},{}%,{}", date(i), plain(a), plain(b))), ""),
        (
            "units.csv",
            table("t,a,b", |i, [a, b]| format!("{},{} °C,{} hPa", date(i), plain(a), plain(b))),
            "",
        ),
        (
            "powers.csv",
            table("a;b", |_, [a, b]| format!("{} m/s2;{} m³", number(a, ","), number(b, ","))),
            "",
        ),
        ("money.csv", table("a,b", |_, [a, b]| format!("${},€ {}", plain(a), plain(b))), ""),
        ("thousands.csv", table("a,b", |_, [a, b]| format!("{},\"{}\"", plain(a), parted(b, ",", "."))), ""),
        ("spaces.csv", table("a;b", |_, [a, b]| format!("{};{}", number(a, ","), parted(b, " ", ","))), ""),
        (
            "narrow.csv",
            table("a;b", |_, [a, b]| format!("{};{}", number(a, ","), parted(b, "\u{202f}", ","))),
            "",
        ),
        ("apostrophes.csv", table("a;b", |_, [a, b]| format!("{};{}", plain(a), parted(b, "'", "."))), ""),
        ("points.csv", table("a;b", |_, [a, b]| format!("{};{}", number(a, ","), parted(b, ".", ","))), ""),
        (
            "quoted_commas.csv",
            table("t,a,b", |i, [a, b]| format!("{},\"{}\",\"{}\"", date(i), number(a, ","), number(b, ","))),
            "",
        ),
        ("signs.csv", table("a,b", |_, [a, b]| format!("+{},{}D+00", plain(a), plain(b))), ""),
        ("caret.txt", table("a^b", |_, [a, b]| format!("{}^{}", plain(a), plain(b))), ""),
        ("pipe.txt", table("a|b", |_, [a, b]| format!("{} | {}", plain(a), plain(b))), ""),
        ("width.txt", table("       a        b", |_, [a, b]| format!("{:>8} {:>8}", plain(a), plain(b))), ""),
        (
            "separator.csv",
            "sep=\t\n".to_owned() + &table("a\tb", |_, [a, b]| format!("{}\t{}", plain(a), plain(b))),
            "",
        ),
        ("trailing.csv", table("a;b;", |_, [a, b]| format!("{};{};", number(a, ","), number(b, ","))), ""),
        ("blank.csv", "\n\n".to_owned() + &lines().map(|line| line + "\n\n").collect::<String>(), ""),
        (
            "long_head.csv",
            "Device: X\nSerial: 7\nRate [s]: 300\n\n".to_owned()
                + &table("\"t\",\"a\",\"b\"", |i, [a, b]| {
                    format!("\"{}\",\"{}\",\"{}\"", date(i), plain(a), plain(b))
                }),
            "",
        ),
        (
            "below.csv",
            table("t;a;b\n[s];[C];[hPa]", |i, [a, b]| format!("{i};{};{}", plain(a), plain(b))),
            "",
        ),
        ("empty.csv", table("a,spare,b", |_, [a, b]| format!("{},,{}", plain(a), plain(b))), ""),
        ("unnamed.csv", table("a,,b", |i, [a, b]| format!("{},{i},{}", plain(a), plain(b))), ""),
        ("falling.csv", table("left,a,b", |i, [a, b]| format!("{},{},{}", 500 - i, plain(a), plain(b))), ""),
        (
            "pauses.csv",
            table("meter,a,b", |i, [a, b]| format!("{},{},{}", 70 + i / 2, plain(a), plain(b))),
            "",
        ),
        ("seconds.csv", table("Time (s),a,b", |i, [a, b]| format!("{}.5,{},{}", i, plain(a), plain(b))), ""),
        (
            "restarts.csv",
            table("time_s,a,b", |i, [a, b]| format!("{}.25,{},{}", i % 90, plain(a), plain(b))),
            "",
        ),
        (
            "sequence.csv",
            table("seq,a,b", |i, [a, b]| format!("{},{},{}", (i + 200) % 256, plain(a), plain(b))),
            "",
        ),
        (
            "key.csv",
            table("deviceId,a,b", |i, [a, b]| {
                format!("{},{},{}", (i * i + 7 * i) * 7919 % 100_003, plain(a), plain(b))
            }),
            "",
        ),
        (
            "unsorted.csv",
            table("ts,a,b", |i, [a, b]| {
                format!("{},{},{}", 1_709_251_200 + i * 37 % ROWS * 60, plain(a), plain(b))
            }),
            "",
        ),
        (
            "twice.csv",
            table("ts,a,b", |i, [a, b]| format!("{},{},{}", 1_709_251_200 + i / 2 * 60, plain(a), plain(b))),
            "",
        ),
        (
            "verdict.csv",
            table("a,b,Status", |i, [a, b]| {
                format!("{},{},{}", plain(a), plain(b), if i % 20 == 3 { "FAULT" } else { "OK" })
            }),
            "",
        ),
        (
            "flag.csv",
            table("a,b,Machine failure", |i, [a, b]| {
                format!("{},{},{}", plain(a), plain(b), u8::from(i % 20 == 3))
            }),
            "",
        ),
        ("sums.csv", bare.clone() + "\nTotal rows: 120\n", "--skip-broken"),
        ("header.csv", bare.clone() + "t,a,b\n", "--skip-broken"),
        ("short.csv", bare.clone() + "10:00,20.5\n", "--skip-broken"),
        (
            "words.csv",
            bare.clone() + "10:00,Bad,1013.00\n10:05,20.00,I/O Timeout\n10:10,inf,1013.00\n",
            "--skip-broken",
        ),
        (
            "gone.csv",
            bare.clone() + "10:00,missing,1013.00\n10:05,20.00,\\N\n10:10,.,1013.00\n10:15,,No Data\n",
            "--missing drop",
        ),
        ("zeros.csv", bare.clone() + "\0\0\0\0\0", "--skip-broken"),
    ]
}
