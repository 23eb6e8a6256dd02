/** Where somebody is signed in, with a way out for each. Plain forms: the buttons work without JavaScript. */
import { Form } from "@remix-run/react";
import { ErrorSummary, type Refused } from "./error-summary";

type Device = { handle: string; name: string; lastSeen: string; isCurrent: boolean };

type DeviceListProps = {
  /** Left out where the store cannot find a user's sessions. */
  devices: Device[] | undefined;
  refused: Refused;
};

export function DeviceList({ devices, refused }: DeviceListProps) {
  return (
    <div className="space-y-8">
      {refused && <ErrorSummary errors={refused.errors} />}
      <section aria-labelledby="devices">
        <h2 id="devices" className="heading-2">
          Your devices
        </h2>
        {devices ? (
          <ul className="mt-2 border-t border-line">
            {devices.map(({ handle, name, lastSeen, isCurrent }) => (
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
                    <button
                      type="submit"
                      name="intent"
                      value="revoke"
                      className="link"
                      aria-label={`Sign out ${name}, last seen ${lastSeen}`}
                    >
                      Sign out
                    </button>
                  </Form>
                )}
              </li>
            ))}
          </ul>
        ) : (
          <p className="mt-2 max-w-prose text-muted">
            This app runs with a store that cannot list them. A cookie is known to its browser alone, and KV finds a
            record by its key only. With the D1 or the Durable Object store your devices stand here, and you can sign
            each of them out.
          </p>
        )}
      </section>
      <Form method="post" action="/account" className="flex flex-wrap gap-4">
        <button type="submit" name="intent" value="sign-out" className="button">
          Sign out
        </button>
        {devices && devices.length > 1 && (
          <button type="submit" name="intent" value="sign-out-others" className="button" data-kind="quiet">
            Sign out all other devices
          </button>
        )}
      </Form>
    </div>
  );
}
