/** Width times height of a PNG or JPEG, from its header; null where it is neither, or has none. */
export function imagePixels(bytes: Buffer): number | null {
  if (bytes.subarray(0, 8).equals(pngSignature)) {
    return bytes.length >= 24 ? bytes.readUInt32BE(16) * bytes.readUInt32BE(20) : null;
  }
  return bytes.length >= 4 && bytes.readUInt16BE(0) === 0xffd8 ? jpegPixels(bytes) : null;
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Walks the segments to the one that begins a frame (ITU T.81, B.2.2): markers C0 to CF but for C4, C8 and CC. */
function jpegPixels(bytes: Buffer): number | null {
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return bytes.readUInt16BE(at + 5) * bytes.readUInt16BE(at + 7);
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}
