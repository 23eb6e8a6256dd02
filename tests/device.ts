/** The key of a device, with which its browser answers the challenges of device binding. */
import { CompactSign, exportJWK, generateKeyPair } from "jose";

export async function createDevice() {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const sign = (challenge: string | undefined, header: object = {}) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify({ jti: challenge })))
      .setProtectedHeader({ alg: "ES256", typ: "dbsc+jwt", ...header })
      .sign(privateKey);
  const challengeIn = (header: string | null) => /(?:^|challenge=)"([^"]+)"/.exec(header ?? "")?.[1];
  return {
    /** Returns the proof that registers the key, for a response that offers a binding. */
    register: async ({ headers }: Response) =>
      sign(challengeIn(headers.get("Secure-Session-Registration")), { jwk: await exportJWK(publicKey) }),
    /** Returns the proof for a response that asks for one. */
    prove: ({ headers }: Response) => sign(challengeIn(headers.get("Secure-Session-Challenge"))),
  };
}
