CREATE TABLE "domain_usage" (
	"hour" timestamp(3) with time zone NOT NULL,
	"domain" text NOT NULL,
	"agent_type" text NOT NULL,
	"allowed" bigint NOT NULL,
	"denied" bigint NOT NULL,
	CONSTRAINT "domain_usage_hour_domain_agent_type_pk" PRIMARY KEY("hour","domain","agent_type")
);
--> statement-breakpoint
CREATE INDEX "events_by_time" ON "events" USING btree ("created_at","seq");