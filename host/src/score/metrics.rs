//! How well scores rank anomalies above normal rows.

/// Area under the ROC curve: the probability that an anomalous row scores higher than a normal one, a tie
/// counting one half. `None` where a class is missing or a score is NaN.
///
/// `scores`: higher is more anomalous.
///
/// # Panics
/// Where the slices differ in length.
pub fn auroc(scores: &[f64], anomalous: &[bool]) -> Option<f64> {
    let ties = ties(scores, anomalous)?;
    let (anomalies, normals) = totals(&ties)?;
    // From the highest score down, an anomaly beats every normal row that is still to come.
    let (mut to_come, mut half_wins) = (normals, 0.0);
    for tie in &ties {
        to_come -= tie.normals;
        half_wins += tie.anomalies as f64 * (2 * to_come + tie.normals) as f64;
    }
    Some(half_wins / (2.0 * anomalies as f64 * normals as f64))
}

/// Average precision, the step-wise area under the precision–recall curve: `Σ (R_n − R_{n−1}) P_n` over the
/// distinct scores as thresholds. `None` where a class is missing or a score is NaN.
///
/// `scores`: higher is more anomalous.
///
/// # Panics
/// Where the slices differ in length.
///
/// # Source
/// scikit-learn, `average_precision_score`.
pub fn auprc(scores: &[f64], anomalous: &[bool]) -> Option<f64> {
    let ties = ties(scores, anomalous)?;
    let (anomalies, _) = totals(&ties)?;
    let (mut found, mut flagged, mut area) = (0, 0, 0.0);
    for tie in &ties {
        found += tie.anomalies;
        flagged += tie.anomalies + tie.normals;
        area += tie.anomalies as f64 * found as f64 / flagged as f64;
    }
    Some(area / anomalies as f64)
}

/// The part of the anomalies that is found where at most the part `rate` of the normal rows is an alarm:
/// those whose score is above the threshold. `None` where a class is missing or a score is NaN.
///
/// `scores`: higher is more anomalous.
///
/// # Panics
/// Where the slices differ in length.
pub fn detection(scores: &[f64], anomalous: &[bool], rate: f64) -> Option<f64> {
    let ties = ties(scores, anomalous)?;
    let (anomalies, normals) = totals(&ties)?;
    let most = rate * normals as f64;
    let (mut found, mut alarms) = (0, 0);
    for tie in &ties {
        alarms += tie.normals;
        if alarms as f64 > most {
            break;
        }
        found += tie.anomalies;
    }
    Some(found as f64 / anomalies as f64)
}

/// The 95 % interval of an AUROC from so many rows of each class: the values θ that lie within 1.96 standard
/// errors of it, where the variance is that of θ itself,
/// `θ(1 − θ)(1 + N(1 − θ)/(2 − θ) + Nθ/(1 + θ))/(anomalies·normals)` with `N = (anomalies + normals)/2 − 1`.
/// It never leaves [0, 1], and of a perfect ranking of few rows it says how little that is.
///
/// Rows count as independent.
///
/// # Source
/// Newcombe (2006), "Confidence intervals for an effect size measure based on the Mann–Whitney statistic.
/// Part 2", Statistics in Medicine 25, method 5; the variance is Hanley's and McNeil's (1982).
pub fn auroc_ci95(auroc: f64, anomalies: usize, normals: usize) -> [f64; 2] {
    let (m, n) = (anomalies as f64, normals as f64);
    let half = 0.5 * (m + n) - 1.0;
    let error = |theta: f64| {
        let spread = 1.0 + half * (1.0 - theta) / (2.0 - theta) + half * theta / (1.0 + theta);
        1.96 * (theta * (1.0 - theta) * spread / (m * n)).sqrt()
    };
    let end = |outer: f64| {
        let (mut inside, mut outside) = (auroc, outer);
        for _ in 0..60 {
            let middle = 0.5 * (inside + outside);
            let is_inside = (middle - auroc).abs() <= error(middle);
            *(if is_inside { &mut inside } else { &mut outside }) = middle;
        }
        inside
    };
    [end(0.0), end(1.0)]
}

/// How well scores find anomalies at every threshold, the highest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    anomalies: u64,
    normals: u64,
    ties: Vec<Tie>,
}

impl Ranking {
    /// Of these scores, higher is more anomalous. `None` where a class is missing or a score is NaN.
    ///
    /// # Panics
    /// Where the slices differ in length.
    pub fn new(scores: &[f64], anomalous: &[bool]) -> Option<Ranking> {
        let ties = ties(scores, anomalous)?;
        let (anomalies, normals) = totals(&ties)?;
        Some(Ranking { anomalies, normals, ties })
    }

    /// The ROC curve: parts of the normal and of the anomalous rows above the threshold, from (0, 0) on.
    pub fn roc(&self) -> impl Iterator<Item = (f64, f64)> {
        let (anomalies, normals) = (self.anomalies as f64, self.normals as f64);
        let point = move |(found, alarms): (u64, u64)| (alarms as f64 / normals, found as f64 / anomalies);
        std::iter::once((0.0, 0.0)).chain(self.counts().map(point))
    }

    /// The precision–recall curve: the part of the anomalous rows that is found, and the part of the alarms
    /// that are for them.
    pub fn precision_recall(&self) -> impl Iterator<Item = (f64, f64)> {
        let anomalies = self.anomalies as f64;
        let point = move |(found, alarms)| (found as f64 / anomalies, found as f64 / (found + alarms) as f64);
        self.counts().map(point)
    }

    /// Anomalous and normal rows above each threshold.
    fn counts(&self) -> impl Iterator<Item = (u64, u64)> {
        self.ties.iter().scan((0, 0), |(found, alarms), tie| {
            (*found, *alarms) = (*found + tie.anomalies, *alarms + tie.normals);
            Some((*found, *alarms))
        })
    }
}

/// The rows of one score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tie {
    anomalies: u64,
    normals: u64,
}

/// Rows grouped by score, the highest first.
fn ties(scores: &[f64], anomalous: &[bool]) -> Option<Vec<Tie>> {
    assert_eq!(scores.len(), anomalous.len(), "one score for each row");
    let mut rows: Vec<(f64, bool)> = scores.iter().copied().zip(anomalous.iter().copied()).collect();
    if rows.iter().any(|(score, _)| score.is_nan()) {
        return None;
    }
    rows.sort_unstable_by(|(one, _), (other, _)| other.total_cmp(one));
    let groups = rows.chunk_by(|(one, _), (other, _)| one == other);
    let tie = |group: &[(f64, bool)]| {
        let anomalies = group.iter().filter(|(_, anomalous)| *anomalous).count() as u64;
        Tie { anomalies, normals: group.len() as u64 - anomalies }
    };
    Some(groups.map(tie).collect())
}

/// Anomalous and normal rows in all, where there are both.
fn totals(ties: &[Tie]) -> Option<(u64, u64)> {
    let anomalies = ties.iter().map(|tie| tie.anomalies).sum();
    let normals = ties.iter().map(|tie| tie.normals).sum();
    (anomalies > 0 && normals > 0).then_some((anomalies, normals))
}

#[cfg(test)]
mod tests {
    use super::*;

    // `roc_auc_score` and `average_precision_score` of scikit-learn 1.9.1 (NumPy 2.4.6); the first two cases
    // also by hand.
    #[test]
    fn agrees_with_scikit_learn() {
        let extremes = [f64::MIN, -1.5, 0.0, -0.0, 2.0, f64::MAX];
        for (scores, anomalous, roc, pr) in [
            (&[0.1, 0.4, 0.35, 0.8][..], &[0, 0, 1, 1][..], 0.75, 0.8333333333333333),
            (&[5.0; 6], &[1, 0, 0, 1, 0, 0], 0.5, 0.3333333333333333),
            (&[1.0, 1.0, 2.0, 2.0, 2.0, 3.0, 3.0, 4.0], &[0, 1, 0, 0, 1, 0, 1, 1], 0.625, 0.6666666666666666),
            (&extremes, &[0, 1, 1, 0, 0, 1], 0.6111111111111112, 0.7),
        ] {
            let anomalous: Vec<bool> = anomalous.iter().map(|&y| y == 1).collect();
            assert_near(auroc(scores, &anomalous), roc);
            assert_near(auprc(scores, &anomalous), pr);
        }
    }

    /// Two hundred rows on few distinct scores, so that most are tied. Values:
    /// scikit-learn 1.9.1 on the same rows.
    #[test]
    fn agrees_with_scikit_learn_on_many_ties() {
        let mut state = 12345u32;
        let mut draw = || {
            state = state.wrapping_mul(1664525).wrapping_add(1013904223);
            state
        };
        let rows = (0..200).map(|_| (draw() >> 16, draw() >> 24 < 40));
        let (scores, anomalous): (Vec<f64>, Vec<bool>) = rows
            .map(|(bits, anomalous)| (f64::from(bits % 32) + if anomalous { 6.0 } else { 0.0 }, anomalous))
            .unzip();
        assert_near(auroc(&scores, &anomalous), 0.6687375364319681);
        assert_near(auprc(&scores, &anomalous), 0.44932501555403864);
    }

    /// By hand: of five normal rows one may be an alarm at a fifth, and all of one score or none are.
    #[test]
    fn what_is_found_at_a_rate() {
        let scores = [1.0, 2.0, 3.0, 3.0, 5.0, 4.0, 3.0, 6.0];
        let anomalous = [false, false, false, false, false, true, true, true];
        for (rate, found) in [(0.0, 1.0), (0.19, 1.0), (0.2, 2.0), (0.4, 2.0), (0.6, 3.0), (1.0, 3.0)] {
            assert_near(detection(&scores, &anomalous, rate), found / 3.0);
        }
        assert_eq!(detection(&[1.0, f64::NAN], &[false, true], 0.1), None);
    }

    #[test]
    fn knows_when_there_is_no_answer() {
        for (scores, anomalous) in [
            (&[][..], &[][..]),
            (&[1.0, 2.0], &[true, true]),
            (&[1.0], &[false]),
            (&[1.0, f64::NAN], &[true, false]),
        ] {
            assert_eq!(auroc(scores, anomalous), None);
            assert_eq!(auprc(scores, anomalous), None);
        }
    }

    #[test]
    fn turning_the_scores_round_turns_the_roc_round() {
        let scores: Vec<f64> = (0..50).map(|i| f64::from(i * i % 17)).collect();
        let anomalous: Vec<bool> = (0..50).map(|i| i % 3 == 0).collect();
        let negative: Vec<f64> = scores.iter().map(|score| -score).collect();
        assert_near(auroc(&negative, &anomalous), 1.0 - auroc(&scores, &anomalous).unwrap());
    }

    fn assert_near(found: Option<f64>, expected: f64) {
        let found = found.expect("both classes are there");
        assert!((found - expected).abs() < 1e-14, "{found} instead of {expected}");
    }
}
