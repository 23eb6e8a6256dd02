import type { BrowserContext } from "@playwright/test";

/**
 * Remix logs an AbortError when another navigation replaces one whose data is arriving. It also aborts the request of a refused
 * form when the visitor goes on; if its last byte is not here yet, nobody catches that. Neither is a failure.
 */
const ABORTED_BY_ROUTER =
  /^(console error: AbortError\b|uncaught: AbortError: signal is aborted without reason\n.*\n.*\[as navigate\])/;

/** Returns the problems that no test has allowed. */
export const unexpectedOf = (found: string[], allowed: RegExp[]) =>
  found.filter((problem) => ![ABORTED_BY_ROUTER, ...allowed].some((pattern) => pattern.test(problem)));

/** Everything that goes wrong in the background of a test, except what the test expects. */
export class Problems {
  private readonly found: string[] = [];
  private readonly allowed: RegExp[] = [];

  constructor(private readonly origin: string) {}

  allow(problem: RegExp) {
    this.allowed.push(problem);
  }

  /** Chromium logs every 4xx and 5xx response as an error, also one that the test is about. */
  allowStatus(status: number) {
    this.allow(new RegExp(`^console error: Failed to load resource: .* status of ${status} `));
  }

  /** For a context that a test makes itself. The one of `page` is already watched. */
  watch(context: BrowserContext) {
    context.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      this.found.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => this.found.push(`uncaught: ${error.error().stack}`));
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText;
      // The browser cancels the requests of a page that is left, and loads no scripts with JavaScript off.
      // (A real policy violation is in the console too.)
      if (reason !== "net::ERR_ABORTED" && reason !== "csp")
        this.found.push(`failed: ${request.method()} ${request.url()} ${reason}`);
    });
    context.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (/^https?:$/.test(protocol) && origin !== this.origin) this.found.push(`another host: ${request.url()}`);
    });
  }

  get unexpected(): string[] {
    return unexpectedOf(this.found, this.allowed);
  }
}
