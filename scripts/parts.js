/**
 * What `npm run remove` can remove. Its modules, and everything that only they import, go as whole files; tests go if `traces`
 * finds the part in them. What is left to say here is how the code that stays lets go of it.
 *
 * - `files`: where the part begins. A name that ends with a slash is a folder, and * stands for any part of a name.
 * - `traces`: what a test or an entry of a list (a menu, say) has in it if it is about the part.
 * - `mentions`: what a sentence has in it that is the owner's to correct. It is listed, and so is one with a trace.
 * - `edits`: for each file, texts that go, or pairs of a text and what takes its place.
 * - `isStore`: its settings go from wrangler.toml (app-stores.js). The session folder keeps all four stores: copied over by a
 *   newer version, it would have them again.
 */

export const parts = {
  account: {
    files: [
      "app/routes/account*",
      "e2e/account.spec.ts",
      "e2e/sign-in.spec.ts",
      "e2e/live-sign-out.spec.ts",
      "e2e/live-back-forward.spec.ts",
      "docs/accounts.md",
    ],
    traces: /\/account\b|"user"|user:|"Sign in"|signIn|sign-in|"Account"/,
    edits: {
      "worker.ts": [
        "    userSessions: sessionStorage.userSessions,\n",
        "    requestedUrl: request.url,\n",
        ", loadContext.lifetime",
      ],
      "app/load-context.ts": [
        /.*Limits attempts to sign in.*\n.*SIGN_IN_LIMIT.*\n/,
        /.*All sessions of this user.*\n.*userSessions: .*\n/,
        /.*As the browser sent it.*\n.*requestedUrl: .*\n/,
        /.*How long the session lasts.*\n.*lifetime\?: .*\n/,
        /.*because it needed sign-in.*\n.*needsSignIn\?: .*\n/,
      ],
      "app/lib/code.server.ts": [/const { signIn, [\s\S]*?takeReturnTo };\n\n/],
      "app/lib/session-data.ts": [
        /\nimport type { ReturnTo } .*\n/,
        / {2}\/\*\* Who is signed in\.[\s\S]*?note: string;\n/,
      ],
      "wrangler.toml": [/# Attempts to sign in.*\n/, /\[\[[\w.-]*ratelimits\]\]\n(.+\n)*\n/g],
      "scripts/deploy.journey.test.js": [', "env.SIGN_IN_LIMIT"', "the limit of sign-in attempts and "],
    },
  },
  form: {
    files: ["app/routes/form-flash.tsx", "e2e/form-flash.spec.ts"],
    traces: /\/form-flash\b|\bcontact\b|"Form"|Send message|"A message, shown once"/,
    mentions: /(of|with|a) form\b.*message|contact form/i,
    edits: { "app/lib/code.server.ts": [/const { setFlash, [\s\S]*?readFlash };\n\n/] },
  },
  theme: {
    files: [
      "app/routes/theme-toggle.tsx",
      "app/components/theme-*.tsx",
      "app/components/use-theme.ts",
      "e2e/theme*.ts",
    ],
    traces:
      /\/theme-toggle\b|["']theme["']|\btheme:|data-theme|"Theme"|ThemeAction|\bthemed\b|"Dark"|BroadcastChannel|"A theme that stays"/,
    mentions: /\btheme\b/i,
    edits: {
      "app/root.tsx": [
        /import .*theme-meta";\n/,
        /import .*use-theme";\n/,
        '    theme: session.get("theme"),\n',
        "  const { theme, onTheme } = useCurrentTheme();\n",
        ["    <ThemeContext.Provider value={theme}>\n", ""],
        ["    </ThemeContext.Provider>\n", ""],
        [' data-theme={theme === "system" ? undefined : theme}', ""],
        ["<ThemeMeta theme={theme} />", '<meta name="color-scheme" content="light dark" />'],
        [" onTheme={onTheme}", ""],
        ["what every page needs: the theme and the pending messages", "the pending messages, which every page shows"],
      ],
      "app/entry.server.tsx": [
        'theme: session.get("theme"), ',
        ["{ session, nonce }: AppLoadContext", "{ nonce }: AppLoadContext"],
      ],
      "app/entry.client.tsx": [/\/\/ Hydration must start.*\n.*\n/, / {2}theme: drawn === .*\n/],
      "app/components/use-root-data.ts": [
        'import type { Theme } from "../app/routes/theme-toggle/theme";\n',
        "  theme: Theme | undefined;\n",
      ],
      "app/components/request-facts.ts": [
        'import type { Theme } from "../app/routes/theme-toggle/theme";\n',
        "  theme: Theme | undefined;\n",
        ["({ theme: undefined })", "({})"],
        [", and must still be drawn in the visitor's theme.", "."],
      ],
      "app/components/site-header.tsx": [
        'import { ThemeControl } from "./theme-control";\n',
        / {8}<div className="ml-auto">\n.*ThemeControl.*\n {8}<\/div>\n/,
        [", the navigation and the theme", " and the navigation"],
      ],
      "app/components/use-messages.ts": [
        'import { useThemeFetcher } from "./use-theme";\n',
        / {2}const saved = useThemeFetcher.*\n.*const error = saved.*\n/,
        [
          "[...(loaded === first.messages ? NONE : loaded), ...(error ? [error] : NONE)]",
          "loaded === first.messages ? NONE : loaded",
        ],
        ["[loaded, error, first]", "[loaded, first]"],
      ],
      "app/components/layout-enhancements.tsx": [
        /import .*theme";\n/,
        /import .*theme-channel";\n/,
        /import .*use-theme";\n/,
        /.*`onTheme` is called with.*\n/,
        ["{ onTheme }: { onTheme: (choice: ThemeChoice) => void }", ""],
        /.*listenForThemes.*\n/,
        "  useCookieCheckForTheme();\n",
        /\n\/\*\*\n \* A theme is saved without[\s\S]*?\n}\n/,
      ],
      "app/lib/code.server.ts": [/const { setTheme, [\s\S]*?readTheme };\n\n/],
      "app/lib/flash-messages.ts": [/\nlet count = 0;[\s\S]*$/],
      "app/lib/sign-in.ts": [
        '  const theme = session.get("theme");\n',
        '  if (theme) session.set("theme", theme);\n',
        /\/\*\* Removes everything but the theme.*\n/,
      ],
      "app/lib/session-data.ts": ['  theme: "light" | "dark";\n'],
      "app/styles.css": [/ {2}:root\[data-theme="light"\] {[\s\S]*?}\n {2}:root\[data-theme="dark"\] {[\s\S]*?}\n/],
    },
  },
  inspector: {
    files: ["app/routes/inspector*", "e2e/inspector.spec.ts"],
    traces: /\/inspector\b|"Inspector"|SESSION_INSPECTOR|Server-Timing/,
    mentions: /\binspector\b/i,
    edits: {
      "worker.ts": [
        'import { type Inspection, isInspectorOn, startInspection } from "../app/routes/inspector/inspector";\n',
        /.*const inspection = startInspection.*\n/,
        "{ nonce, inspection })\n      .then(inspection.finish)",
        ["await respond(request, env, ctx, \n", "await respond(request, env, ctx, { nonce })\n"],
        ["type ThisApp = { nonce: string; inspection: Inspection };", "type ThisApp = { nonce: string };"],
        ["{ nonce, inspection }: ThisApp", "{ nonce }: ThisApp"],
        "    isInspectorOn: inspection.isOn,\n",
        "      report: inspection.report,\n",
        /.*the inspector shows what routes call.*\n.*inspection\.watch.*\n/,
        [", and facts for the inspector.", "."],
      ],
      "app/load-context.ts": [
        /.*\n.*SESSION_INSPECTOR\?: string;\n/,
        /.*Whether \/inspector exists.*\n.*isInspectorOn: boolean;\n/,
      ],
      "app/root.tsx": [
        'import { inspectForPage } from "../app/routes/inspector/inspector";\n',
        ["{ session, isInspectorOn, version }", "{ session, version }"],
        "    isInspectorOn,\n    inspection: await inspectForPage(args),\n",
      ],
      "app/components/use-root-data.ts": [
        'import type { PageInspection } from "../app/routes/inspector/inspector";\n',
        /.*isInspectorOn: boolean;\n.*if the inspector is on.*\n.*inspection: PageInspection;\n/,
      ],
      "app/components/layout-enhancements.tsx": [
        'import { useAnnouncedAnswers } from "./use-inspector-link";\n',
        /.*useAnnouncedAnswers\(.*\n/,
      ],
      "app/components/exchange.tsx": [
        /import .*"~\/lib\/(inspector|timeline)";\n/g,
        'import { useJustSent } from "./use-just-sent";\n',
        / After a write, with the inspector on, [\s\S]*?(?=\n \*\/)/,
        /.*Where the form is sent to.*\n.*path: string;\n/,
        /.*An example, or what fits.*\n/,
        ["stepsOf: (wasJustSent: boolean) => Step[];", "steps: Step[];"],
        ["{ title, path, stepsOf }", "{ title, steps }"],
        ["stepsOf(sent.length > 0).map(", "steps.map("],
        /.*const sent = useJustSent.*\n.*const of = .*\n.*\n.*const isTaken = .*\n/,
        " data-taken={isTaken[step.of] || undefined}",
        /.*className="taken".*\n/,
        /.*<Real response=.*\n/,
        /\nfunction Real\([\s\S]*?\n}\n/,
      ],
      "app/components/theme-demonstration.tsx": [
        [/path="\/theme-toggle"\s+stepsOf=\{[^}]*\}/, 'steps={stepsOf("dark")}'],
      ],
      "app/components/form-demonstration.tsx": [[' path="/form-flash" stepsOf={() => steps}', " steps={steps}"]],
      "app/components/site-header.tsx": [
        'import { useInspectorLink } from "./use-inspector-link";\n',
        /.*const inspector = useInspectorLink\(\);\n.*const links = .*\n/,
        ["{links.map(", "{pages.map("],
      ],
      "e2e/server.ts": [', SESSION_INSPECTOR: "on"'],
    },
  },
  bench: {
    files: ["bench/"],
    mentions: /\bbench\b/,
    edits: {
      "docs/performance.md": [
        [/^`node bench\/run\.js compare [^`]*`, on/m, "Measured on"],
        [/; `--mean` counts them.* `npm run bench` takes 14 minutes\.\n(.+\n)+?(?=\n)/, ".\n"],
        [
          ": `npm run bench -- steps` puts 7 microseconds to opening and 10\n  to sealing",
          ": 7 microseconds for opening and 10 for\n  sealing",
        ],
        [/^`npm run bench -- start`: /m, ""],
        ["`npm run bench -- scale`: the", "The"],
      ],
      ".github/dependabot.yml": [/.*Not bench\/peers: .*\n/],
      "package.json": [/ {4}"bench": .*\n/],
      "vitest.config.ts": [', "bench/*.test.js"'],
      "tsconfig.json": [', "bench/peers"'],
      "scripts/clean-copy.js": ['  "bench/peers/node_modules",\n'],
      "scripts/session-folder.test.js": [', "bench"'],
    },
  },
  hosts: {
    files: ["e2e/hosts/", "docs/hosts.md", "scripts/recipes.test.js", "scripts/registry.journey.test.js"],
    mentions: /nine hosts|hosts\.md|e2e\/hosts/,
    edits: {
      ".github/dependabot.yml": [
        "      - /e2e/hosts/*\n",
        / {6}# The hosts are named[\s\S]*?(?= {2}- package-ecosystem)/,
      ],
    },
  },
  cookie: { isStore: true, files: [] },
  kv: { isStore: true, files: [] },
  d1: {
    isStore: true,
    // The tables stay: the session folder's own tests need them.
    files: ["e2e/outage.spec.ts"],
    traces: /worker\.scheduled/,
    edits: {
      "worker.ts": ["  deleteExpiredSessions,\n", /\n {2}\/\*\* Run by the cron trigger[\s\S]*?\n {2}},\n(?=})/],
    },
  },
  "durable-object": {
    isStore: true,
    files: [],
    edits: {
      "worker.ts": [/\/\*\* The class of the Durable Object store;.*\n.*\n\n/],
      "docs/accounts.md": [/\/\/ worker\.ts, for the Durable Object store\n.*\n\n/],
    },
  },
};
