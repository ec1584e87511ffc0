-- What says nothing in one of the two languages says nothing in the other either: else every English text would be found
-- by "the" in its German reading, and every German one by "der" in its English.
CREATE TEXT SEARCH DICTIONARY boardroom_stop_english (TEMPLATE = pg_catalog.simple, STOPWORDS = english, ACCEPT = false);
--> statement-breakpoint
CREATE TEXT SEARCH DICTIONARY boardroom_stop_german (TEMPLATE = pg_catalog.simple, STOPWORDS = german, ACCEPT = false);
--> statement-breakpoint
CREATE TEXT SEARCH CONFIGURATION boardroom_german (COPY = pg_catalog.german);
--> statement-breakpoint
ALTER TEXT SEARCH CONFIGURATION boardroom_german
  ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, word, hword, hword_part
  WITH boardroom_stop_english, german_stem;
--> statement-breakpoint
CREATE TEXT SEARCH CONFIGURATION boardroom_english (COPY = pg_catalog.english);
--> statement-breakpoint
ALTER TEXT SEARCH CONFIGURATION boardroom_english
  ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, word, hword, hword_part
  WITH boardroom_stop_german, english_stem;
--> statement-breakpoint
CREATE TABLE "documents" (
	"id" text PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"kind" text NOT NULL,
	"owner" text,
	"title" text NOT NULL,
	"content_hash" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "documents_source_unique" UNIQUE("source")
);
--> statement-breakpoint
CREATE TABLE "passages" (
	"document_id" text NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"owner" text,
	"title" text NOT NULL,
	"text" text NOT NULL,
	"changed_at" timestamp(3) with time zone NOT NULL,
	"words" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('boardroom_german', title), 'A')
          || setweight(to_tsvector('boardroom_english', title), 'A')
          || to_tsvector('boardroom_german', text) || to_tsvector('boardroom_english', text)) STORED NOT NULL,
	CONSTRAINT "passages_document_id_position_pk" PRIMARY KEY("document_id","position")
);
--> statement-breakpoint
ALTER TABLE "passages" ADD CONSTRAINT "passages_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "documents_by_kind" ON "documents" USING btree ("kind","id");--> statement-breakpoint
CREATE INDEX "documents_by_owner" ON "documents" USING btree ("owner","id");--> statement-breakpoint
CREATE INDEX "passages_by_words" ON "passages" USING gin ("words") WITH (fastupdate=false);
--> statement-breakpoint
-- Spelling is compared where the database has pg_trgm and lets us use it; elsewhere there is no such function, and the
-- search goes without. Its own bar lies a little lower than the extension's: two letters that changed places are one slip.
DO $spelling$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  -- Loads the library, so that the function's setting is a known one.
  PERFORM show_limit();
  CREATE INDEX documents_by_spelling ON documents USING gin (title gin_trgm_ops);
  CREATE FUNCTION documents_spelt_like(asked text) RETURNS TABLE (id text, likeness real)
    LANGUAGE sql STABLE SET pg_trgm.word_similarity_threshold = 0.45 AS $$
      SELECT d.id, word_similarity(asked, d.title) FROM documents d WHERE asked <% d.title
    $$;
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'spelling is not compared: %', SQLERRM;
END $spelling$;
--> statement-breakpoint
-- The notes that agents have kept so far. Their next change gives them the hash that tells whether they changed.
INSERT INTO documents (id, source, kind, owner, title, content_hash, created_at, updated_at)
SELECT 'doc_00' || left(md5(agent_type || ':' || key), 24), 'memory:' || agent_type || ':' || key, 'memory', agent_type,
  left(key, 300), '', updated_at, updated_at
FROM agent_notes;
--> statement-breakpoint
INSERT INTO passages (document_id, position, kind, owner, title, text, changed_at)
SELECT 'doc_00' || left(md5(agent_type || ':' || key), 24), 0, 'memory', agent_type, left(key, 300), note, updated_at
FROM agent_notes;
