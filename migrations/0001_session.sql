-- The sessions of the D1 store: app/lib/session/stores/d1.ts.
CREATE TABLE session (
  -- SHA-256 of the session's id, base64url. The id itself is in the visitor's cookie alone.
  key TEXT PRIMARY KEY NOT NULL,
  -- An object of texts, each of them JSON: {"theme": "\"dark\""}.
  data TEXT NOT NULL,
  -- Seconds since 1970.
  created_at INTEGER NOT NULL,
  renewed_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  -- Computed from the data, so that the two cannot disagree. For another key than "user", change it here and in
  -- user-sessions.ts and stores/durable-object.ts.
  user TEXT GENERATED ALWAYS AS (json_extract(data, '$.user')) VIRTUAL
) WITHOUT ROWID, STRICT;

CREATE INDEX session_user ON session (user) WHERE user IS NOT NULL;
CREATE INDEX session_expires_at ON session (expires_at);
