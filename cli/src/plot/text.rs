//! Text and numbers as they stand in a picture or page.

use crate::report::shown;

/// Text that is only text wherever it stands in HTML or SVG; what would act on a reader's screen is made
/// visible: whoever names a column may be a stranger.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in shown(text).chars() {
        match character {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            other => out.push(other),
        }
    }
    out
}

/// Four significant digits, without zeros at the end.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        return "0".into();
    }
    if !value.is_finite() || !(1e-4..1e7).contains(&size) {
        return format!("{value:.3e}").replace('-', "−");
    }
    let decimals = (3 - size.log10().floor() as i32).max(0) as usize;
    let text = format!("{value:.decimals$}");
    let text = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    text.replace('-', "−")
}

/// A place in a picture: a tenth of a pixel is finer than anybody sees.
pub(super) fn place(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts() {
        assert_eq!(escape("<script>alert('&\"')"), "&lt;script&gt;alert(&#39;&amp;&quot;&#39;)");
        assert_eq!(escape("温度\u{1b}[2J\u{202e}"), "温度\\u{1b}[2J\\u{202e}");
    }

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        for (value, text) in [
            (0.0, "0"),
            (0.5, "0.5"),
            (-12.345678, "−12.35"),
            (100.0, "100"),
            (12_345.6, "12346"),
            (1e-9, "1.000e−9"),
            (-3.4e38, "−3.400e38"),
            (0.012345, "0.01235"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!([place(1.0), place(1.25), place(-0.06)], ["1", "1.2", "-0.1"]);
    }
}
