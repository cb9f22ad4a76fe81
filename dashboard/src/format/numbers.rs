//! Digits, their groups and their decimal sign.

use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::Locale;

use super::MINUS;

pub struct Numbers(DecimalFormatter);

impl Numbers {
    #[expect(
        clippy::expect_used,
        reason = "the data of every locale is compiled in"
    )]
    pub fn new(locale: &Locale) -> Numbers {
        let formatter = DecimalFormatter::try_new(locale.into(), Default::default());
        Numbers(formatter.expect("symbols of a locale"))
    }

    pub fn whole(&self, value: i128) -> String {
        self.signed(value, Decimal::from(value.unsigned_abs()))
    }

    /// Of a number of tenths: `12.3` of 123.
    pub fn tenths(&self, tenths: i128) -> String {
        let mut size = Decimal::from(tenths.unsigned_abs());
        size.multiply_pow10(-1);
        size.absolute.pad_end(-1);
        self.signed(tenths, size)
    }

    fn signed(&self, value: i128, size: Decimal) -> String {
        let sign = if value < 0 { MINUS } else { "" };
        format!("{sign}{}", self.0.format(&size))
    }
}
