/** Encodes base64url without padding (RFC 4648, 5). workerd has it built in; Node 20 has only btoa and atob. */

interface Native {
  toBase64?(options: { alphabet: "base64url"; omitPadding: true }): string;
}
const Bytes = Uint8Array as unknown as {
  fromBase64?(text: string, options: { alphabet: "base64url" }): Uint8Array<ArrayBuffer>;
};

export function encode(bytes: Uint8Array & Native): string {
  if (bytes.toBase64) return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/[+/=]/g, (sign) => ({ "+": "-", "/": "_" })[sign] ?? "");
}

/**
 * Returns the bytes if the text is their one canonical spelling. Decoders forgive padding, spaces and unused bits at
 * the end, and each would make a second token that opens. So the length must be right, and those bits 0.
 */
export function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  const rest = text.length % 4;
  const lastSigns = ["", "", "AQgw", "AEIMQUYcgkosw048"][rest] as string;
  if (rest > 0 && !lastSigns.includes(text.slice(-1))) return undefined;
  try {
    const bytes = Bytes.fromBase64 ? Bytes.fromBase64(text, { alphabet: "base64url" }) : withAtob(text);
    return bytes.length === Math.floor((text.length * 3) / 4) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function withAtob(text: string): Uint8Array<ArrayBuffer> {
  if (/[+/]/.test(text)) throw new SyntaxError("This is base64, and not base64url.");
  const binary = atob(text.replace(/[-_]/g, (sign) => (sign === "-" ? "+" : "/")));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
