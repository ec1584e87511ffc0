ALTER TABLE "tasks" ADD COLUMN "compared" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
-- Tasks are compared by their trigrams where the database has pg_trgm; elsewhere there is no such function, and the groomer
-- compares only those that it looks at together.
DO $likeness$
BEGIN
  -- Loads the library, so that the function's setting is a known one; fails where there is none.
  PERFORM show_limit();
  CREATE INDEX tasks_by_likeness ON tasks USING gist ((title || ' ' || left(description, 200)) gist_trgm_ops (siglen = 256))
    WHERE status IN ('pending', 'in_progress');
  -- Those that are linked already are nobody's elders, unless it is being looked at whether they still are.
  CREATE FUNCTION tasks_alike(asked text[], undecided text[]) RETURNS TABLE (id text, elder text)
    LANGUAGE sql STABLE SET pg_trgm.similarity_threshold = 0.85 AS $$
      SELECT t.id, e.id FROM unnest(asked) AS given (id) JOIN tasks t ON t.id = given.id JOIN tasks e
        ON (e.title || ' ' || left(e.description, 200)) % (t.title || ' ' || left(t.description, 200))
        AND e.status IN ('pending', 'in_progress') AND e.id < t.id
        AND (e.duplicate_of IS NULL OR e.id = ANY (undecided))
    $$;
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'tasks are not compared: %', SQLERRM;
END $likeness$;
