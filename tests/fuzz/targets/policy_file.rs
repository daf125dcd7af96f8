//! Policy files.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use qos_loader::policy::source::Form;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Ok(text) = str::from_utf8(input) else {
        return Corpus::Reject;
    };
    qos_fuzz::read(Form::File, text);
    Corpus::Keep
});
