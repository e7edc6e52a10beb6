//! Linux's counters under `/proc`, as one row of rates and levels.

use std::path::Path;

use super::RecordError;

/// How a counter becomes a column.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Processor time: its share of all cores' time, 0 to 1.
    Share,
    /// A count that only grows: its growth per second, times a factor for the unit.
    Rate(f64),
    /// A quantity as it stands, times a factor for the unit.
    Level(f64),
}
use Kind::{Level, Rate, Share};

const MIB_PER_KIB: f64 = 1.0 / 1024.0;
const KIB_PER_SECTOR: f64 = 0.5;

/// Every column, in the order in which [`Snapshot::parse`] collects the values.
///
/// The set is the same on every machine, so that a model fitted on one can score another; counters that many
/// kernels leave out (pressure, temperatures) are therefore not among them, nor the network's, which stand
/// still on most machines for most of the time.
const COLUMNS: [(&str, Kind); 20] = [
    ("cpu_user", Share),
    ("cpu_system", Share),
    ("cpu_iowait", Share),
    ("interrupts_per_s", Rate(1.0)),
    ("context_switches_per_s", Rate(1.0)),
    ("forks_per_s", Rate(1.0)),
    ("running", Level(1.0)),
    ("blocked", Level(1.0)),
    ("load1", Level(1.0)),
    ("tasks", Level(1.0)),
    ("mem_available_mib", Level(MIB_PER_KIB)),
    ("anon_mib", Level(MIB_PER_KIB)),
    ("dirty_mib", Level(MIB_PER_KIB)),
    ("pages_freed_per_s", Rate(1.0)),
    ("page_faults_per_s", Rate(1.0)),
    ("major_faults_per_s", Rate(1.0)),
    ("disk_read_kib_per_s", Rate(KIB_PER_SECTOR)),
    ("disk_write_kib_per_s", Rate(KIB_PER_SECTOR)),
    ("disk_ops_per_s", Rate(1.0)),
    ("disk_busy", Rate(0.001)),
];

/// The number of measured columns, without the time and the label.
pub(super) const WIDTH: usize = COLUMNS.len();

/// The columns' names in order, without the time and the label.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(name, _)| *name)
}

/// The text of the files that a snapshot is parsed from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Texts<'a> {
    /// `/proc/stat`
    pub(super) stat: &'a str,
    /// `/proc/loadavg`
    pub(super) loadavg: &'a str,
    /// `/proc/meminfo`
    pub(super) meminfo: &'a str,
    /// `/proc/vmstat`
    pub(super) vmstat: &'a str,
    /// `/proc/diskstats`
    pub(super) diskstats: &'a str,
}

/// The counters at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Snapshot {
    values: [f64; WIDTH],
    /// Time of all cores in all states, the denominator of the shares.
    cpu_time: f64,
}

impl Snapshot {
    /// Reads the running kernel's counters.
    pub(super) fn take() -> Result<Self, RecordError> {
        let read = |name: &str| {
            let path = Path::new("/proc").join(name);
            std::fs::read_to_string(&path).map_err(|source| RecordError::Counters { path, source })
        };
        Self::parse(&Texts {
            stat: &read("stat")?,
            loadavg: &read("loadavg")?,
            meminfo: &read("meminfo")?,
            vmstat: &read("vmstat")?,
            diskstats: &read("diskstats")?,
        })
    }

    /// Picks the counters from the files' text.
    pub(super) fn parse(texts: &Texts) -> Result<Self, RecordError> {
        let stat = Table { file: "/proc/stat", text: texts.stat };
        let memory = Table { file: "/proc/meminfo", text: texts.meminfo };
        let pages = Table { file: "/proc/vmstat", text: texts.vmstat };
        let load: Vec<&str> = texts.loadavg.split([' ', '/', '\n']).collect();
        let load = |i| number("/proc/loadavg", "its fields", load.get(i));

        // user nice system idle iowait irq softirq steal; guest time is part of user time already.
        let cpu: [f64; 8] = stat.row("cpu")?;
        let disk = disks(texts.diskstats)?;
        Ok(Self {
            values: [
                cpu[0] + cpu[1],
                cpu[2] + cpu[5] + cpu[6],
                cpu[4],
                stat.value("intr")?,
                stat.value("ctxt")?,
                stat.value("processes")?,
                stat.value("procs_running")?,
                stat.value("procs_blocked")?,
                load(0)?,
                load(4)?,
                memory.value("MemAvailable:")?,
                memory.value("AnonPages:")?,
                memory.value("Dirty:")?,
                pages.value("pgfree")?,
                pages.value("pgfault")?,
                pages.value("pgmajfault")?,
                disk[0],
                disk[1],
                disk[2],
                disk[3],
            ],
            cpu_time: cpu.iter().sum(),
        })
    }

    /// The row for the `seconds` between an earlier snapshot and this one.
    ///
    /// A counter that falls (a device was unplugged, the kernel corrected its idle time) counts as unmoved.
    pub(super) fn since(&self, earlier: &Self, seconds: f64) -> [f64; WIDTH] {
        let cpu_time = (self.cpu_time - earlier.cpu_time).max(1.0);
        std::array::from_fn(|i| {
            let growth = (self.values[i] - earlier.values[i]).max(0.0);
            match COLUMNS[i].1 {
                Share => (growth / cpu_time).min(1.0),
                Rate(factor) => growth * factor / seconds,
                Level(factor) => self.values[i] * factor,
            }
        })
    }
}

/// Lines of a name and numbers.
struct Table<'a> {
    file: &'static str,
    text: &'a str,
}

impl Table<'_> {
    /// The first `N` numbers of the line that starts with `key`.
    fn row<const N: usize>(&self, key: &str) -> Result<[f64; N], RecordError> {
        let line = self.text.lines().find(|line| line.split_whitespace().next() == Some(key));
        let mut words = line.unwrap_or_default().split_whitespace().skip(1);
        let mut row = [0.0; N];
        for value in &mut row {
            *value = number(self.file, key, words.next().as_ref())?;
        }
        Ok(row)
    }

    fn value(&self, key: &str) -> Result<f64, RecordError> {
        self.row::<1>(key).map(|[value]| value)
    }
}

/// Sectors read, sectors written, operations and busy milliseconds (the mean over the disks in use).
fn disks(text: &str) -> Result<[f64; 4], RecordError> {
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    let name = |row: &Vec<&str>| row.get(2).copied().unwrap_or_default().to_string();
    let names: Vec<String> = rows.iter().map(name).collect();

    let mut total = [0.0; 4];
    let mut used = 0.0_f64;
    for (row, name) in rows.iter().zip(&names) {
        // A partition's work is its disk's work, and a mapped or striped volume's is that of the disks below.
        let virtual_device =
            ["loop", "ram", "zram", "dm-", "md", "sr", "fd"].iter().any(|p| name.starts_with(p));
        if virtual_device || names.iter().any(|disk| is_partition(name, disk)) {
            continue;
        }
        let field = |i: usize| number("/proc/diskstats", name, row.get(i));
        let work = [field(5)?, field(9)?, field(3)? + field(7)?, field(12)?];
        used += f64::from(u8::from(work[2] > 0.0));
        total.iter_mut().zip(work).for_each(|(sum, x)| *sum += x);
    }
    total[3] /= used.max(1.0);
    Ok(total)
}

/// `sda1` of `sda`, `nvme0n1p2` of `nvme0n1`.
fn is_partition(name: &str, disk: &str) -> bool {
    name.strip_prefix(disk).is_some_and(|rest| {
        let digits = rest.strip_prefix('p').unwrap_or(rest);
        !disk.is_empty() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

fn number(file: &'static str, key: &str, word: Option<&&str>) -> Result<f64, RecordError> {
    word.and_then(|word| word.parse().ok())
        .ok_or_else(|| RecordError::Unexpected { file, key: key.to_string() })
}
