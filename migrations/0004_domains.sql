CREATE TABLE "domain_requests" (
	"id" text PRIMARY KEY NOT NULL,
	"domain" text NOT NULL,
	"requested_by" text NOT NULL,
	"reason" text NOT NULL,
	"status" text NOT NULL,
	"suggested_category" text NOT NULL,
	"security_score" integer NOT NULL,
	"findings" jsonb NOT NULL,
	"url" text,
	"task_id" text,
	"created_at" timestamp(3) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp(3) with time zone,
	"notes" text
);
--> statement-breakpoint
CREATE TABLE "domain_whitelist" (
	"id" text PRIMARY KEY NOT NULL,
	"domain" text NOT NULL,
	"category" text NOT NULL,
	"description" text NOT NULL,
	"is_active" boolean NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"changed_at" timestamp(3) with time zone NOT NULL,
	"changed_by" text NOT NULL,
	CONSTRAINT "domain_whitelist_domain_unique" UNIQUE("domain")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "one_pending_request_per_domain" ON "domain_requests" USING btree ("domain") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "domain_requests_by_status" ON "domain_requests" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "domain_requests_by_domain" ON "domain_requests" USING btree ("domain","decided_at");