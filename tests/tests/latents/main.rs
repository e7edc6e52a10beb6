//! Latent distributions: samplers and densities against the laws that they claim to follow.

mod mixture_prior;
mod mixture_refused;
mod vmf_gradient;
mod vmf_law;
mod vmf_model;
mod vmf_normalizer;
mod vmf_samplers;
mod vmf_table;
