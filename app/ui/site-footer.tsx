export function SiteFooter() {
  return (
    <footer className="page text-sm text-muted print:hidden">
      <p className="border-t border-line py-8">
        One cookie, <code>HttpOnly</code> and <code>SameSite=Lax</code>, and only if there is something to store.
      </p>
    </footer>
  );
}
