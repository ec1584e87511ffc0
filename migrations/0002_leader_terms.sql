CREATE TABLE "leader_terms" (
	"singleton" text PRIMARY KEY NOT NULL,
	"term" bigint NOT NULL
);
