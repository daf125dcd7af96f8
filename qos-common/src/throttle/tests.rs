use proptest::prelude::*;

use super::{LONGEST, Pace};

const NANOSECONDS: u128 = 1_000_000_000;
const BOOT: u64 = 10 * 365 * 86_400 * 1_000_000_000;

/// Bytes that wait to be paid off, counted in billionths of a byte; nothing is rounded.
struct Model {
    rate: u128,
    burst: u128,
    debt: u128,
    last: u64,
}

impl Model {
    fn new(rate: u64) -> Self {
        let rate = u128::from(rate);
        let burst = (rate * NANOSECONDS / 4).max(128 * 1024 * NANOSECONDS);
        Self { rate, burst, debt: 0, last: 0 }
    }

    /// By how much the debt is above the burst before the packet, in billionths of a byte.
    fn excess(&mut self, now: u64) -> i128 {
        let passed = u128::from(now - self.last);
        self.last = now;
        self.debt = self.debt.saturating_sub(passed * self.rate);
        self.debt.cast_signed() - self.burst.cast_signed()
    }

    fn add(&mut self, bytes: u32) {
        self.debt += u128::from(bytes) * NANOSECONDS;
    }
}

/// Miri takes half a second for each.
const PACKETS: usize = if cfg!(miri) { 8 } else { 400 };

fn rates() -> impl Strategy<Value = u64> {
    // As many of each magnitude: 1 B/s to 100 GB/s.
    (0..=36_u32, any::<u64>()).prop_map(|(bits, random)| {
        let low = 1 << bits;
        (low + random % low).min(100_000_000_000)
    })
}

fn lengths() -> impl Strategy<Value = u32> {
    prop_oneof![40_u32..=1514, 1_u32..=70_000, 1_u32..=LONGEST]
}

proptest! {
    #[test]
    fn a_cost_is_exact_to_a_tick_and_a_billionth(rate in rates(), bytes in 0..=LONGEST) {
        let exact = u128::from(bytes) * NANOSECONDS * 16 / u128::from(rate);
        let cost = u128::from(Pace::new(rate).cost(bytes));
        prop_assert!(cost <= exact && exact - cost <= 1 + exact / 1_000_000_000, "{cost} {exact}");
    }

    /// Whatever comes when, it decides as a model that can't round, but for debts that are at the
    /// burst to a millionth.
    #[test]
    fn it_decides_as_a_model_does(
        rate in rates(),
        packets in prop::collection::vec((lengths(), 0..=2_000_000_u64, 0..=3_u32), 1..PACKETS),
    ) {
        let (pace, mut model) = (Pace::new(rate), Model::new(rate));
        let (mut due, mut now) = (0, BOOT);
        model.last = now;
        for (bytes, gap, magnitude) in packets {
            now += gap * 10_u64.pow(magnitude) / 10;
            let excess = model.excess(now);
            let charged = pace.charge_exactly(due, now, bytes);
            let near = excess.unsigned_abs() <= model.burst / 1_000_000;
            prop_assert!(near || charged.is_some() == (excess <= 0), "{excess} {charged:?}");
            if let Some(charged) = charged {
                due = charged;
                model.add(bytes);
            }
        }
    }

    /// Also by a clock that is a little behind.
    #[test]
    fn a_clock_that_is_behind_lets_through_no_more_than_the_right_one(
        rate in rates(),
        debt in 0..=500_000_000_u64,
        behind in 0..=10_000_000_u64,
        bytes in lengths(),
    ) {
        let pace = Pace::new(rate);
        let due = (BOOT + debt) * 16;
        let exact = pace.charge_exactly(due, BOOT, bytes);
        let early = pace.charge(due, BOOT - behind, bytes);
        prop_assert!(early.is_none() || early == exact, "{early:?} {exact:?}");
        prop_assert_eq!(pace.charge(due, BOOT, bytes).is_some(), debt * 16 <= pace.burst);
    }

    #[test]
    fn words_give_back_what_was_put_in(rate in any::<u64>()) {
        let pace = Pace::new(rate);
        prop_assert_eq!(Pace::from_words(pace.words()), pace);
    }

    /// Who sends more than the rate all the time gets the burst and the rate, to one packet.
    #[test]
    fn in_the_long_run_it_is_the_rate(rate in 1_000_u64..=10_000_000_000, bytes in 64..=70_000_u32) {
        let pace = Pace::new(rate);
        let gap = (u64::from(bytes) * 1_000_000_000 / rate / 2).max(1);
        let (mut due, mut left) = (0, 0_u64);
        const PACKETS: u64 = 2_000;
        for number in 0..PACKETS {
            if let Some(charged) = pace.charge_exactly(due, BOOT + number * gap, bytes) {
                due = charged;
                left += u64::from(bytes);
            }
        }
        let burst = (rate / 4).max(128 * 1024);
        let paid = u128::from(rate) * u128::from((PACKETS - 1) * gap) / NANOSECONDS;
        let most = u64::try_from(paid).unwrap() + burst + u64::from(bytes);
        prop_assert!(left <= most + most / 1_000 + 1, "{left} of {most}");
        let offered = PACKETS * u64::from(bytes);
        let least = offered.min(most.saturating_sub(2 * u64::from(bytes)));
        prop_assert!(left + most / 1_000 >= least, "{left} of {least}");
    }
}

#[test]
fn the_burst_is_a_quarter_of_a_second_or_128_kib() {
    let sent_at_once = |rate| {
        let pace = Pace::new(rate);
        let (mut due, mut packets) = (0, 0);
        while let Some(charged) = pace.charge_exactly(due, BOOT, 1_000) {
            (due, packets) = (charged, packets + 1);
        }
        packets
    };
    // One more than fits, for the debt may be exceeded by a packet.
    assert_eq!(sent_at_once(1_000), 132);
    assert_eq!(sent_at_once(524_288), 132);
    assert_eq!(sent_at_once(100_000_000), 25_001);
}

#[test]
fn a_packet_that_is_longer_than_the_burst_leaves_and_is_paid_off() {
    let pace = Pace::new(1_000);
    let due = pace.charge_exactly(0, BOOT, LONGEST).unwrap();
    assert_eq!(pace.charge_exactly(due, BOOT, 1), None);
    // 128 KiB may be owed of a MiB: the rest takes 917.504 seconds.
    assert_eq!(pace.charge_exactly(due, BOOT + 917_503_000_000, 1), None);
    assert!(pace.charge_exactly(due, BOOT + 917_505_000_000, 1).is_some());
}

/// At 1 MB a second packets of 1,000 bytes have a millisecond each.
#[test]
fn packets_depart_when_those_before_are_paid_off() {
    let pace = Pace::new(1_000_000);
    let mut due = 0;
    for number in 0..100 {
        due = pace.charge_exactly(due, BOOT, 1_000).unwrap();
        let departs = pace.departure(due, 1_000);
        assert!(departs.abs_diff(BOOT + number * 1_000_000) <= number, "{number}: {departs}");
    }
    // And at once where nothing is owed.
    let later = BOOT + 3_600_000_000_000;
    let due = pace.charge_exactly(due, later, 1_000).unwrap();
    assert_eq!(pace.departure(due, 1_000), later);
}

/// The word of a policy that was a thousand times slower does not stop the next packet.
#[test]
fn the_debt_of_a_slower_rate_is_no_more_than_the_burst() {
    let slow = Pace::new(1_000).charge_exactly(0, BOOT, LONGEST).unwrap();
    let pace = Pace::new(1_000_000);
    let due = pace.charge_exactly(slow, BOOT, 1_000).unwrap();
    assert_eq!(pace.charge_exactly(due, BOOT, 1_000), None);
    assert!(pace.charge_exactly(due, BOOT + 1_100_000, 1_000).is_some());
}

#[test]
fn extremes_do_not_overflow() {
    for rate in [0, 1, 2, 100_000_000_000, 1 << 63, u64::MAX] {
        let pace = Pace::new(rate);
        assert!(pace.price < 1 << 43 && pace.shift < 64, "{pace:?}");
        let due = pace.charge_exactly(0, BOOT, u32::MAX).unwrap();
        assert!((BOOT * 16..BOOT * 17).contains(&due), "{rate}");
    }
    assert_eq!(Pace::new(1).cost(LONGEST), u64::from(LONGEST) * 16_000_000_000);
}
