import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { type RequestFacts, RequestFactsContext } from "~/components/request-facts";

// What the server has drawn is what hydration begins from; an error page may hold no other record of the theme.
const drawn = document.documentElement.dataset.theme;
const facts: RequestFacts = { theme: drawn === "light" || drawn === "dark" ? drawn : undefined };

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
