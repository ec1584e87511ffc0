ALTER TABLE "embedding_spaces" DROP CONSTRAINT "embedding_spaces_by_model";--> statement-breakpoint
ALTER TABLE "embedding_spaces" ADD COLUMN "document_prefix" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "embedding_spaces" ADD CONSTRAINT "embedding_spaces_by_model" UNIQUE("model","document_prefix","dimensions");