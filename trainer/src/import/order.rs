//! Names in the order in which people count: `encoder.2` before `encoder.10`.

use std::cmp::Ordering;

/// Digits as the numbers that they are, all else by letters.
pub(super) fn by_number(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (left, right) = (run(&mut a), run(&mut b));
        let (Some(left), Some(right)) = (left, right) else { return left.is_some().cmp(&right.is_some()) };
        let are_numbers = [left, right].iter().all(|run| run.starts_with(|c: char| c.is_ascii_digit()));
        let order = match are_numbers {
            true => {
                let [left, right] = [left, right].map(|digits| digits.trim_start_matches('0'));
                (left.len(), left).cmp(&(right.len(), right))
            }
            false => left.cmp(right),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Takes the digits, or what is none, that a text begins with.
fn run<'a>(text: &mut &'a str) -> Option<&'a str> {
    let is_digit = text.chars().next()?.is_ascii_digit();
    let end = text.find(|c: char| c.is_ascii_digit() != is_digit).unwrap_or(text.len());
    let (run, rest) = text.split_at(end);
    *text = rest;
    Some(run)
}

/// The number that a name ends with.
pub(super) fn trailing(name: &str) -> Option<u32> {
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    name[name.len() - digits..].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count() {
        let mut names = ["fc10", "e.2.w", "fc2", "e.10.w", "e", "fc02", "", "e.x"];
        names.sort_by(|a, b| by_number(a, b));
        assert_eq!(names, ["", "e", "e.2.w", "e.10.w", "e.x", "fc2", "fc02", "fc10"]);
        assert_eq!(["fc21", "fc", "7", "99999999999"].map(trailing), [Some(21), None, Some(7), None]);
    }
}
