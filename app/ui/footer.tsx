export function Footer() {
  return (
    <footer className="page text-sm text-muted print:hidden">
      <p className="border-t border-line py-8">
        At most one cookie: <code>HttpOnly</code>, <code>SameSite=Lax</code>, sent only when there is something to
        store.
      </p>
    </footer>
  );
}
