CREATE SEQUENCE "public"."event_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "agents" (
	"type" text PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"desired" text NOT NULL,
	"generation" integer DEFAULT 0 NOT NULL,
	"forgiven_at" timestamp(3) with time zone NOT NULL,
	"status" text NOT NULL,
	"because" text NOT NULL,
	"next_attempt_at" timestamp(3) with time zone,
	"loop_count" integer DEFAULT 0 NOT NULL,
	"last_loop_at" timestamp(3) with time zone,
	"scheduled_from" timestamp(3) with time zone NOT NULL,
	"jitter" real NOT NULL,
	"last_initiative_at" timestamp(3) with time zone,
	"current_focus" text,
	"inbox_cursor" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "agents_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "agent_history" (
	"id" text PRIMARY KEY NOT NULL,
	"agent_type" text NOT NULL,
	"action_type" text NOT NULL,
	"summary" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "agent_instances" (
	"id" text PRIMARY KEY NOT NULL,
	"agent_type" text NOT NULL,
	"spec_hash" text NOT NULL,
	"token_hash" text NOT NULL,
	"container_id" text,
	"created_at" timestamp(3) with time zone NOT NULL,
	"started_at" timestamp(3) with time zone,
	"connected_at" timestamp(3) with time zone,
	"disconnected_at" timestamp(3) with time zone,
	"last_heartbeat_at" timestamp(3) with time zone,
	"heartbeats" integer DEFAULT 0 NOT NULL,
	"stop_requested_at" timestamp(3) with time zone,
	"stop_reason" text,
	"stop_counts" boolean DEFAULT false NOT NULL,
	"ended_at" timestamp(3) with time zone,
	"exit_code" integer,
	"exit_signal" text,
	"oom_killed" boolean DEFAULT false NOT NULL,
	"ran_for_ms" integer,
	CONSTRAINT "agent_instances_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "agent_loops" (
	"id" text PRIMARY KEY NOT NULL,
	"agent_type" text NOT NULL,
	"instance_id" text NOT NULL,
	"wakes" jsonb NOT NULL,
	"initiative" boolean NOT NULL,
	"status" text NOT NULL,
	"started_at" timestamp(3) with time zone NOT NULL,
	"finished_at" timestamp(3) with time zone,
	"summary" text,
	"read_to" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "wake_attempts" (
	"agent_type" text NOT NULL,
	"reason" text NOT NULL,
	"subject" text NOT NULL,
	"fingerprint" text NOT NULL,
	"attempts" integer NOT NULL,
	"last_at" timestamp(3) with time zone NOT NULL,
	"broken" boolean DEFAULT false NOT NULL,
	CONSTRAINT "wake_attempts_agent_type_reason_subject_pk" PRIMARY KEY("agent_type","reason","subject")
);
--> statement-breakpoint
CREATE TABLE "decision_actions" (
	"decision_id" text NOT NULL,
	"position" integer NOT NULL,
	"action" jsonb NOT NULL,
	"status" text NOT NULL,
	"outcome" text,
	"executed_at" timestamp(3) with time zone,
	CONSTRAINT "decision_actions_decision_id_position_pk" PRIMARY KEY("decision_id","position")
);
--> statement-breakpoint
CREATE TABLE "decisions" (
	"id" text PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"tier" text NOT NULL,
	"rule" jsonb NOT NULL,
	"status" text NOT NULL,
	"because" text NOT NULL,
	"proposed_by" text NOT NULL,
	"task_id" text,
	"round" integer NOT NULL,
	"round_started_at" timestamp(3) with time zone NOT NULL,
	"deadline_at" timestamp(3) with time zone,
	"resolved_at" timestamp(3) with time zone,
	"resolved_by" text,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "decision_statements" (
	"decision_id" text NOT NULL,
	"round" integer NOT NULL,
	"agent_type" text NOT NULL,
	"statement" text,
	"created_at" timestamp(3) with time zone,
	CONSTRAINT "decision_statements_decision_id_round_agent_type_pk" PRIMARY KEY("decision_id","round","agent_type")
);
--> statement-breakpoint
CREATE TABLE "decision_votes" (
	"decision_id" text NOT NULL,
	"round" integer NOT NULL,
	"voter_type" text NOT NULL,
	"vote" text NOT NULL,
	"reason" text NOT NULL,
	"cast_by" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "decision_votes_decision_id_round_voter_type_pk" PRIMARY KEY("decision_id","round","voter_type")
);
--> statement-breakpoint
CREATE TABLE "escalations" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"title" text NOT NULL,
	"reason" text NOT NULL,
	"priority" text NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"resolved_at" timestamp(3) with time zone,
	"resolved_by" text,
	"resolution" text
);
--> statement-breakpoint
CREATE TABLE "events" (
	"seq" bigint PRIMARY KEY DEFAULT nextval('event_seq') NOT NULL,
	"event_type" text NOT NULL,
	"source_agent" text,
	"agent_type" text,
	"payload" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "relay_cursors" (
	"name" text PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tool_calls" (
	"instance_id" text NOT NULL,
	"call_id" text NOT NULL,
	"answer" jsonb NOT NULL,
	"refused" boolean NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "tool_calls_instance_id_call_id_pk" PRIMARY KEY("instance_id","call_id")
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"seq" bigint PRIMARY KEY DEFAULT nextval('event_seq') NOT NULL,
	"id" text NOT NULL,
	"to_agent" text NOT NULL,
	"from_actor" text NOT NULL,
	"body" text NOT NULL,
	"priority" text NOT NULL,
	"data" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"wake_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"revoked_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "key_passes" (
	"hash" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"key_id" text NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "agent_notes" (
	"agent_type" text NOT NULL,
	"key" text NOT NULL,
	"note" text NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "agent_notes_agent_type_key_pk" PRIMARY KEY("agent_type","key")
);
--> statement-breakpoint
CREATE TABLE "team" (
	"singleton" text PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"category" text NOT NULL,
	"key" text NOT NULL,
	"value" jsonb NOT NULL,
	"description" text,
	"updated_at" timestamp(3) with time zone NOT NULL,
	"updated_by" text NOT NULL,
	CONSTRAINT "settings_category_key_pk" PRIMARY KEY("category","key")
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" text PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"status" text NOT NULL,
	"priority" text NOT NULL,
	"assigned_to" text NOT NULL,
	"created_by" text NOT NULL,
	"result" text,
	"created_at" timestamp(3) with time zone NOT NULL,
	"completed_at" timestamp(3) with time zone,
	"wake_at" timestamp(3) with time zone NOT NULL,
	"claimed_by" text,
	"lease_until" timestamp(3) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "decision_actions" ADD CONSTRAINT "decision_actions_decision_id_decisions_id_fk" FOREIGN KEY ("decision_id") REFERENCES "public"."decisions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decision_statements" ADD CONSTRAINT "decision_statements_decision_id_decisions_id_fk" FOREIGN KEY ("decision_id") REFERENCES "public"."decisions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decision_votes" ADD CONSTRAINT "decision_votes_decision_id_decisions_id_fk" FOREIGN KEY ("decision_id") REFERENCES "public"."decisions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_passes" ADD CONSTRAINT "key_passes_key_id_api_keys_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "history_by_agent" ON "agent_history" USING btree ("agent_type","id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_life_per_agent" ON "agent_instances" USING btree ("agent_type") WHERE "agent_instances"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "instances_by_agent" ON "agent_instances" USING btree ("agent_type","ended_at");--> statement-breakpoint
CREATE UNIQUE INDEX "one_loop_per_agent" ON "agent_loops" USING btree ("agent_type") WHERE "agent_loops"."status" = 'running';--> statement-breakpoint
CREATE INDEX "loops_by_agent" ON "agent_loops" USING btree ("agent_type","started_at");--> statement-breakpoint
CREATE INDEX "decisions_by_status" ON "decisions" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "decisions_by_deadline" ON "decisions" USING btree ("status","deadline_at");--> statement-breakpoint
CREATE INDEX "decisions_by_task" ON "decisions" USING btree ("task_id");--> statement-breakpoint
CREATE INDEX "decisions_by_proposer" ON "decisions" USING btree ("proposed_by");--> statement-breakpoint
CREATE INDEX "statements_by_agent" ON "decision_statements" USING btree ("agent_type");--> statement-breakpoint
CREATE UNIQUE INDEX "one_open_escalation" ON "escalations" USING btree ("kind","subject") WHERE "escalations"."status" = 'open' and "escalations"."kind" <> 'human_requested';--> statement-breakpoint
CREATE INDEX "escalations_by_status" ON "escalations" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "events_by_type" ON "events" USING btree ("event_type","seq");--> statement-breakpoint
CREATE INDEX "events_by_agent" ON "events" USING btree ("agent_type","seq");--> statement-breakpoint
CREATE INDEX "messages_by_agent" ON "messages" USING btree ("to_agent","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "one_key_per_name" ON "api_keys" USING btree ("name") WHERE "api_keys"."revoked_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_key_per_secret" ON "api_keys" USING btree ("hash") WHERE "api_keys"."revoked_at" is null;--> statement-breakpoint
CREATE INDEX "tasks_by_assignee" ON "tasks" USING btree ("assigned_to","status");--> statement-breakpoint
CREATE INDEX "tasks_by_status" ON "tasks" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "tasks_by_claim" ON "tasks" USING btree ("claimed_by");