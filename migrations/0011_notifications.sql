CREATE TABLE "notification_channels" (
	"name" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"destination" text NOT NULL,
	"sealed" text NOT NULL,
	"severities" jsonb NOT NULL,
	"kinds" jsonb NOT NULL,
	"enabled" boolean NOT NULL,
	"allow_private" boolean NOT NULL,
	"answer_links" boolean NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"changed_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"id" text PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"cause" text NOT NULL,
	"kind" text NOT NULL,
	"severity" text NOT NULL,
	"title" text NOT NULL,
	"text" text NOT NULL,
	"subject" jsonb NOT NULL,
	"status" text NOT NULL,
	"attempts" integer NOT NULL,
	"last_error" text,
	"tried_since" timestamp(3) with time zone NOT NULL,
	"next_attempt_at" timestamp(3) with time zone,
	"claimed_until" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone NOT NULL,
	"sent_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE UNIQUE INDEX "one_notification_per_cause" ON "notifications" USING btree ("channel","cause");--> statement-breakpoint
CREATE INDEX "notifications_by_status" ON "notifications" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "notifications_due" ON "notifications" USING btree ("status","next_attempt_at");