CREATE TABLE "budget_accounts" (
	"subject" text NOT NULL,
	"period" text NOT NULL,
	"starts_at" timestamp(3) with time zone NOT NULL,
	"spent_micro_usd" bigint DEFAULT 0 NOT NULL,
	"spent_tokens" bigint DEFAULT 0 NOT NULL,
	"spent_calls" bigint DEFAULT 0 NOT NULL,
	"reserved_micro_usd" bigint DEFAULT 0 NOT NULL,
	"reserved_tokens" bigint DEFAULT 0 NOT NULL,
	"reserved_calls" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "budget_accounts_subject_period_starts_at_pk" PRIMARY KEY("subject","period","starts_at")
);
--> statement-breakpoint
CREATE TABLE "budget_holds" (
	"agent_type" text PRIMARY KEY NOT NULL,
	"since" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "budget_notices" (
	"budget" text NOT NULL,
	"starts_at" timestamp(3) with time zone NOT NULL,
	"level" text NOT NULL,
	"limit" bigint NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "budget_notices_budget_starts_at_level_limit_pk" PRIMARY KEY("budget","starts_at","level","limit")
);
--> statement-breakpoint
CREATE TABLE "budget_reservations" (
	"id" text PRIMARY KEY NOT NULL,
	"agent_type" text NOT NULL,
	"instance_id" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"micro_usd" bigint DEFAULT 0 NOT NULL,
	"tokens" bigint DEFAULT 0 NOT NULL,
	"day_starts_at" timestamp(3) with time zone NOT NULL,
	"month_starts_at" timestamp(3) with time zone NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"charged" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_calls" (
	"id" text PRIMARY KEY NOT NULL,
	"agent_type" text NOT NULL,
	"instance_id" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"status" text NOT NULL,
	"input_tokens" bigint,
	"output_tokens" bigint,
	"cache_read_tokens" bigint,
	"cache_write_tokens" bigint,
	"cost_micro_usd" bigint DEFAULT 0 NOT NULL,
	"attempts" integer NOT NULL,
	"first_token_ms" integer,
	"duration_ms" integer,
	"error_code" text,
	"prompt" text,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "reservations_open" ON "budget_reservations" USING btree ("expires_at") WHERE not "budget_reservations"."charged";--> statement-breakpoint
CREATE INDEX "reservations_charged" ON "budget_reservations" USING btree ("expires_at") WHERE "budget_reservations"."charged";--> statement-breakpoint
CREATE INDEX "model_calls_by_time" ON "model_calls" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "model_calls_by_agent" ON "model_calls" USING btree ("agent_type","created_at");--> statement-breakpoint
CREATE INDEX "history_of_violations" ON "agent_history" USING btree ("agent_type","created_at") WHERE "agent_history"."action_type" in ('violation', 'violation_alert');