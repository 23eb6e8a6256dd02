/** Where visitors can read the source: in the repository that package.json names, and nowhere else. */

const pathOfFiles = { "github.com": "blob/HEAD", "gitlab.com": "-/blob/HEAD", "bitbucket.org": "src/HEAD" };
const shortcuts = { github: "github.com", gitlab: "gitlab.com", bitbucket: "bitbucket.org" };

/**
 * Returns the address of a file, from the `repository` field of package.json in any of npm's notations. Returns nothing if
 * there is no such field, or if it names a host whose addresses are not known.
 */
export function sourceLink(repository, file) {
  const { url = "", directory } = typeof repository === "string" ? { url: repository } : (repository ?? {});
  const [, shortcut = "github", name] = /^(?:(\w+):)?([\w.-]+\/[\w.-]+)$/.exec(url) ?? [];
  const [, host, path] = name
    ? [url, shortcuts[shortcut], name]
    : (/^(?:git\+)?(?:https?|ssh|git):\/\/(?:[^@/]+@)?([^/:]+)\/(.+)$/.exec(url) ??
      /^git@([^:]+):(.+)$/.exec(url) ??
      []);
  if (!pathOfFiles[host]) return undefined;
  const repositoryPath = path.replace(/\.git$|\/$/, "");
  return `https://${[host, repositoryPath, pathOfFiles[host], directory, file].filter(Boolean).join("/")}`;
}
