-- A sequence hands out numbers in one order and transactions commit in another: a reader that has seen 5 may
-- see 4 afterwards, or never. So every statement that takes numbers first registers the place from which on it
-- takes them, as a shared advisory lock that lasts until its commit is visible. What lies beyond the lowest
-- registered place is not settled yet; event_horizon() tells up to where everything is.
--
-- The lock's key is 2^60 + the place. Shared locks never wait for each other, so writers do not queue.
CREATE FUNCTION register_event_writer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(1152921504606846976 + CASE WHEN is_called THEN last_value ELSE last_value - 1 END)
    FROM event_seq;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER register_event_writer BEFORE INSERT ON "events" FOR EACH STATEMENT EXECUTE FUNCTION register_event_writer();
--> statement-breakpoint
CREATE TRIGGER register_event_writer BEFORE INSERT ON "messages" FOR EACH STATEMENT EXECUTE FUNCTION register_event_writer();
--> statement-breakpoint
-- The order matters. The sequence is read first: a writer that comes later takes numbers above `settled` and is
-- not our concern. One that came earlier either still holds its lock, and is seen in the second step, or has
-- committed, and is visible to every statement after this function. So rows must be read by a later statement
-- (READ COMMITTED), and only up to the answer.
CREATE FUNCTION event_horizon() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  settled bigint;
  unsettled_from bigint;
BEGIN
  SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END INTO settled FROM event_seq;
  SELECT min(((classid::bigint << 32) | objid::bigint) - 1152921504606846976) INTO unsettled_from
    FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid::bigint >= 268435456 AND classid::bigint < 536870912;
  RETURN least(settled, unsettled_from);
END $$;
