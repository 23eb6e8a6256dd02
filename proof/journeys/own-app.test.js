/** The first things that an owner does, in a copy: settings, a page of their own, a name of their own. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeCopy } from "../copy.js";

function copyOf() {
  const copy = makeCopy();
  onTestFinished(copy.remove);
  return {
    ...copy,
    read: (path) => readFileSync(join(copy.folder, path), "utf8"),
    write(path, text) {
      mkdirSync(join(copy.folder, path, ".."), { recursive: true });
      writeFileSync(join(copy.folder, path), text);
    },
    edit(path, from, to) {
      expect(this.read(path)).toMatch(from);
      this.write(path, this.read(path).replace(from, to));
    },
    expectToPass(command) {
      const { status, output } = copy.run(...command.split(" "));
      expect([command, status], output).toEqual([command, 0]);
    },
  };
}

test("a page with a session key, its tests and an entry in the menu passes all checks, whatever is in .dev.vars and .env", () => {
  const app = copyOf();
  const settings = ["SECRET=short", "INSPECTOR=on", "STORE=kv", "IDLE_TIMEOUT=soon", "D1_REPLICAS=on"];
  for (const file of [".dev.vars", ".env"]) app.write(file, settings.map((line) => `SESSION_${line}\n`).join(""));
  app.write(
    "app/routes/currency/currency.ts",
    `export type CurrencyData = { currency: "EUR" | "USD" };

export const toCurrency = (value: unknown) => (value === "EUR" || value === "USD" ? value : undefined);
`,
  );
  app.write(
    "app/routes/currency/currency.test.ts",
    `import { expect, test } from "vitest";
import { toCurrency } from "./currency";

test("only a currency is one", () => {
  expect(toCurrency("USD")).toBe("USD");
  expect(toCurrency("dollars")).toBeUndefined();
});
`,
  );
  app.write(
    "app/routes/currency/route.tsx",
    `import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { formFields } from "~/lib/form-fields";
import { pageMeta } from "~/lib/page-meta";
import { Form, SubmitButton } from "~/ui/form";
import { PageHeading } from "~/ui/page-heading";
import { toCurrency } from "./currency";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const meta = pageMeta("Currency", "The currency in which you see prices.");

export function loader({ context: { session } }: LoaderFunctionArgs) {
  return { currency: session.get("currency") ?? "EUR" };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const currency = toCurrency((await formFields({ request, context }, ["currency"])).currency);
  if (!currency) throw new Response(null, { status: 400 });
  context.session.set("currency", currency);
  context.session.flash("success", \`Prices are in \${currency} now.\`);
  return redirect("/currency", 303);
}

export default function CurrencyPage() {
  const { currency } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeading kicker="Currency" title={\`Prices in \${currency}\`}>
        <p>It stays until you choose another one.</p>
      </PageHeading>
      <Form method="post" action="/currency">
        <input type="hidden" name="currency" value={currency === "EUR" ? "USD" : "EUR"} />
        <SubmitButton action="/currency" sending="Changing…">
          Change it
        </SubmitButton>
      </Form>
    </>
  );
}
`,
  );
  app.write(
    "e2e/currency/currency.spec.ts",
    `import { expect, test } from "../fixtures";

test("a visitor who chooses dollars keeps them", async ({ page, session, visit, expectFlashOnce }) => {
  await visit("/currency");
  await page.getByRole("button", { name: "Change it" }).click();
  await expect(page.getByRole("heading", { name: "Prices in USD" })).toBeVisible();
  expect(await session.get("currency")).toBe("USD");
  await expectFlashOnce("Prices are in USD now.");
});
`,
  );
  // Routes that no test of the template knows.
  app.write(
    "app/routes/feed[.]xml.ts",
    `export const loader = () => new Response("<feed/>", { headers: { "Content-Type": "application/xml" } });\n`,
  );
  app.write(
    "app/routes/old.ts",
    `import { redirect } from "@remix-run/cloudflare";\n\nexport const loader = () => redirect("/", 301);\n`,
  );
  app.edit(
    "app/lib/session-data.ts",
    /^import type/m,
    'import type { CurrencyData } from "~/routes/currency/currency";\n$&',
  );
  app.edit("app/lib/session-data.ts", /(SessionData = .*);/, "$1 & CurrencyData;");
  app.edit(
    "app/demonstrations.ts",
    /^export const demonstrations.*\n/m,
    '$&  { path: "/currency", name: "Currency", did: "You chose a currency" },\n',
  );
  app.expectToPass("npm run fix");
  app.expectToPass("npm run typecheck");
  app.expectToPass("npm run lint");
  app.expectToPass("npx vitest run currency worker.test.ts");
  app.expectToPass("npx playwright test currency");
});

test("npm run rename changes the name, the title and the colour everywhere, and what needs them still works", () => {
  const app = copyOf();
  const { name } = JSON.parse(app.read("package.json"));
  app.expectToPass("npm run rename -- corner-shop --accent #7A1F5C,#e9a6d0");
  expect(app.run("npm", "run", "rename", "--", "--title", "Corner Shop")).toMatchObject({ status: 0 });
  for (const file of ["package.json", "package-lock.json", "wrangler.toml"]) {
    expect(app.read(file)).not.toContain(name);
    expect(app.read(file)).toContain('"corner-shop"');
  }
  // In every environment: apps that share a cookie on localhost would sign each other out.
  for (const [, first] of app.read("wrangler.toml").matchAll(/^\[(?:env\.[\w-]+\.)?vars\]\n(.*)/gm))
    expect(first).toBe('SESSION_COOKIE = "corner-shop"');
  const files = readdirSync(app.folder, { recursive: true }).filter((path) =>
    /^(app|public|worker)\b(?!.*\bbuild\b).*\.(tsx?|css|svg)$/.test(path),
  );
  expect(files.filter((path) => /Remix Sessions|#0b5f4b|#7fd6b4/.test(app.read(path)))).toEqual([]);
  expect(files.filter((path) => app.read(path).includes("Corner Shop"))).toContain("app/lib/page-meta.ts");
  app.expectToPass("npm run typecheck");
  app.expectToPass("npx wrangler deploy --dry-run");
  expect(readFileSync(join(app.folder, "build/index.js"), "utf8")).toContain("Corner Shop");
  const icon = readFileSync(join(app.folder, "public/apple-touch-icon.png"));
  app.expectToPass("npm run pictures --prefix proof");
  expect(readFileSync(join(app.folder, "public/apple-touch-icon.png"))).not.toEqual(icon);
});

test("a name, colours and a home page of the owner's break no test outside the home page's own", () => {
  const app = copyOf();
  const [, rename] = /^(npm run rename -- .*)$/m.exec(app.read("docs/make-it-yours.md"));
  const { status, output } = app.run("sh", "-c", rename);
  expect(status, output).toBe(0);
  app.edit("app/styles.css", /(--color-ink: light-dark\()#\w+/, "$1#1a1a1a");
  for (const name of readdirSync(join(app.folder, "app/routes/_index")))
    rmSync(join(app.folder, "app/routes/_index", name), { recursive: true });
  rmSync(join(app.folder, "e2e/home"), { recursive: true });
  app.write(
    "app/routes/_index/route.tsx",
    `import { pageMeta } from "~/lib/page-meta";
import { PageHeading } from "~/ui/page-heading";

export { ErrorPage as ErrorBoundary } from "~/ui/error-page";

export const meta = pageMeta("Home", "A shop at the corner.");

export default function Home() {
  return (
    <PageHeading kicker="Open" title="The shop at the corner">
      <p>Bread, milk and newspapers.</p>
    </PageHeading>
  );
}
`,
  );
  // What `npm run check` does, without what is not about the pages: the session's own tests, and the other stores.
  app.expectToPass("npm run typecheck");
  app.expectToPass("npm run lint");
  app.expectToPass("npx vitest run app worker.test.ts e2e");
  app.expectToPass("npx playwright test --project cookie");
});

test("with a `repository` in package.json, the pages link to the owner's code", () => {
  const app = copyOf();
  const settings = { ...JSON.parse(app.read("package.json")), repository: "github:corner/shop" };
  app.write("package.json", JSON.stringify(settings, null, 2));
  app.expectToPass("npm run build");
  expect(app.read("build/index.js")).toContain("github.com/corner/shop/blob/");
  app.expectToPass("npx playwright test --project=cookie e2e/home/");
});

test("create-remix makes an app from a fresh clone of a used folder, which type-checks, without any secret", () => {
  const used = copyOf();
  // As in a clone.
  rmSync(join(used.folder, "node_modules"));
  const [, version] = /create-remix@([\d.]+)/.exec(readFileSync("docs/make-it-yours.md", "utf8"));
  used.expectToPass("git add .");
  used.expectToPass("git -c user.name=Owner -c user.email=owner@example.com commit --quiet --message Template");
  const left = [".dev.vars", ".env", ".wrangler/sessions"];
  for (const file of left) used.write(file, "SESSION_SECRET=of-the-used-folder");

  /** Returns the folder of the new app. */
  function createFrom(template) {
    const target = `${template}-created`;
    onTestFinished(() => rmSync(target, { recursive: true, force: true }));
    const options = `--template ${template} --no-install --no-git-init --yes`;
    used.expectToPass(`npx --yes create-remix@${version} ${target} ${options}`);
    return target;
  }

  const clone = `${used.folder}-clone`;
  onTestFinished(() => rmSync(clone, { recursive: true, force: true }));
  used.expectToPass(`git clone --quiet ${used.folder} ${clone}`);
  const target = createFrom(clone);
  expect(left.filter((path) => existsSync(join(target, path)))).toEqual([]);
  // What the document warns of. If this fails, the warning can go.
  const carried = createFrom(used.folder);
  expect(left.filter((path) => existsSync(join(carried, path)))).toEqual(left);

  symlinkSync(join(process.cwd(), "node_modules"), join(target, "node_modules"), "junction");
  for (const command of [["rename", "--", "corner-shop"], ["typecheck"]]) {
    const { status, stdout, stderr } = spawnSync("npm", ["run", ...command], { cwd: target, encoding: "utf8" });
    expect(status, stdout + stderr).toBe(0);
  }
  // create-remix has named the package, and not the Worker.
  for (const file of ["package.json", "wrangler.toml"])
    expect(readFileSync(join(target, file), "utf8")).toMatch(/\bname"?(: | = )"corner-shop"/);
});
