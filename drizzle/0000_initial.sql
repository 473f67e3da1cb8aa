CREATE TABLE "attempts" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "attempts_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"run" bigint NOT NULL,
	"step" text NOT NULL,
	"attempt" integer NOT NULL,
	"state" text NOT NULL,
	"input" jsonb,
	"output" jsonb,
	"exchange" jsonb,
	"notes" jsonb,
	"error" jsonb,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "bundles" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace" text NOT NULL,
	"number" integer NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"paused_by" jsonb,
	"draft" jsonb,
	"revision" integer DEFAULT 0 NOT NULL,
	"version" integer DEFAULT 0 NOT NULL,
	"sample" jsonb,
	"sample_at" timestamp with time zone,
	"sample_from" text,
	"first_success_at" timestamp with time zone,
	"deleted_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chats" (
	"chat_id" bigint PRIMARY KEY NOT NULL,
	"screen_message" bigint,
	"state" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace" text NOT NULL,
	"connector" text NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"secret" text NOT NULL,
	"account" text,
	"error" jsonb,
	"checked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "conversations" (
	"key" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "deliveries_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"bundle" text NOT NULL,
	"state" text NOT NULL,
	"item" jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone,
	"error" jsonb,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "telegram_inbox" (
	"update_id" bigint PRIMARY KEY NOT NULL,
	"chat" bigint NOT NULL,
	"body" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"done_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "incidents" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace" text NOT NULL,
	"bundle" text,
	"connection" text,
	"step" text,
	"class" text NOT NULL,
	"cause" text NOT NULL,
	"example" jsonb NOT NULL,
	"count" integer DEFAULT 0 NOT NULL,
	"cards" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"solved_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "lists" (
	"connection" text NOT NULL,
	"key" text NOT NULL,
	"items" jsonb NOT NULL,
	"loaded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "lists_connection_key_pk" PRIMARY KEY("connection","key")
);
--> statement-breakpoint
CREATE TABLE "members" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace" text NOT NULL,
	"telegram_id" bigint NOT NULL,
	"name" text NOT NULL,
	"locale" text NOT NULL,
	"role" text NOT NULL,
	"alerts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"gone" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operations" (
	"key" text PRIMARY KEY NOT NULL,
	"result" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outbox_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace" text NOT NULL,
	"chat_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"payload" jsonb NOT NULL,
	"dedupe" text,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"sent_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "runs_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" text NOT NULL,
	"workspace" text NOT NULL,
	"bundle" text NOT NULL,
	"version" integer NOT NULL,
	"state" text NOT NULL,
	"origin" text NOT NULL,
	"record" text NOT NULL,
	"event" jsonb NOT NULL,
	"ended" jsonb,
	"step" text,
	"attempt" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone,
	"behind" bigint,
	"followed" boolean DEFAULT false NOT NULL,
	"past" bigint,
	"error" jsonb,
	"incident" text,
	"retry_of" text,
	"holder" text,
	"held_until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "seen" (
	"bundle" text NOT NULL,
	"key" text NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "seen_bundle_key_pk" PRIMARY KEY("bundle","key")
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "triggers" (
	"bundle" text PRIMARY KEY NOT NULL,
	"token" text NOT NULL,
	"connector" text NOT NULL,
	"trigger" text NOT NULL,
	"connection" text,
	"subscription" jsonb,
	"since" timestamp with time zone,
	"cursor" jsonb,
	"polled_at" timestamp with time zone,
	"next_at" timestamp with time zone,
	"asked" boolean DEFAULT false NOT NULL,
	"leased_until" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"error" jsonb,
	"filtered" bigint DEFAULT 0 NOT NULL,
	"repeated" bigint DEFAULT 0 NOT NULL,
	"last_event_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "versions" (
	"bundle" text NOT NULL,
	"version" integer NOT NULL,
	"body" jsonb NOT NULL,
	"by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "versions_bundle_version_pk" PRIMARY KEY("bundle","version")
);
--> statement-breakpoint
CREATE TABLE "workspaces" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"country" text NOT NULL,
	"time_zone" text NOT NULL,
	"last_number" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_run_runs_seq_fk" FOREIGN KEY ("run") REFERENCES "public"."runs"("seq") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bundles" ADD CONSTRAINT "bundles_workspace_workspaces_id_fk" FOREIGN KEY ("workspace") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_workspace_workspaces_id_fk" FOREIGN KEY ("workspace") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_bundle_bundles_id_fk" FOREIGN KEY ("bundle") REFERENCES "public"."bundles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_workspace_workspaces_id_fk" FOREIGN KEY ("workspace") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lists" ADD CONSTRAINT "lists_connection_connections_id_fk" FOREIGN KEY ("connection") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_workspace_workspaces_id_fk" FOREIGN KEY ("workspace") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_workspace_workspaces_id_fk" FOREIGN KEY ("workspace") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "seen" ADD CONSTRAINT "seen_bundle_bundles_id_fk" FOREIGN KEY ("bundle") REFERENCES "public"."bundles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "triggers" ADD CONSTRAINT "triggers_bundle_bundles_id_fk" FOREIGN KEY ("bundle") REFERENCES "public"."bundles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_bundle_bundles_id_fk" FOREIGN KEY ("bundle") REFERENCES "public"."bundles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "attempts_run" ON "attempts" USING btree ("run","step","attempt");--> statement-breakpoint
CREATE UNIQUE INDEX "bundles_number" ON "bundles" USING btree ("workspace","number");--> statement-breakpoint
CREATE INDEX "connections_workspace" ON "connections" USING btree ("workspace");--> statement-breakpoint
CREATE INDEX "deliveries_bundle" ON "deliveries" USING btree ("bundle","state","seq");--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("next_at") WHERE state in ('open','taken');--> statement-breakpoint
CREATE INDEX "inbox_open" ON "telegram_inbox" USING btree ("update_id") WHERE done_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "incidents_cause" ON "incidents" USING btree ("workspace","cause") WHERE solved_at is null;--> statement-breakpoint
CREATE INDEX "incidents_bundle" ON "incidents" USING btree ("bundle");--> statement-breakpoint
CREATE UNIQUE INDEX "members_user" ON "members" USING btree ("telegram_id");--> statement-breakpoint
CREATE INDEX "operations_age" ON "operations" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "outbox_due" ON "outbox" USING btree ("next_at") WHERE sent_at is null;--> statement-breakpoint
CREATE INDEX "outbox_chat" ON "outbox" USING btree ("chat_id","seq") WHERE sent_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "outbox_open" ON "outbox" USING btree ("dedupe") WHERE sent_at is null and dedupe is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "runs_id" ON "runs" USING btree ("id");--> statement-breakpoint
CREATE INDEX "runs_bundle" ON "runs" USING btree ("bundle","seq");--> statement-breakpoint
CREATE INDEX "runs_workspace" ON "runs" USING btree ("workspace","seq");--> statement-breakpoint
CREATE INDEX "runs_open" ON "runs" USING btree ("state","next_at") WHERE state in ('queued','running','waiting','unknown');--> statement-breakpoint
CREATE INDEX "runs_record" ON "runs" USING btree ("bundle","record","seq") WHERE state in ('queued','running','waiting','unknown');--> statement-breakpoint
CREATE INDEX "runs_backlog" ON "runs" USING btree ("workspace") WHERE state = 'queued';--> statement-breakpoint
CREATE INDEX "runs_incident" ON "runs" USING btree ("incident") WHERE incident is not null;--> statement-breakpoint
CREATE INDEX "seen_changes_age" ON "seen" USING btree ("seen_at") WHERE key like 'c%';--> statement-breakpoint
CREATE UNIQUE INDEX "triggers_token" ON "triggers" USING btree ("token");--> statement-breakpoint
CREATE INDEX "triggers_due" ON "triggers" USING btree ("next_at");