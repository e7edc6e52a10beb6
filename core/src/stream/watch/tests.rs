//! When there is an alarm, and when a drift.

use super::*;

#[test]
fn m_of_the_last_n() {
    // against a count over the whole history, for every short history
    for (needed, of) in [(1, 1), (1, 5), (2, 3), (3, 5), (5, 5)] {
        for history in 0..1 << 10_u32 {
            let mut debounce = Debounce::new(needed, of);
            for step in 0..10 {
                let last = (0..of).filter(|back| step >= *back && history >> (step - back) & 1 == 1);
                let expected = last.count() as u32 >= needed;
                assert_eq!(debounce.push(history >> step & 1 == 1), expected, "{history:b} {step}");
            }
        }
    }
    let mut all = Debounce::new(99, 99);
    assert!((0..31).all(|_| !all.push(true)) && all.push(true), "32 of 32");
    assert!(Debounce::new(0, 0).push(true));
}

#[test]
fn small_changes_that_last_are_drift() {
    let after = |z: f32| {
        let mut watch = Watch::default();
        (1..1000).find(|_| watch.push(false, z) != State::Steady)
    };
    // h/(δ − k), the first frame beyond it
    assert_eq!((after(-1.0), after(-1.5), after(1.0)), (Some(43), Some(26), Some(43)));
    assert_eq!((after(0.0), after(-0.25), after(0.25)), (None, None, None));
    assert_eq!((after(-0.5), after(0.5)), (Some(129), Some(129)));
    let mut watch = Watch::default();
    assert!((0..42).all(|_| watch.push(false, -1.0) == State::Steady));
    assert_eq!(watch.push(false, -1.0), State::DriftLow);
    watch.reset();
    assert_eq!(watch.push(false, -1.0), State::Steady);
}

#[test]
fn frames_that_hang_together_count_as_one() {
    let mut drift = Drift::default().of_frames(8.0);
    let told = (1..1000).find(|_| {
        drift.push(-1.0);
        drift.is_low()
    });
    assert_eq!((told, Drift::default().of_frames(f32::NAN).pace), (Some(342), 1.0));
}

/// A drift of any length is over `h/k` frames after its end, and a second one is found as the first was.
#[test]
fn the_sums_do_not_wind_up() {
    for z in [-3.0, 3.0] {
        for length in [40, 1_000, 1_000_000] {
            let mut drift = Drift::new(0.5, 16.0, 3.0);
            (0..length).for_each(|_| drift.push(z));
            assert!(drift.is_low() || drift.is_high());
            let normal = (1..100).find(|_| {
                drift.push(0.0);
                !drift.is_low() && !drift.is_high()
            });
            assert_eq!(normal, Some(32), "{z}, {length} frames of drift");
        }
    }
}

/// Siegmund's approximation, by independent normals: 2(e^b − b − 1) = 338
/// frames for k = ½, h = 4, b = 5.166.
#[test]
fn false_drifts_are_as_rare_as_said() {
    const RUNS: u32 = 4000;
    let mut word = 0_u32;
    let mut frames = 0_u32;
    for _ in 0..RUNS {
        let mut drift = Drift::new(0.5, 4.0, 9.0);
        while !drift.is_low() {
            word += 1;
            drift.push(crate::math::normal_quantile(crate::noise::hash(word)));
            frames += 1;
        }
    }
    let mean = frames as f32 / RUNS as f32;
    // times between alarms are about exponential: ±1.6 % of themselves by
    // chance, the approximation is off by less than that
    assert!((mean / 338.0 - 1.0).abs() < 0.06, "{mean}");
}

#[test]
fn a_fault_is_no_drift() {
    let mut watch = Watch::default();
    let states = [0; 40].map(|_| watch.push(true, -1e30));
    assert_eq!(states[..3], [State::Steady, State::Steady, State::Fault]);
    assert!(states[3..].iter().all(|state| *state == State::Fault));
    // it ends with the anomalous frames, and leaves no drift behind
    let states = [0; 40].map(|_| watch.push(false, 0.0));
    assert!(states[4..].iter().all(|state| *state == State::Steady), "{states:?}");
    // odd frames now and then are neither
    assert!((0..100).all(|i| watch.push(i % 5 == 0, 0.0) == State::Steady));
    watch.push(false, f32::NAN);
    assert_eq!(watch.push(false, 0.0), State::Steady);
}
