import { expect, test } from "vitest";
import { cloneAddress, sourceLink } from "./source-link.js";

const file = "app/root.tsx";

test.each([
  "ada/shop",
  "github:ada/shop",
  "https://github.com/ada/shop",
  "git+https://github.com/ada/shop.git",
  "git://github.com/ada/shop.git",
  "git+ssh://git@github.com/ada/shop.git",
  "git@github.com:ada/shop.git",
])("a file is linked to in the repository %s", (repository) => {
  const link = "https://github.com/ada/shop/blob/HEAD/app/root.tsx";
  expect(sourceLink(repository, file)).toBe(link);
  expect(sourceLink({ type: "git", url: repository }, file)).toBe(link);
});

test("other hosts have addresses of their own, and a repository may hold several projects", () => {
  expect(sourceLink("gitlab:ada/shop", file)).toBe("https://gitlab.com/ada/shop/-/blob/HEAD/app/root.tsx");
  expect(sourceLink({ url: "https://github.com/ada/shop", directory: "web" }, file)).toBe(
    "https://github.com/ada/shop/blob/HEAD/web/app/root.tsx",
  );
});

test.each([undefined, "", {}, { url: "https://git.example.com/ada/shop" }, "javascript:alert(1)", "gist:11081aaa281"])(
  "with %o, nothing is linked to",
  (repository) => {
    expect(sourceLink(repository, file)).toBeUndefined();
  },
);

test.each([
  ["ada/shop", "https://github.com/ada/shop"],
  ["github:ada/shop", "https://github.com/ada/shop"],
  ["gitlab:ada/shop", "https://gitlab.com/ada/shop"],
  ["git+https://github.com/ada/shop.git", "https://github.com/ada/shop.git"],
  ["git@github.com:ada/shop.git", "git@github.com:ada/shop.git"],
  [{ url: "https://git.example.com/ada/shop" }, "https://git.example.com/ada/shop"],
  [undefined, undefined],
  ["", undefined],
])("the repository %o is cloned from %o", (repository, address) => {
  expect(cloneAddress(repository)).toBe(address);
});
