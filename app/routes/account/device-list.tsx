/** The devices on which a user is signed in, each with a button to sign it out. Plain forms: they work without JavaScript. */

import type { RefusedForm } from "~/lib/refused-form";
import { ErrorSummary } from "~/ui/error-summary";
import { Form, SubmitButton } from "~/ui/form";
import type { DeviceListing } from "./devices";

type DeviceListProps = {
  /** Left out if the store cannot list a user's sessions. */
  listing: DeviceListing | undefined;
  refused: RefusedForm | undefined;
};

export function DeviceList({ listing, refused }: DeviceListProps) {
  return (
    <div className="space-y-8">
      {refused && <ErrorSummary errors={refused.errors} />}
      <section aria-labelledby="devices">
        <h2 id="devices" className="heading-2">
          Your devices
        </h2>
        {listing ? (
          <ul className="mt-2 border-t border-line">
            {listing.devices.map(({ handle, name, lastSeen, isCurrent }) => (
              <li key={handle} className="flex flex-wrap items-center justify-between gap-3 border-b border-line py-4">
                <p>
                  <span className="font-semibold">{name}</span>
                  <span className="block text-muted">
                    {isCurrent ? "This device, last seen " : "Last seen "}
                    {lastSeen}
                  </span>
                </p>
                {!isCurrent && (
                  <Form method="post" action="/account" preventScrollReset>
                    <input type="hidden" name="device" value={handle} />
                    <SubmitButton
                      action="/account"
                      name="intent"
                      value="revoke"
                      className="link"
                      aria-label={`Sign out ${name}, last seen ${lastSeen}`}
                    >
                      Sign out
                    </SubmitButton>
                  </Form>
                )}
              </li>
            ))}
          </ul>
        ) : (
          <p className="mt-2 max-w-prose text-muted">
            This app runs with a store that cannot list them. Only the browser knows its cookie, and KV finds a record
            only by its key. With the D1 or the Durable Object store, your devices are listed here, and you can sign out
            each of them.
          </p>
        )}
        {listing?.isComplete === false && (
          <p className="mt-4 max-w-prose text-muted">
            This list is not complete: some of your sessions could not be read. Reload the page to try again.
          </p>
        )}
      </section>
      <Form method="post" action="/account" className="flex flex-wrap gap-4">
        <SubmitButton action="/account" name="intent" value="sign-out" sending="Signing out…">
          Sign out
        </SubmitButton>
        {listing && listing.devices.length > 1 && (
          <SubmitButton action="/account" name="intent" value="sign-out-others" data-kind="quiet">
            Sign out all other devices
          </SubmitButton>
        )}
      </Form>
    </div>
  );
}
