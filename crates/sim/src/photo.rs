//! Photos: a tiny JPEG of one colour, which the address chooses (ITU T.81, baseline).

use std::hash::Hasher as _;

/// A square JPEG in the colour of this address.
pub(crate) fn jpeg(address: &str, side: u16) -> Vec<u8> {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(address.as_bytes());
    let [blue, red, ..] = hasher.finish().to_be_bytes();
    // Levels of one 8x8 block with all quantisers 8: the coefficient is the distance from grey.
    let colour = [32, i16::from(blue) / 2 - 64, i16::from(red) / 2 - 64];
    let mut out = vec![0xff, 0xd8, 0xff, 0xe0, 0, 16];
    out.extend(b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    // One quantisation table, all 8.
    out.extend([0xff, 0xdb, 0, 67, 0]);
    out.extend([8; 64]);
    let [high, low] = side.to_be_bytes();
    out.extend([
        0xff, 0xc0, 0, 17, 8, high, low, high, low, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0,
    ]);
    // DC codes: twelve categories of four bits each; AC codes: only "end of block", one bit.
    out.extend([
        0xff, 0xc4, 0, 31, 0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    out.extend(0..12);
    out.extend([
        0xff, 0xc4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    out.extend([0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    let mut bits = Bits {
        out,
        held: 0,
        count: 0,
    };
    let blocks = usize::from(side.div_ceil(8)).pow(2);
    for block in 0..blocks {
        for level in colour {
            // Only the first block differs from its predecessor.
            bits.level(if block == 0 { level } else { 0 });
        }
    }
    bits.finish()
}

struct Bits {
    out: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn level(&mut self, difference: i16) {
        let category = 16 - difference.unsigned_abs().leading_zeros();
        self.put(category, 4);
        let raw = if difference < 0 {
            difference - 1
        } else {
            difference
        };
        self.put(
            u32::from(raw.cast_unsigned()) & ((1 << category) - 1),
            category,
        );
        self.put(0, 1);
    }

    fn put(&mut self, value: u32, count: u32) {
        for at in (0..count).rev() {
            self.held = self.held << 1 | (value >> at & 1);
            self.count += 1;
            if self.count == 8 {
                let [.., byte] = self.held.to_be_bytes();
                self.out.push(byte);
                if byte == 0xff {
                    self.out.push(0);
                }
                (self.held, self.count) = (0, 0);
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        while self.count != 0 {
            self.put(1, 1);
        }
        self.out.extend([0xff, 0xd9]);
        self.out
    }
}
