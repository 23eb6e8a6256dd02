import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { surviveDeployments } from "~/lib/deployments";
import { type RequestFacts, RequestFactsContext } from "~/ui/request-facts";

surviveDeployments();

// Hydration must start with what the server drew. On an error page, this attribute may be the only trace of the theme.
const drawn = document.documentElement.dataset.theme;
const facts: RequestFacts = {
  theme: drawn === "light" || drawn === "dark" ? drawn : undefined,
  isFormRefused: document.title.startsWith("Error: "),
};

startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <RequestFactsContext.Provider value={facts}>
        <RemixBrowser />
      </RequestFactsContext.Provider>
    </StrictMode>,
  );
});
