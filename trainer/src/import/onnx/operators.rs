//! The operators that dense networks are exported as.

use elbow::architecture::Activation;

use super::constant::Constant;
use super::cut;
use super::rows::{Each, Of};
use super::walk::{Operator, Value, Walk};
use super::{same, small};

/// By name.
pub(super) const OPERATORS: [(&str, Operator); 38] = [
    ("Gemm", gemm),
    ("MatMul", mat_mul),
    ("BatchNormalization", batch_norm),
    ("Add", |walk| binary(walk, Each::Plus, Each::Plus)),
    ("Sub", |walk| binary(walk, Each::Minus, Each::From)),
    ("Mul", |walk| binary(walk, Each::Times, Each::Times)),
    ("Div", |walk| binary(walk, Each::By, Each::By)),
    ("Relu", |walk| activation(walk, Activation::Relu)),
    ("Tanh", |walk| activation(walk, Activation::Tanh)),
    ("Sigmoid", |walk| activation(walk, Activation::Sigmoid)),
    ("Softplus", |walk| activation(walk, Activation::Softplus)),
    ("LeakyRelu", |walk| sloped(walk, Activation::LeakyRelu, 0.01)),
    ("Elu", |walk| sloped(walk, Activation::Elu, 1.0)),
    ("Clip", clip),
    ("Exp", exp),
    ("Greater", greater),
    ("Where", select),
    ("RandomNormal", noise),
    ("RandomNormalLike", noise),
    ("Split", cut::split),
    ("Slice", cut::slice),
    ("Identity", same::same),
    ("Dropout", same::dropout),
    ("Cast", same::cast),
    ("Flatten", same::flatten),
    ("Reshape", same::reshape),
    ("Transpose", same::transpose),
    ("Constant", constant),
    ("Shape", small::shape),
    ("Gather", small::gather),
    ("Concat", small::concat),
    ("Unsqueeze", small::reshaped),
    ("Squeeze", small::reshaped),
    ("ConstantOfShape", small::of_shape),
    ("CastLike", same::cast_like),
    ("Neg", negative),
    ("Expand", small::expand),
    ("Size", small::size),
];

fn gemm(walk: &mut Walk<'_>) -> Result<(), String> {
    let (from, weights) = (walk.row(0)?, walk.constant(1)?);
    if walk.integer("transA", 0) != 0 {
        return Err("transA is set: frames are rows".into());
    }
    let weights = if walk.integer("transB", 0) == 0 { weights } else { weights.transposed() };
    let bias = walk.maybe(2)?.is_some().then(|| walk.constant(2)).transpose()?;
    let factors = [walk.float("alpha", 1.0), walk.float("beta", 1.0)].map(f64::from);
    dense(walk, from, weights, bias, factors)
}

fn mat_mul(walk: &mut Walk<'_>) -> Result<(), String> {
    let (from, weights) = (walk.row(0)?, walk.constant(1)?);
    dense(walk, from, weights, None, [1.0, 0.0])
}

fn dense(
    walk: &mut Walk<'_>,
    from: usize,
    weights: Constant,
    bias: Option<Constant>,
    factors: [f64; 2],
) -> Result<(), String> {
    let width = walk.rows[from].width;
    match weights.shape[..] {
        [inputs, outputs] if inputs == width && inputs > 0 && outputs > 0 => {
            if bias.as_ref().is_some_and(|bias| ![1, outputs].contains(&bias.values.len())) {
                return Err(format!("its bias has not {outputs} numbers"));
            }
            walk.give_row(0, outputs, Of::Dense { from, weights, bias, factors })
        }
        _ => Err(format!("weights of the shape {:?} do not take {width} numbers", weights.shape)),
    }
}

fn batch_norm(walk: &mut Walk<'_>) -> Result<(), String> {
    let from = walk.row(0)?;
    let by = [walk.constant(1)?, walk.constant(2)?, walk.constant(3)?, walk.constant(4)?];
    if walk.integer("training_mode", 0) != 0 {
        return Err("it is in training mode; call eval() before the export".into());
    }
    let width = walk.rows[from].width;
    if by.iter().any(|by| by.values.len() != width) {
        return Err(format!("it has not {width} numbers like the layer before it"));
    }
    let epsilon = f64::from(walk.float("epsilon", 1e-5));
    walk.give_row(0, width, Of::Norm { from, by, epsilon })
}

/// Of a row and a constant, in either order, or of two rows that belong together.
fn binary(walk: &mut Walk<'_>, how: Each, swapped: Each) -> Result<(), String> {
    let (from, by, how) = match (walk.input(0)?, walk.input(1)?) {
        (Value::Constant(a), Value::Constant(b)) => return small::arithmetic(walk, how, &a, &b),
        (Value::Row(a), Value::Row(b)) => return together(walk, how, a, b),
        (Value::Row(from), Value::Constant(by)) => (from, by, how),
        (Value::Constant(_), Value::Row(_)) if how == Each::By => {
            return Err("it divides by what depends on the frame".into());
        }
        (Value::Constant(by), Value::Row(from)) => (from, by, swapped),
    };
    let width = walk.rows[from].width;
    if by.spread(width).is_none() {
        return Err(format!("a constant of the shape {:?} does not belong to {width} numbers", by.shape));
    }
    walk.give_row(0, width, Of::Each { from, how, by })
}

fn together(walk: &mut Walk<'_>, how: Each, a: usize, b: usize) -> Result<(), String> {
    let width = walk.rows[a].width;
    if width != walk.rows[b].width {
        return Err(format!("it joins {width} and {} numbers", walk.rows[b].width));
    }
    for (x, y) in [(a, b), (b, a)] {
        let of = match (how, &walk.rows[x].of, &walk.rows[y].of) {
            // x · sigmoid(x)
            (Each::Times, _, Of::Activation { from, activation: Activation::Sigmoid }) if *from == x => {
                Of::Activation { from: x, activation: Activation::Silu }
            }
            // ε · exp(log σ)
            (Each::Times, Of::Noise, Of::Exp { from }) => Of::Spread { log_scale: *from },
            // μ + ε σ
            (Each::Plus, _, Of::Spread { log_scale }) => Of::Draw { mean: x, log_scale: *log_scale },
            _ => continue,
        };
        return walk.give_row(0, width, of);
    }
    Err("of two vectors there are x · Sigmoid(x), and a draw: mean + noise · Exp(log scale)".into())
}

fn activation(walk: &mut Walk<'_>, activation: Activation) -> Result<(), String> {
    let from = walk.row(0)?;
    walk.give_row(0, walk.rows[from].width, Of::Activation { from, activation })
}

/// An activation with a number that the engine has as one.
fn sloped(walk: &mut Walk<'_>, of: Activation, needed: f32) -> Result<(), String> {
    let alpha = walk.float("alpha", needed);
    if (alpha - needed).abs() > 1e-6 {
        return Err(format!("its alpha is {alpha}, and the engine's {} has {needed}", of.name()));
    }
    activation(walk, of)
}

fn clip(walk: &mut Walk<'_>) -> Result<(), String> {
    let from = walk.row(0)?;
    // before version 11 limits were attributes
    let mut limits = [walk.float("min", f32::NEG_INFINITY), walk.float("max", f32::INFINITY)].map(f64::from);
    for (at, limit) in limits.iter_mut().enumerate() {
        if let Some(Value::Constant(given)) = walk.maybe(at + 1)? {
            *limit = given.spread(1).ok_or("its limit is not one number")?[0];
        }
    }
    walk.give_row(0, walk.rows[from].width, Of::Clip { from, limits })
}

fn exp(walk: &mut Walk<'_>) -> Result<(), String> {
    let from = walk.row(0)?;
    walk.give_row(0, walk.rows[from].width, Of::Exp { from })
}

fn greater(walk: &mut Walk<'_>) -> Result<(), String> {
    let (from, limit) = (walk.row(0)?, walk.constant(1)?);
    let limit = limit.spread(1).ok_or("its limit is not one number")?[0];
    walk.give_row(0, walk.rows[from].width, Of::Greater { from, limit })
}

/// `x` where it is large, else softplus: a softplus, to its last bit.
fn select(walk: &mut Walk<'_>) -> Result<(), String> {
    const LARGE: f64 = 20.0;
    let (large, x, y) = (walk.row(0)?, walk.row(1)?, walk.row(2)?);
    match (&walk.rows[large].of, &walk.rows[y].of) {
        (
            Of::Greater { from, limit: LARGE.. },
            Of::Activation { from: of, activation: Activation::Softplus },
        ) if [*from, *of] == [x, x] => walk.give(0, Value::Row(y)),
        _ => Err("of choices there is that of a softplus alone".into()),
    }
}

fn noise(walk: &mut Walk<'_>) -> Result<(), String> {
    // its width is that of what it is multiplied with
    let width = match walk.maybe(0)? {
        Some(Value::Row(like)) => walk.rows[like].width,
        _ => {
            let shape = walk.attribute("shape").and_then(|shape| shape.ints.last());
            shape.and_then(|width| usize::try_from(*width).ok()).unwrap_or(0)
        }
    };
    if walk.float("mean", 0.0) != 0.0 || walk.float("scale", 1.0) != 1.0 {
        return Err("noise must have the mean 0 and the scale 1".into());
    }
    walk.give_row(0, width, Of::Noise)
}

fn constant(walk: &mut Walk<'_>) -> Result<(), String> {
    let attribute = |name| walk.attribute(name);
    let list = |values: Vec<f64>| Constant::new(vec![values.len()], values);
    let one = |value: f64| Constant::new(Vec::new(), vec![value]);
    let value = if let Some(tensor) = attribute("value").and_then(|of| of.t.as_ref()) {
        walk.tensor(tensor)?
    } else if let Some(of) = attribute("value_float") {
        one(f64::from(of.f.unwrap_or_default()))
    } else if let Some(of) = attribute("value_int") {
        one(of.i.unwrap_or_default() as f64).whole()
    } else if let Some(of) = attribute("value_floats") {
        list(of.floats.iter().copied().map(f64::from).collect())
    } else if let Some(of) = attribute("value_ints") {
        list(of.ints.iter().map(|i| *i as f64).collect()).whole()
    } else {
        return Err("it holds neither numbers nor a tensor".into());
    };
    walk.give(0, Value::Constant(value))
}

fn negative(walk: &mut Walk<'_>) -> Result<(), String> {
    let from = walk.row(0)?;
    let by = Constant::new(Vec::new(), vec![-1.0]);
    walk.give_row(0, walk.rows[from].width, Of::Each { from, how: Each::Times, by })
}
