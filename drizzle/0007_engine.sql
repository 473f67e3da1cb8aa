DROP INDEX "attempts_run";--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "element" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "element" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "waits" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "strict" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "crashes" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "runs_strict" ON "runs" USING btree ("bundle","record","seq") WHERE strict and state = 'failed';--> statement-breakpoint
CREATE INDEX "runs_approvals" ON "runs" USING btree ("workspace","seq") WHERE waits = 'approval';--> statement-breakpoint
CREATE UNIQUE INDEX "attempts_run" ON "attempts" USING btree ("run","step","element","attempt");