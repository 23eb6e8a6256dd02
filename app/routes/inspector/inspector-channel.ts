/**
 * Tells an inspector in another tab that this one has got an answer from the server, and which timeline it belongs to: the
 * session may have ended with it.
 */

const CHANNEL = "inspector";

/** Announces an answer. In the browser only. */
export function announceAnswer(timeline: string | undefined): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(timeline ?? "");
  channel.close();
}

/** Calls back with the timeline of every announced answer, if it has one. Returns a function that stops listening. */
export function listenForAnswers(onAnswer: (timeline: string | undefined) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => {
    if (typeof data === "string") onAnswer(data || undefined);
  };
  return () => channel.close();
}
