/** The devices on which a user is signed in, each with a button to sign it out. Plain forms: they work without JavaScript. */
import { Form, SubmitButton } from "~/ui/form";
import type { Device, DeviceList as Listed } from "./devices";

/** @param list undefined if the store cannot list a user's sessions; `isBound` is about the current one */
export function DeviceList({ list, isBound }: { list: Listed | undefined; isBound: boolean }) {
  return (
    <div className="space-y-8">
      <section aria-labelledby="devices">
        <h2 id="devices" className="heading-2">
          Your devices
        </h2>
        {list ? (
          <ul className="mt-2 border-t border-line">
            {list.devices.map((device) => (
              <DeviceItem key={device.handle} device={device} />
            ))}
          </ul>
        ) : (
          <p className="mt-2 max-w-prose text-muted">
            This store cannot list devices. With D1 or Durable Objects, you see them here and can sign each one out.
          </p>
        )}
        <p className="mt-4 max-w-prose text-muted">
          {!list && `This session ${isBound ? "is bound to this device" : "can be copied"}. `}A session that can be
          copied opens wherever its cookie is taken; a bound one also needs a key that stays on its device.
        </p>
        {list?.isComplete === false && (
          <p className="mt-4 max-w-prose text-muted">
            This list is not complete: you have more sessions than fit, or some could not be read. Reload the page to
            try again.
          </p>
        )}
      </section>
      <Form method="post" action="/account" className="flex flex-wrap gap-4">
        <SubmitButton action="/account" name="intent" value="sign-out" sending="Signing out…">
          Sign out
        </SubmitButton>
        {list && list.devices.length > 1 && (
          <SubmitButton action="/account" name="intent" value="sign-out-others" data-kind="quiet">
            Sign out all other devices
          </SubmitButton>
        )}
      </Form>
    </div>
  );
}

function DeviceItem({ device: { handle, name, lastSeen, isCurrent, isBound } }: { device: Device }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 border-b border-line py-4">
      <p>
        <span className="font-semibold">{name}</span>
        <span className="block text-muted">
          {isCurrent ? "This device, last seen " : "Last seen "}
          {lastSeen}
        </span>
        <span className="block text-muted">
          {isBound ? `Bound to ${isCurrent ? "this" : "its"} device` : "Can be copied"}
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
  );
}
