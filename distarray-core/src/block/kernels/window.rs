//! [`Window`]: where the bins of numbers lie, found out on the way.

use super::bins::{HIGHEST, LOWEST};

/// Pieces that are summed in three bins once two were too few.
pub(super) const WIDE: u8 = 64;

/// Where the bins of numbers like the last ones lie.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Window {
    /// Numbers are less than two to this power; `None` before the first.
    top: Option<i32>,
    /// How many more pieces are summed in three bins, as two were too few for one of the last.
    wide: u8,
}

impl Window {
    /// For magnitudes up to the one with these bits; nothing where they cannot be summed in bins. One
    /// bit is left for numbers that grow.
    fn raise(&mut self, most: u64) {
        let top = (most >> 52) as i32 - 1023 + 2;
        self.top = (top <= HIGHEST).then_some(top.max(LOWEST));
    }

    /// The power of two that numbers like the last ones are less than, where two bins do for them.
    #[cfg(test)]
    pub(super) fn narrow(&self) -> Option<i32> {
        self.top.filter(|_| self.wide == 0)
    }

    /// Counts a piece that was summed exactly.
    #[inline(always)]
    fn count_down(&mut self) {
        self.wide = self.wide.saturating_sub(1);
    }

    /// Sums a piece by `run`, once more where other bins suit it better; whether that was exact. Not where three bins
    /// are taken: two were too few for numbers like these. Numbers may be less than two to the highest power.
    ///
    /// For the first piece, `most` guesses the bits of the greatest magnitude.
    #[inline(always)]
    pub(super) fn fit_once(
        &mut self,
        highest: i32,
        most: impl Fn() -> u64,
        mut run: impl FnMut(i32) -> Found,
    ) -> bool {
        if self.wide > 0 {
            return false;
        }
        self.begin(highest, most);
        while let Some(top) = self.top.filter(|&top| top <= highest) {
            let found = run(top);
            if found.is_exact(top) {
                return true;
            }
            self.raise(found.most);
            if self.top >= Some(top) && fits(found.most, top) {
                return false;
            }
        }
        false
    }

    /// Guesses from the bits of the greatest magnitude, where nothing is known that may be taken.
    #[inline(always)]
    fn begin(&mut self, highest: i32, most: impl Fn() -> u64) {
        if self.top.is_none_or(|top| top > highest) {
            self.raise(most());
        }
    }

    /// Sums a piece by `run`, in two bins or (where it is told so) three; whether that was exact. Numbers may be less
    /// than two to the highest power.
    ///
    /// For the first piece, `most` guesses the bits of the greatest magnitude.
    #[inline(always)]
    pub(super) fn fit(
        &mut self,
        highest: i32,
        most: impl Fn() -> u64,
        mut run: impl FnMut(i32, bool) -> Found,
    ) -> bool {
        self.begin(highest, most);
        let mut suited = false;
        while let Some(top) = self.top.filter(|&top| top <= highest) {
            let found = run(top, self.wide > 0);
            if found.is_exact(top) {
                self.count_down();
                return true;
            }
            match (suited, self.wide) {
                // Once more, with bins that suit this piece, then with more of them.
                (false, _) => self.raise(found.most),
                (true, 0) => self.wide = WIDE,
                (true, _) => self.top = None,
            }
            suited = true;
        }
        false
    }
}

/// What a loop has found beside the sums.
#[derive(Clone, Copy)]
pub(super) struct Found {
    /// The bits of the greatest magnitude.
    pub(super) most: u64,
    /// Bits that are set where something was left; the highest one says nothing.
    pub(super) left: u64,
}

impl Found {
    #[inline(always)]
    pub(super) fn in_lanes<const N: usize>(most: [u64; N], left: [u64; N]) -> Self {
        let most = most.into_iter().fold(0, u64::max);
        Self { most, left: left.into_iter().fold(0, |all, left| all | left) }
    }

    /// Whether bins for numbers less than `2^top` have summed all of every number.
    #[inline(always)]
    pub(super) fn is_exact(self, top: i32) -> bool {
        // A negative zero leaves a positive one.
        fits(self.most, top) && self.left << 1 == 0
    }
}

/// Whether all magnitudes up to the one with these bits are less than `2^top`.
#[inline(always)]
fn fits(most: u64, top: i32) -> bool {
    (most >> 52) as i32 - 1023 < top
}
