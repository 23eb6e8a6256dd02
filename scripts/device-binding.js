/**
 * For `npm run dev -- --https`: the command that opens Chrome with device binding (app/lib/session/RULES.md, 9), on any system
 * and with a key in software. By itself it has that on Windows and macOS alone, and with no certificate that it does not trust.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { connect } from "node:tls";

export async function browserCommand(origin) {
  const flags = [
    "--enable-features=DeviceBoundSessions,EnableBoundSessionCredentialsSoftwareKeysForManualTesting",
    `--ignore-certificate-errors-spki-list=${await keyHash(new URL(origin))}`,
    // A profile of its own: a Chrome that is open already would ignore the flags.
    `--user-data-dir=${join(tmpdir(), "chrome-device-binding")}`,
    "--no-first-run",
  ];
  return [browser(), ...flags.map((flag) => `"${flag}"`), origin].join(" ");
}

/** The hash of the key in the certificate that the server shows, whoever made it. */
async function keyHash({ hostname, port }) {
  const socket = connect({ host: hostname, port: Number(port) || 443, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { publicKey } = socket.getPeerX509Certificate();
  socket.destroy();
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64");
}

function browser() {
  if (process.platform === "darwin") return 'open -na "Google Chrome" --args';
  if (process.platform === "win32") return "cmd /c start chrome";
  const names = ["google-chrome", "chromium", "chromium-browser"];
  const folders = process.env.PATH?.split(delimiter) ?? [];
  return names.find((name) => folders.some((folder) => existsSync(join(folder, name)))) ?? "google-chrome";
}
