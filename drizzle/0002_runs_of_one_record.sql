ALTER TABLE "runs" ADD COLUMN "followed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "past" bigint;--> statement-breakpoint
CREATE INDEX "runs_backlog" ON "runs" USING btree ("workspace") WHERE state = 'queued';