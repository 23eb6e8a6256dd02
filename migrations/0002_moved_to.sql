-- A session that got a new id (regenerate) leaves a row under its old key, which leads the requests in flight to the new one.
-- Nobody reads it as a session, and it expires as all rows do.
ALTER TABLE session ADD COLUMN moved_to TEXT;
