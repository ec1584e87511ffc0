DROP INDEX "tasks_by_assignee";--> statement-breakpoint
CREATE INDEX "tasks_of_assignee" ON "tasks" USING btree ("assigned_to","id");--> statement-breakpoint
CREATE INDEX "tasks_by_assignee" ON "tasks" USING btree ("assigned_to","status","id");