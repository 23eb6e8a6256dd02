/** Where visitors find the source: in the repository that package.json names, and nowhere else. */

const pathOfFiles = { "github.com": "blob/HEAD", "gitlab.com": "-/blob/HEAD", "bitbucket.org": "src/HEAD" };
const shortcuts = { github: "github.com", gitlab: "gitlab.com", bitbucket: "bitbucket.org" };

/**
 * Returns the address of a file, from the `repository` field of package.json in any of npm's notations. Returns nothing if
 * there is no such field, or if it names a host whose addresses are not known.
 */
export function sourceLink(repository, file) {
  const { host, path, directory } = placeOf(repository);
  if (!pathOfFiles[host]) return undefined;
  return `https://${[host, path, pathOfFiles[host], directory, file].filter(Boolean).join("/")}`;
}

/** Returns what `git clone` takes, for any host. Returns nothing if there is no such field. */
export function cloneAddress(repository) {
  return placeOf(repository).address || undefined;
}

function placeOf(repository) {
  const { url = "", directory } = typeof repository === "string" ? { url: repository } : (repository ?? {});
  const [, shortcut = "github", name] = /^(?:(\w+):)?([\w.-]+\/[\w.-]+)$/.exec(url) ?? [];
  const known = name && shortcuts[shortcut];
  if (known) return { address: `https://${known}/${name}`, host: known, path: withoutEnding(name), directory };
  const [, host, path = ""] =
    /^(?:git\+)?(?:https?|ssh|git):\/\/(?:[^@/]+@)?([^/:]+)\/(.+)$/.exec(url) ?? /^git@([^:]+):(.+)$/.exec(url) ?? [];
  return { address: url.replace(/^git\+/, ""), host, path: withoutEnding(path), directory };
}

const withoutEnding = (path) => path.replace(/\.git$|\/$/, "");
