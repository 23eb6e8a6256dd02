/** The banner of every page, error pages too: the name, the navigation and the theme. */
import { Link, NavLink, useLocation } from "@remix-run/react";
import { SITE } from "~/lib/page-meta";
import { useInspectorLink } from "~/routes/inspector/use-inspector-link";
import { ThemeControl } from "~/routes/theme-toggle/theme-control";

const pages = [
  { to: "/", name: "Home" },
  { to: "/theme-toggle", name: "Theme" },
  { to: "/form-flash", name: "Form" },
  { to: "/account", name: "Account" },
];

export function SiteHeader() {
  const { pathname } = useLocation();
  const inspector = useInspectorLink();
  const links = inspector ? [...pages, { to: inspector, name: "Inspector" }] : pages;
  return (
    <header className="border-b border-line bg-raised print:hidden">
      <div className="page flex flex-wrap items-center gap-x-2 gap-y-1 py-3 lg:gap-x-8">
        <Link to="/" className="brand">
          <BrandMark />
          {SITE}
        </Link>
        <nav aria-label="Main" className="order-last -mx-2 w-full lg:order-none lg:mx-0 lg:w-auto lg:flex-1">
          <ul className="flex flex-wrap sm:gap-x-1">
            {links.map(({ to, name }) => (
              <li key={name}>
                {/* "page" only where it is the very page; a page below it, like /account/note, is in its section. */}
                <NavLink
                  to={to}
                  end={to === "/"}
                  aria-current={pathname === to.split("?")[0] ? "page" : "true"}
                  className="nav-link"
                >
                  {name}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        <div className="ml-auto">
          <ThemeControl label="Theme" />
        </div>
      </div>
    </header>
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
