//! [`Buffers`]: memory for packed messages, used again.

/// Bytes kept for later exchanges at most.
const KEPT: usize = 64 << 20;

/// Buffers that wait for their next use.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    free: Vec<Vec<u8>>,
    bytes: usize,
}

impl Buffers {
    /// A buffer of at least so many bytes, of any content: the smallest that does.
    pub(crate) fn take(&mut self, length: usize) -> Vec<u8> {
        let fitting = self.free.iter().enumerate().filter(|(_, buffer)| buffer.len() >= length);
        let Some((place, _)) = fitting.min_by_key(|(_, buffer)| buffer.len()) else {
            return vec![0; length];
        };
        let buffer = self.free.swap_remove(place);
        self.bytes -= buffer.len();
        buffer
    }

    /// Keeps a buffer, if not too much is kept already; else the smaller ones make way.
    pub(crate) fn give(&mut self, buffer: Vec<u8>) {
        if buffer.len() > KEPT {
            return;
        }
        while self.bytes + buffer.len() > KEPT {
            let smaller = |(_, kept): &(usize, &Vec<u8>)| kept.len() < buffer.len();
            let Some((place, _)) = self.free.iter().enumerate().find(smaller) else { return };
            self.bytes -= self.free.swap_remove(place).len();
        }
        self.bytes += buffer.len();
        self.free.push(buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_buffer_that_does_is_used_again() {
        let mut buffers = Buffers::default();
        for length in [100, 10, 50] {
            buffers.give(vec![0; length]);
        }
        assert_eq!(buffers.take(20).len(), 50);
        assert_eq!(buffers.take(20).len(), 100);
        assert_eq!(buffers.take(20).len(), 20);
        assert_eq!(buffers.bytes, 10);
    }

    #[test]
    fn no_more_than_the_limit_is_kept() {
        let mut buffers = Buffers::default();
        buffers.give(vec![0; KEPT / 2]);
        buffers.give(vec![0; KEPT]);
        buffers.give(vec![0; KEPT + 1]);
        buffers.give(vec![0; 1]);
        assert_eq!((buffers.bytes, buffers.free.len()), (KEPT, 1));
    }
}
