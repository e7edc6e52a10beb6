//! Streams, packets and logs: what goes in comes out, in as many bits as promised; damage is an error.

mod bits_back;
mod bits_back_categories;
mod bits_back_counts;
mod bits_back_integers;
mod compress;
mod damage;
mod laws;
mod lost;
mod packet;
mod plan;
mod stream;
