//! Scores: densities that are known exactly, every likelihood, and the verdicts that follow.

mod alarm_rates;
mod beta_binomial;
mod categories;
mod conditional;
mod decision;
mod draws;
mod ensemble;
mod entropy;
mod gaps;
mod gaps_of_networks;
mod integers;
mod known_density;
mod mixture;
mod negative_binomial;
mod ranges;
mod refine;
mod student_t;
mod von_mises;
