import { generateKeyPairSync, sign } from "node:crypto";

export interface Certificate {
  /** PEM. */
  key: string;
  cert: string;
}

const ecdsaWithSha256 = [1, 2, 840, 10045, 4, 3, 2];
const commonName = [2, 5, 4, 3];
const subjectAltName = [2, 5, 29, 17];

/** A certificate for `localhost` that vouches for itself, good for a day. */
export function selfSigned(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(oid(ecdsaWithSha256));
  const name = sequence(tagged(0x31, sequence(oid(commonName), tagged(0x0c, Buffer.from("localhost")))));
  const validity = sequence(moment(-3_600_000), moment(86_400_000));
  const names = sequence(tagged(0x82, Buffer.from("localhost")), tagged(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = tagged(0xa3, sequence(sequence(oid(subjectAltName), tagged(0x04, names))));
  const spki = publicKey.export({ type: "spki", format: "der" });
  const version = tagged(0xa0, tagged(0x02, Buffer.of(2)));
  const body = sequence(version, tagged(0x02, Buffer.of(1)), algorithm, name, validity, name, spki, extensions);
  const signature = tagged(0x03, Buffer.concat([Buffer.of(0), sign("sha256", body, privateKey)]));
  const der = sequence(body, algorithm, signature);
  return { key: String(privateKey.export({ type: "pkcs8", format: "pem" })), cert: pem(der) };
}

/** A value in DER: tag, length, content. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function oid([first = 0, second = 0, ...rest]: number[]): Buffer {
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const digits = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    bytes.push(...digits);
  }
  return tagged(0x06, Buffer.from(bytes));
}

/** So many milliseconds from now. */
function moment(ms: number): Buffer {
  const text = new Date(Date.now() + ms).toISOString().replace(/[-:T]|\.\d+/g, "");
  return tagged(0x18, Buffer.from(text));
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
