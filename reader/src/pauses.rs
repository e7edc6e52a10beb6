//! Pauses in the times of rows, which windows should not go across.

use std::time::Duration;

use crate::part::Gap;
use crate::time::TimeForms;

/// A pause is so many times as long as most steps.
const PAUSE: i64 = 5;

/// The steps of a column of times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pauses {
    last: Option<i64>,
    steps: Vec<i64>,
}

impl Pauses {
    /// Looks at one more cell, once it is known how times are written.
    pub(crate) fn see(&mut self, cell: &[u8], forms: &TimeForms) {
        let Some(form) = forms.form().filter(|_| forms.is_certain()) else { return };
        let Some(time) = form.parse(cell) else { return };
        self.steps.extend(self.last.replace(time).map(|last| form.step(last, time)));
    }

    /// What should be known of a column of this name where rows are joined; nothing where it goes on evenly.
    pub(crate) fn note(&self, name: &str) -> Option<String> {
        let mut steps = self.steps.clone();
        steps.sort_unstable();
        let usual = steps.get(steps.len() / 2).copied().filter(|usual| *usual > 0)?;
        let is_pause = |step: &&i64| **step < 0 || **step / PAUSE > usual;
        let pauses = steps.iter().filter(is_pause).count();
        let span = |nanos: i64| Gap(Duration::from_nanos(nanos.unsigned_abs()));
        (pauses > 0).then(|| {
            format!(
                "`{name}` goes on by {} as a rule; steps far longer, {} at most, or backwards: {pauses}. \
                 Windows go across them: --time '{name}' --gap {} ends them there",
                span(usual),
                span(steps.last().copied().unwrap_or(0)),
                span(usual.saturating_mul(2)).to_string().replace(' ', "")
            )
        })
    }
}
