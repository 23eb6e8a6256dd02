/** What a link to any page looks like where it is shared; the title and the text come from the page: app/lib/page-meta.ts. */

/** Without the origin, as on a page whose root loader failed, there is no picture: its address has to be absolute. */
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
