//! The bits are part of the product: scores, thresholds and packets depend on them. A change here is a
//! **Value** change in the changelog and a new numeric profile in the model file.

use elbow::math;

#[test]
fn golden_values() {
    let points: [(f32, [u32; 5]); 6] = [
        // x, exp, tanh, sigmoid, softplus of x, ln of |x|
        (-20.25, [0x30dc_9ef1, 0xbf80_0000, 0x30dc_9ef1, 0x30dc_9ef1, 0x4040_859c]),
        (-3.0, [0x3d4b_ed86, 0xbf7e_bbe9, 0x3d42_41a2, 0x3d47_0387, 0x3f8c_9f54]),
        (-0.7, [0x3efe_406e, 0xbf1a_b7d9, 0x3ea9_e34a, 0x3ece_6e67, 0xbeb6_9e1a]),
        (0.01, [0x3f81_4953, 0x3c23_d5a4, 0x3f00_a3d7, 0x3f32_ba98, 0xc093_5d8e]),
        (1.5, [0x408f_69ff, 0x3f67_b7cc, 0x3f51_4c8f, 0x3fd9_c7e9, 0x3ecf_991f]),
        (12.0, [0x481e_f0b3, 0x3f80_0000, 0x3f7f_ff98, 0x4140_0006, 0x401f_08b6]),
    ];
    for (x, bits) in points {
        let found = [math::exp(x), math::tanh(x), math::sigmoid(x), math::softplus(x), math::ln(x.abs())];
        assert_eq!(found.map(f32::to_bits), bits, "{x}: {found:?}");
    }
    let normals: [(u32, u32); 6] = [
        (0x0000_0000, 0xc0ca_d08d),
        (0x0000_0001, 0xc0c5_5364),
        (0x0100_0000, 0xc02a_3e8c),
        (0x4000_0000, 0xbf2c_ab5c),
        (0x7fff_ffff, 0xb300_0000),
        (0xe000_0123, 0x3f93_3ea9),
    ];
    for (u, bits) in normals {
        assert_eq!(math::normal_quantile(u).to_bits(), bits, "{u:#x}");
    }
}

/// FNV-1a, word by word, over the results for 2^16 arguments that hop about in `[from, to)`.
fn hash((from, to): (f32, f32), f: impl Fn(f32) -> f32) -> u32 {
    (0..1u32 << 16).fold(0x811c_9dc5, |hash, i| {
        let unit = (i.wrapping_mul(0x9e37_79b9) >> 8) as f32 / 16_777_216.0;
        (hash ^ f(from + (to - from) * unit).to_bits()).wrapping_mul(0x0100_0193)
    })
}

#[test]
fn golden_hashes() {
    let found = [
        ("exp", hash((-90.0, 90.0), math::exp)),
        ("ln", hash((0.0, 4.0), math::ln)),
        ("ln_1p_unit", hash((0.0, 1.0), math::ln_1p_unit)),
        ("tanh", hash((-10.0, 10.0), math::tanh)),
        ("sigmoid", hash((-20.0, 20.0), math::sigmoid)),
        ("softplus", hash((-20.0, 20.0), math::softplus)),
        ("sqrt", hash((0.0, 4.0), math::sqrt)),
        ("inverse_sqrt", hash((0.0, 4.0), math::inverse_sqrt)),
        ("normal_quantile", hash((1.0, 2.0), |x| math::normal_quantile(x.to_bits() << 9))),
    ];
    let golden = [
        "exp 04e28bd3",
        "ln 85c0430d",
        "ln_1p_unit 79d236d7",
        "tanh 9d60c199",
        "sigmoid 766ba27f",
        "softplus 464d0bb2",
        "sqrt a1d3531a",
        "inverse_sqrt 4723cee3",
        "normal_quantile c6a468c1",
    ];
    assert_eq!(found.map(|(name, hash)| format!("{name} {hash:08x}")), golden);
}
