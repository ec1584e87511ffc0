CREATE TABLE "archived" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"body" jsonb NOT NULL,
	"ended_at" timestamp(3) with time zone NOT NULL,
	"archived_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "index_cursors" (
	"name" text PRIMARY KEY NOT NULL,
	"up_to" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "archived_by_kind" ON "archived" USING btree ("kind","ended_at");--> statement-breakpoint
CREATE INDEX "history_of_deeds" ON "agent_history" USING btree ("created_at") WHERE "agent_history"."action_type" = 'loop_done';