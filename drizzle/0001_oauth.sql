CREATE TABLE "consents" (
	"hash" text PRIMARY KEY NOT NULL,
	"workspace" text NOT NULL,
	"member" text NOT NULL,
	"connection" text NOT NULL,
	"verifier" text,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "renewing_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "renew_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_connection_connections_id_fk" FOREIGN KEY ("connection") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;