CREATE TABLE "stored" (
	"workspace" text NOT NULL,
	"name" text NOT NULL,
	"key" text NOT NULL,
	"value" jsonb,
	"changed_at" timestamp with time zone NOT NULL,
	"until" timestamp with time zone,
	CONSTRAINT "stored_workspace_name_key_pk" PRIMARY KEY("workspace","name","key")
);
--> statement-breakpoint
ALTER TABLE "stored" ADD CONSTRAINT "stored_workspace_workspaces_id_fk" FOREIGN KEY ("workspace") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "stored_until" ON "stored" USING btree ("until") WHERE until is not null;