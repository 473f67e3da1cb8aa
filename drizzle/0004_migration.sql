CREATE TABLE "drafts" (
	"bundle" text NOT NULL,
	"revision" integer NOT NULL,
	"body" jsonb,
	"name" text NOT NULL,
	CONSTRAINT "drafts_bundle_revision_pk" PRIMARY KEY("bundle","revision")
);
--> statement-breakpoint
CREATE TABLE "migrations" (
	"bundle" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"from_at" timestamp with time zone,
	"to_at" timestamp with time zone NOT NULL,
	"mark" timestamp with time zone,
	"cursor" jsonb,
	"is_unordered" boolean DEFAULT false NOT NULL,
	"is_read" boolean DEFAULT false NOT NULL,
	"read" bigint DEFAULT 0 NOT NULL,
	"sent" bigint DEFAULT 0 NOT NULL,
	"filtered" bigint DEFAULT 0 NOT NULL,
	"repeated" bigint DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone,
	"leased_until" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"error" jsonb,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
DROP INDEX "seen_changes_age";--> statement-breakpoint
ALTER TABLE "seen" ADD COLUMN "mark" text;--> statement-breakpoint
ALTER TABLE "versions" ADD COLUMN "published_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "versions" ADD COLUMN "former" integer;--> statement-breakpoint
ALTER TABLE "versions" ADD COLUMN "same_as" integer;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_bundle_bundles_id_fk" FOREIGN KEY ("bundle") REFERENCES "public"."bundles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "migrations" ADD CONSTRAINT "migrations_bundle_bundles_id_fk" FOREIGN KEY ("bundle") REFERENCES "public"."bundles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "migrations_due" ON "migrations" USING btree ("next_at") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "runs_migration" ON "runs" USING btree ("bundle","state") WHERE origin = 'migration';--> statement-breakpoint
CREATE INDEX "seen_age" ON "seen" USING btree ("seen_at") WHERE key not like 'r%';--> statement-breakpoint
CREATE INDEX "seen_migrated" ON "seen" USING btree ("bundle") WHERE mark = 'm';--> statement-breakpoint
UPDATE "versions" v SET "published_at" = v."created_at", "former" = nullif(v."version" - 1, 0) FROM "bundles" b WHERE b."id" = v."bundle" AND v."version" <= b."version";
