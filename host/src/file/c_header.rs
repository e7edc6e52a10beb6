//! A model file as an array of C, for firmware that is not Rust.

use std::fmt::Write as _;

use elbow_reader::categories::names;

use super::describe::describe_model;
use super::rust_type::constant_name;
use crate::model::HostModel;

/// Bytes in a line.
const LINE: usize = 20;

/// The C source of a file's bytes, aligned as they must be to be used where they lie, with the names of a
/// row's columns and the samples of a score. C11 and C++11; no code.
pub fn c_header(model: &HostModel<'_>, bytes: &[u8]) -> String {
    let metadata = &model.metadata;
    let name = constant_name(metadata.name);
    let columns = names(metadata.columns);
    let mut out = format!(
        "/* Written by elbow {} of {}.elbow: {}. Do not edit it. */
#ifndef ELBOW_{name}_H
#define ELBOW_{name}_H

#define {name}_BYTES {}u
#define {name}_FEATURES {}u
#define {name}_SAMPLES {}u
#define {name}_COLUMNS {}u

static const char *const {name}_COLUMN_NAMES[{name}_COLUMNS] = {{
",
        commented(metadata.version),
        commented(metadata.name),
        describe_model(model),
        bytes.len(),
        metadata.architecture.features,
        model.samples_on_device(),
        columns.len(),
    );
    columns.iter().for_each(|column| {
        let _ = writeln!(out, "    \"{}\",", escaped(column));
    });
    let _ = write!(
        out,
        "}};

#if defined __cplusplus
alignas(16)
#elif defined __STDC_VERSION__ && __STDC_VERSION__ >= 201112L
_Alignas(16)
#else
__attribute__((aligned(16)))
#endif
static const unsigned char {name}_MODEL[{name}_BYTES] = {{
"
    );
    for line in bytes.chunks(LINE) {
        let line = line.iter().map(|byte| format!("{byte},")).collect::<String>();
        let _ = writeln!(out, "{line}");
    }
    out + &format!("}};\n\n#endif /* ELBOW_{name}_H */\n")
}

/// As it stands in a comment of C, which it does not end.
pub(super) fn commented(text: &str) -> String {
    text.replace("*/", "* /").replace("/*", "/ *")
}

/// As it stands in a string of C: octal for all that is not plain, so that no digit behind it is taken for
/// one of its own, and no trigraph comes about.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" _-.,:;/()[]{}%+*=<>#@!$&'^~|".contains(&byte);
    let byte = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("\\{byte:03o}") };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Model;

    #[test]
    fn the_array_holds_the_file_and_strings_stay_strings() {
        let file = include_bytes!("../../../core/examples/thermometer.elbow");
        let text = c_header(Model::open(file).unwrap().get(), file);
        let array = text.split("_MODEL[").nth(1).unwrap().split('{').nth(1).unwrap();
        let bytes: Vec<u8> = array.split(['\n', ',']).filter_map(|byte| byte.parse().ok()).collect();
        assert_eq!(bytes, file);
        assert_eq!(commented("a*/ evil(); /*/"), "a* / evil(); / * /");
        assert_eq!(escaped("a\"b\\c??/d é1"), "a\\042b\\134c\\077\\077/d \\303\\2511");
    }
}
