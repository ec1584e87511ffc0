CREATE TABLE "alerts" (
	"host" text NOT NULL,
	"alert" text NOT NULL,
	"raised_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "alerts_host_alert_pk" PRIMARY KEY("host","alert")
);
--> statement-breakpoint
CREATE TABLE "job_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"job_id" text NOT NULL,
	"slot" timestamp(3) with time zone,
	"requested_by" text,
	"status" text NOT NULL,
	"attempt" integer NOT NULL,
	"replica" text,
	"queued_at" timestamp(3) with time zone NOT NULL,
	"started_at" timestamp(3) with time zone,
	"finished_at" timestamp(3) with time zone,
	"duration_ms" integer,
	"summary" text
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"schedule" text NOT NULL,
	"time_zone" text NOT NULL,
	"description" text NOT NULL,
	"catch_up" text NOT NULL,
	"template" jsonb,
	"enabled" boolean NOT NULL,
	"last_slot" timestamp(3) with time zone NOT NULL,
	"next_at" timestamp(3) with time zone,
	"run_id" text,
	"failures" integer NOT NULL,
	"last_run_at" timestamp(3) with time zone,
	"last_status" text,
	"last_duration_ms" integer,
	"created_by" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "due_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "given_priority" text;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "flags" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "duplicate_of" text;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "suggested_assignee" text;--> statement-breakpoint
CREATE UNIQUE INDEX "one_run_per_slot" ON "job_runs" USING btree ("job_id","slot") WHERE "job_runs"."slot" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_queued_run" ON "job_runs" USING btree ("job_id") WHERE "job_runs"."status" = 'queued';--> statement-breakpoint
CREATE INDEX "job_runs_by_job" ON "job_runs" USING btree ("job_id","id");