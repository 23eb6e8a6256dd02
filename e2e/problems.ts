import type { BrowserContext } from "@playwright/test";

/** What goes wrong in the background of a test, less what the test has allowed because it provokes it. */
export class Problems {
  private readonly found: string[] = [];
  private readonly allowed: RegExp[] = [];

  constructor(private readonly origin: string) {}

  allow(problem: RegExp) {
    this.allowed.push(problem);
  }

  /** An answer of 4xx is no accident to the app, but Chromium writes each one to the console as an error. */
  allowStatus(status: number) {
    this.allow(new RegExp(`^console error: Failed to load resource: .* status of ${status} `));
  }

  /** For each context that a test makes itself; the one of `page` is watched already. */
  watch(context: BrowserContext) {
    context.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      this.found.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => this.found.push(`uncaught: ${error.error().stack}`));
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText;
      // What the browser gave up itself, as it does with the requests of a page that one leaves, did not go wrong; nor
      // does a script that a browser without JavaScript leaves alone. (A real breach of a policy is in the console too.)
      if (reason !== "net::ERR_ABORTED" && reason !== "csp")
        this.found.push(`failed: ${request.method()} ${request.url()} ${reason}`);
    });
    context.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (/^https?:$/.test(protocol) && origin !== this.origin) this.found.push(`another host: ${request.url()}`);
    });
  }

  get unexpected(): string[] {
    return this.found.filter((problem) => !this.allowed.some((pattern) => pattern.test(problem)));
  }
}
