DROP INDEX "inbox_open";--> statement-breakpoint
ALTER TABLE "telegram_inbox" ADD COLUMN "holder" text;--> statement-breakpoint
ALTER TABLE "triggers" ADD COLUMN "subscribe_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "triggers" ADD COLUMN "subscribe_error" jsonb;--> statement-breakpoint
CREATE INDEX "triggers_subscribe" ON "triggers" USING btree ("subscribe_at") WHERE subscribe_at is not null;--> statement-breakpoint
CREATE INDEX "inbox_open" ON "telegram_inbox" USING btree ("chat","update_id") WHERE done_at is null;