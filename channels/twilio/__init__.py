"""What every door through Twilio shares: signature, form, error table, account, message list."""
