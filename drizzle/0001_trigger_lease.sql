ALTER TABLE "triggers" ADD COLUMN "leased_until" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("next_at") WHERE state in ('open','taken');--> statement-breakpoint
CREATE INDEX "seen_changes_age" ON "seen" USING btree ("seen_at") WHERE key like 'c%';