"""Email: mail by SMTP and IMAP becomes messages, answers go out as mail (providers.md §10-13)."""
