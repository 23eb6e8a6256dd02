/** The preview of a shared link. Its title and text come from the page: app/lib/page-meta.ts. */

/** The picture needs an absolute URL, so a page without the origin (its root loader failed) has no picture. */
export function SocialMeta({ origin }: { origin: string | undefined }) {
  return (
    <>
      <meta property="og:type" content="website" />
      <meta name="twitter:card" content="summary_large_image" />
      {origin && (
        <>
          <meta property="og:image" content={`${origin}/social.png`} />
          <meta property="og:image:width" content="1200" />
          <meta property="og:image:height" content="630" />
          <meta property="og:image:alt" content="HTTP sessions, done once and done right" />
        </>
      )}
    </>
  );
}
