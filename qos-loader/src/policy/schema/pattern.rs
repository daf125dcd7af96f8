//! Regular expressions in the part of ECMA 262's language that other engines have too. None looks
//! ahead or has flags.

/// Control characters (Unicode's category Cc), inside of a class.
pub(super) const CONTROL: &str = r"\x00-\x1f\x7f-\x9f";

/// The expression for texts that `inside` matches whole.
pub(super) fn whole(inside: &str) -> String {
    format!("^(?:{inside})$")
}

/// One of `words` in any case.
pub(super) fn any_case<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(word_in_any_case).collect::<Vec<_>>().join("|")
}

fn word_in_any_case(word: &str) -> String {
    let letter = |one: char| match one {
        'A'..='Z' | 'a'..='z' => {
            format!("[{}{}]", one.to_ascii_uppercase(), one.to_ascii_lowercase())
        }
        '+' => r"\+".to_owned(),
        _ => one.to_string(),
    };
    word.chars().map(letter).collect()
}

/// The decimal digits of a number of 0 to `max`, with or without leading zeros.
pub(super) fn up_to(max: u32) -> String {
    format!("(?:0+|{})", from_one_to(max))
}

/// The decimal digits of a number of 1 to `max`, with or without leading zeros.
pub(super) fn from_one_to(max: u32) -> String {
    let digits = max.to_string();
    let after_first = digits.len() - 1;
    let mut forms = vec![digits.clone()];
    if after_first > 0 {
        forms.push(format!("[1-9][0-9]{{0,{}}}", after_first - 1));
    }
    // As many digits, the first that differs from `max` being smaller.
    for (index, digit) in digits.bytes().enumerate() {
        let lowest = if index == 0 { b'1' } else { b'0' };
        if digit > lowest {
            let (same, rest) = (&digits[..index], after_first - index);
            let [lowest, highest] = [lowest, digit - 1].map(char::from);
            forms.push(format!("{same}[{lowest}-{highest}][0-9]{{{rest}}}"));
        }
    }
    format!("0*(?:{})", forms.join("|"))
}
