//! A run that is stopped after any step and taken up again.

use elbow::architecture::LikelihoodKind;
use elbow_trainer::fit::{FitConfig, FitError, Fitted, Frames, Run, Schedule};

use crate::{layout, normals};

/// What the epochs of a run of two processes give: the second goes on from the
/// bytes of the first one's state after so many steps.
fn interrupted(config: &FitConfig, steps: u32) -> Fitted {
    let layout = layout(3, &[4], 2, LikelihoodKind::Gaussian);
    let (data, start) = (normals(30), layout.init(1, &[0.0; 3]));
    let frames = Frames { input: &data, target: &data, features: 3 };
    // the third validation fails once, in each process: the halved step is part of what must be taken up
    let mut calls = [0; 9];
    let mut validate = |epoch: u32, params: &[f32]| {
        calls[epoch as usize] += 1;
        if epoch == 3 && calls[3] == 1 { f64::NAN } else { f64::from(params[0]) }
    };
    let mut run = Run::new(&layout, start, &frames, config).unwrap();
    for _ in 0..steps {
        run.advance(&mut validate).unwrap();
    }
    let state = postcard::to_allocvec(run.state()).unwrap();
    let mut run = Run::resume(&layout, postcard::from_bytes(&state).unwrap(), &frames, config).unwrap();
    while !run.is_finished() {
        run.advance(&mut validate).unwrap();
    }
    run.into_fitted()
}

#[test]
fn a_run_goes_on_from_any_step_as_if_never_stopped() {
    let schedule = Schedule::Cosine { warmup: 2 };
    let config = FitConfig { epochs: 6, batch: 4, average: 0.9, schedule, ..FitConfig::default() };
    // six epochs of three steps and a validation, one of them twice
    let whole = interrupted(&config, 0);
    assert_eq!(whole.history.len(), 6);
    assert_eq!(whole.history[3].learning_rate, 0.5 * config.schedule.rate(1e-3, 3.0 + 2.0 / 3.0, 6));
    for steps in 1..=28 {
        assert_eq!(interrupted(&config, steps), whole, "{steps} steps");
    }
}

#[test]
fn a_state_of_another_run_is_refused() {
    let (one, other) =
        (layout(3, &[4], 2, LikelihoodKind::Gaussian), layout(3, &[5], 2, LikelihoodKind::Gaussian));
    let data = normals(30);
    let frames = Frames { input: &data, target: &data, features: 3 };
    let config = FitConfig::default();
    let state = Run::new(&one, one.init(1, &[0.0; 3]), &frames, &config).unwrap().state().clone();
    let resume = |layout, config: &FitConfig| Run::resume(layout, state.clone(), &frames, config).map(|_| ());
    assert_eq!(resume(&one, &config), Ok(()));
    assert_eq!(resume(&other, &config), Err(FitError::OtherState));
    assert_eq!(resume(&one, &FitConfig { average: 0.5, ..config }), Err(FitError::OtherState));
}
