/**
 * Encodes base64url without padding (RFC 4648, 5). workerd has it built in, and faster; Node 20 has only btoa and atob.
 */

const newBytes = (length: number) => new Uint8Array(length);
/** Inferred, because its name has a parameter only from TypeScript 5.7. */
export type Bytes = ReturnType<typeof newBytes>;

interface Native {
  toBase64?(options: { alphabet: "base64url"; omitPadding: true }): string;
}
const NativeBytes = Uint8Array as unknown as { fromBase64?(text: string, options: { alphabet: "base64url" }): Bytes };

export function encode(bytes: Uint8Array & Native): string {
  if (bytes.toBase64) return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Returns the bytes if the text is their one canonical spelling: each other one would make a second token that opens. */
export function decode(text = ""): Bytes | undefined {
  try {
    const bytes = NativeBytes.fromBase64?.(text, { alphabet: "base64url" }) ?? withAtob(text);
    return encode(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function withAtob(text: string): Bytes {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = newBytes(binary.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
