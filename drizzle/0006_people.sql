CREATE TABLE "groups" (
	"workspace" text NOT NULL,
	"chat_id" bigint NOT NULL,
	"title" text NOT NULL,
	"gone" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "groups_workspace_chat_id_pk" PRIMARY KEY("workspace","chat_id")
);
--> statement-breakpoint
CREATE UNLOGGED TABLE "lanes" (
	"key" text PRIMARY KEY NOT NULL,
	"reserved" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "links" (
	"id" text PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"workspace" text NOT NULL,
	"kind" text NOT NULL,
	"role" text,
	"connection" text,
	"by" text NOT NULL,
	"by_name" text NOT NULL,
	"telegram_id" bigint,
	"taken_by" text,
	"expires_at" timestamp with time zone NOT NULL,
	"done_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
DROP INDEX "members_user";--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "end_told_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "current" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "summary_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "topic" integer;--> statement-breakpoint
ALTER TABLE "triggers" ADD COLUMN "silent_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "retention_days" integer DEFAULT 30 NOT NULL;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "removed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "groups" ADD CONSTRAINT "groups_workspace_workspaces_id_fk" FOREIGN KEY ("workspace") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "links" ADD CONSTRAINT "links_workspace_workspaces_id_fk" FOREIGN KEY ("workspace") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "links" ADD CONSTRAINT "links_connection_connections_id_fk" FOREIGN KEY ("connection") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "groups_chat" ON "groups" USING btree ("chat_id");--> statement-breakpoint
CREATE UNIQUE INDEX "links_hash" ON "links" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "links_workspace" ON "links" USING btree ("workspace");--> statement-breakpoint
CREATE INDEX "links_person" ON "links" USING btree ("telegram_id") WHERE done_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "members_workspace" ON "members" USING btree ("workspace","telegram_id");--> statement-breakpoint
CREATE INDEX "members_summary" ON "members" USING btree ("summary_at");--> statement-breakpoint
CREATE INDEX "runs_day" ON "runs" USING brin ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "members_user" ON "members" USING btree ("telegram_id") WHERE current;