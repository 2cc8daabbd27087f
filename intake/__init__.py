"""What comes in: files, webhooks, mail and calendars become facts."""
