CREATE TABLE "benchmark_answers" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"model" text NOT NULL,
	"task" text NOT NULL,
	"version" text NOT NULL,
	"item" text NOT NULL,
	"status" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"claimed_until" timestamp(3) with time zone,
	"answer" text,
	"first_token_ms" integer,
	"total_ms" integer,
	"input_tokens" bigint,
	"output_tokens" bigint,
	"cost_micro_usd" bigint DEFAULT 0 NOT NULL,
	"judge_cost_micro_usd" bigint DEFAULT 0 NOT NULL,
	"score" double precision,
	"because" text,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "benchmark_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"models" jsonb NOT NULL,
	"tasks" jsonb NOT NULL,
	"judge" text,
	"created_by" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"finished_at" timestamp(3) with time zone
);
--> statement-breakpoint
ALTER TABLE "benchmark_answers" ADD CONSTRAINT "benchmark_answers_run_id_benchmark_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."benchmark_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_answer_per_question" ON "benchmark_answers" USING btree ("run_id","model","task","item");--> statement-breakpoint
CREATE INDEX "benchmark_answers_open" ON "benchmark_answers" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "benchmark_runs_by_status" ON "benchmark_runs" USING btree ("status","finished_at");