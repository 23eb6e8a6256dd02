/** The part of a browser that keeps the device's key: Device Bound Session Credentials, as in app/lib/session-extras. */
const ES256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** `post` sends a POST with these headers, without an Origin or a body, and resolves to the answer's headers and text. */
export async function createDevice(post) {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(ES256, false, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  let path;
  let id;

  async function prove(challenge, header = {}) {
    const parts = [{ alg: "ES256", typ: "dbsc+jwt", ...header }, { jti: challenge }];
    const text = parts.map((part) => encode(JSON.stringify(part))).join(".");
    return `${text}.${encode(await crypto.subtle.sign(ES256, privateKey, Buffer.from(text)))}`;
  }

  return {
    /** Answers the offer of the response to a sign-in. */
    async register({ headers }) {
      const offer = /^\(ES256\);path="(.+)";challenge="(.+)"$/.exec(headers.get("Secure-Session-Registration"));
      path = offer[1];
      const proof = await prove(offer[2], { jwk: { kty, crv, x, y } });
      const answer = await post(path, { "Secure-Session-Response": proof });
      id = JSON.parse(answer.text).session_identifier;
      return answer;
    },
    /** Asks for a challenge, and answers it. */
    async refresh() {
      const named = { "Sec-Secure-Session-Id": id };
      const { headers } = await post(path, named);
      const [, challenge] = /^"(.+)";id="/.exec(headers.get("Secure-Session-Challenge"));
      return post(path, { ...named, "Secure-Session-Response": await prove(challenge) });
    },
  };
}

const encode = (bytes) => Buffer.from(bytes).toString("base64url");
