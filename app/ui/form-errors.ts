/** Tells the layout that the page shows a refused form, so that the title says so too: a screen reader reads it first. */
import { createContext } from "react";

/** Provided by the layout; components/error-summary.tsx calls it. */
export const FormErrorsContext = createContext<(hasErrors: boolean) => void>(() => {});
