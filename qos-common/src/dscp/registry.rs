//! The IANA registry of code points, with the service class of RFC 4594 that uses each, and what
//! Wi-Fi makes of them.

use super::Dscp;

/// One line of the IANA registry "Differentiated Services Field Codepoints".
#[derive(Debug, PartialEq, Eq)]
pub struct Registered {
    /// The code point, 0 to 63.
    pub value: u8,
    /// The name that we print.
    pub name: &'static str,
    /// Other names that we read.
    pub aliases: &'static [&'static str],
    /// The service class that RFC 4594 (or the named RFC) gives to it.
    pub class: &'static str,
    /// The document that defines it.
    pub source: &'static str,
}

const fn entry(
    value: u8,
    name: &'static str,
    aliases: &'static [&'static str],
    class: &'static str,
    source: &'static str,
) -> Registered {
    Registered { value, name, aliases, class, source }
}

/// All named code points, by value.
pub const REGISTRY: &[Registered] = &[
    entry(0, "CS0", &["DF", "BE"], "Standard", "RFC 2474"),
    entry(1, "LE", &[], "Lower Effort", "RFC 8622"),
    entry(8, "CS1", &[], "Low-Priority Data", "RFC 2474"),
    entry(10, "AF11", &[], "High-Throughput Data", "RFC 2597"),
    entry(12, "AF12", &[], "High-Throughput Data", "RFC 2597"),
    entry(14, "AF13", &[], "High-Throughput Data", "RFC 2597"),
    entry(16, "CS2", &[], "OAM", "RFC 2474"),
    entry(18, "AF21", &[], "Low-Latency Data", "RFC 2597"),
    entry(20, "AF22", &[], "Low-Latency Data", "RFC 2597"),
    entry(22, "AF23", &[], "Low-Latency Data", "RFC 2597"),
    entry(24, "CS3", &[], "Broadcast Video", "RFC 2474"),
    entry(26, "AF31", &[], "Multimedia Streaming", "RFC 2597"),
    entry(28, "AF32", &[], "Multimedia Streaming", "RFC 2597"),
    entry(30, "AF33", &[], "Multimedia Streaming", "RFC 2597"),
    entry(32, "CS4", &[], "Real-Time Interactive", "RFC 2474"),
    entry(34, "AF41", &[], "Multimedia Conferencing", "RFC 2597"),
    entry(36, "AF42", &[], "Multimedia Conferencing", "RFC 2597"),
    entry(38, "AF43", &[], "Multimedia Conferencing", "RFC 2597"),
    entry(40, "CS5", &[], "Signaling", "RFC 2474"),
    entry(44, "VOICE-ADMIT", &["VA"], "Telephony (admitted)", "RFC 5865"),
    entry(45, "NQB", &[], "Non-Queue-Building", "RFC 9956"),
    entry(46, "EF", &[], "Telephony", "RFC 3246"),
    entry(48, "CS6", &[], "Network Control", "RFC 2474"),
    entry(56, "CS7", &[], "Reserved", "RFC 2474"),
];

/// A Wi-Fi Multimedia access category, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WmmCategory {
    /// `AC_BK`.
    Background,
    /// `AC_BE`.
    BestEffort,
    /// `AC_VI`.
    Video,
    /// `AC_VO`.
    Voice,
}

impl WmmCategory {
    /// The name that Wi-Fi equipment shows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Background => "AC_BK",
            Self::BestEffort => "AC_BE",
            Self::Video => "AC_VI",
            Self::Voice => "AC_VO",
        }
    }
}

/// The access category that RFC 8325 (section 4.3, figure 1; NQB by RFC 9956) recommends. Code
/// points that it does not name are best effort. CS6 and CS7 are taken as from a trusted network.
pub const fn wmm_rfc8325(dscp: Dscp) -> WmmCategory {
    match dscp.value() {
        1 | 8 => WmmCategory::Background,
        24 | 26 | 28 | 30 | 32 | 34 | 36 | 38 | 40 | 45 => WmmCategory::Video,
        44 | 46 | 48 | 56 => WmmCategory::Voice,
        _ => WmmCategory::BestEffort,
    }
}

/// The access category that Windows and plain 802.11 drivers take from the upper three bits.
pub const fn wmm_windows(dscp: Dscp) -> WmmCategory {
    match dscp.value() {
        8..=23 => WmmCategory::Background,
        32..=47 => WmmCategory::Video,
        48.. => WmmCategory::Voice,
        _ => WmmCategory::BestEffort,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_sorted_and_has_no_name_twice() {
        assert!(REGISTRY.windows(2).all(|pair| pair[0].value < pair[1].value));
        for (index, one) in REGISTRY.iter().enumerate() {
            for other in &REGISTRY[index + 1..] {
                assert!(!one.name.eq_ignore_ascii_case(other.name));
                assert!(!other.aliases.contains(&one.name));
            }
        }
    }

    #[test]
    fn voice_is_video_by_the_upper_bits_and_voice_by_rfc_8325() {
        let ef = Dscp::by_name("EF").unwrap();
        assert_eq!(wmm_rfc8325(ef), WmmCategory::Voice);
        assert_eq!(wmm_windows(ef), WmmCategory::Video);
    }
}
