/** The top of every page, error pages too: the name, the menu, and on its right what the root puts there. */
import { Link, NavLink, useLocation, useNavigation } from "@remix-run/react";
import type { ReactNode } from "react";
import { menuOf } from "~/demonstrations";
import { SITE } from "~/lib/page-meta";
import { InPageLink } from "./in-page-link";
import { SourceLink, useSource } from "./source-link";

type HeaderProps = { menu: ReturnType<typeof menuOf> | undefined; children?: ReactNode };

export function Header({ menu = menuOf(undefined), children }: HeaderProps) {
  const { pathname } = useLocation();
  const hasSource = useSource() !== undefined;
  // A link would abort the form that is on its way, and lose the cookie of its answer. At a sign-in that is the new id.
  const isSubmitting = useNavigation().state === "submitting";
  return (
    <>
      <InPageLink to="main" className="skip-link">
        Skip to the content
      </InPageLink>
      <header className="border-b border-line bg-raised print:hidden">
        <div className="page flex flex-wrap items-center gap-x-2 gap-y-1 py-3 lg:gap-x-8">
          <Link to="/" className="brand">
            <BrandMark />
            {SITE}
          </Link>
          <nav
            aria-label="Main"
            className="order-last -mx-2 w-full lg:order-none lg:mx-0 lg:w-auto lg:flex-1"
            // React 18 does not know the attribute.
            {...(isSubmitting && { inert: "" })}
          >
            <ul className="flex flex-wrap sm:gap-x-1">
              {[{ path: "/", name: "Home" }, ...menu].map(({ path, name }) => (
                <li key={path}>
                  {/* "page" only where it is the very page; a page below it, like /account/note, is in its section. */}
                  <NavLink
                    to={path}
                    end={path === "/"}
                    aria-current={pathname === path ? "page" : "true"}
                    className="nav-link"
                  >
                    {name}
                  </NavLink>
                </li>
              ))}
            </ul>
          </nav>
          <div className="ml-auto flex items-center gap-4">
            {/* A phone has no room for it. The footer's links lead to the same repository. */}
            {hasSource && (
              <span className="max-sm:hidden">
                <SourceLink file="">Source</SourceLink>
              </span>
            )}
            {children}
          </div>
        </div>
      </header>
    </>
  );
}

/** A bitten cookie that looks like a moon. public/favicon.svg is the same drawing. */
function BrandMark() {
  return (
    <svg viewBox="0 0 32 32" width="32" height="32" className="size-8 text-accent" aria-hidden="true">
      <path fill="currentColor" d="M19 2.3A14 14 0 1 0 29.7 13 5 5 0 0 1 24 8.6 5.5 5.5 0 0 1 19 2.3Z" />
      <g className="fill-raised">
        <circle cx="11" cy="12" r="2.2" />
        <circle cx="19" cy="17" r="2.2" />
        <circle cx="11.5" cy="21.5" r="2.2" />
      </g>
    </svg>
  );
}
