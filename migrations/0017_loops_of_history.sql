DROP INDEX "loops_by_agent";--> statement-breakpoint
ALTER TABLE "agent_history" ADD COLUMN "loop_id" text;--> statement-breakpoint
CREATE INDEX "history_by_loop" ON "agent_history" USING btree ("loop_id","id") WHERE "agent_history"."loop_id" is not null;--> statement-breakpoint
CREATE INDEX "loops_of_agent" ON "agent_loops" USING btree ("agent_type","id");--> statement-breakpoint
CREATE INDEX "events_by_task" ON "events" USING btree ((payload ->> 'taskId'),"seq") WHERE (payload ->> 'taskId') is not null;