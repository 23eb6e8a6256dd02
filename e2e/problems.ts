import type { BrowserContext, Request } from "@playwright/test";

/**
 * Not failures, as the browser's own net::ERR_ABORTED is none. Remix writes to the console when a navigation is replaced by
 * another one while its data arrives. And it still aborts the request of a form that was refused when the visitor goes on: if
 * the last byte of the refusal is not here yet, nobody waits for it any more, and the abort is nowhere caught.
 */
const isAbortedByRouter = (problem: string) =>
  /^(console error: AbortError\b|uncaught: AbortError: signal is aborted without reason\n.*\n.*\[as navigate\])/.test(
    problem,
  );

/** What of these problems no test has allowed. */
export const unexpectedOf = (found: string[], allowed: RegExp[]) =>
  found.filter((problem) => !isAbortedByRouter(problem) && !allowed.some((pattern) => pattern.test(problem)));

/** Problems in the background of a test, except those that the test expects. */
export class Problems {
  private readonly found: string[] = [];
  private readonly allowed: RegExp[] = [];
  private readonly inFlight = new Set<Request>();

  constructor(private readonly origin: string) {}

  allow(problem: RegExp) {
    this.allowed.push(problem);
  }

  /** Chromium writes every 4xx response to the console as an error, also one that the test is about. */
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
      this.inFlight.delete(request);
      const reason = request.failure()?.errorText;
      // Not a failure: the browser cancels the requests of a page that is left, and loads no scripts with JavaScript off.
      // (A real policy violation is in the console too.)
      if (reason !== "net::ERR_ABORTED" && reason !== "csp")
        this.found.push(`failed: ${request.method()} ${request.url()} ${reason}`);
    });
    context.on("requestfinished", (request) => this.inFlight.delete(request));
    context.on("request", (request) => {
      this.inFlight.add(request);
      const { protocol, origin } = new URL(request.url());
      if (/^https?:$/.test(protocol) && origin !== this.origin) this.found.push(`another host: ${request.url()}`);
    });
  }

  /** What the server has not answered, which may be why a test was not done in time. */
  get unanswered(): string[] {
    return [...this.inFlight].map((request) => `${request.method()} ${request.url()}`);
  }

  get unexpected(): string[] {
    return unexpectedOf(this.found, this.allowed);
  }
}
