"""What WhatsApp itself demands, whoever carries it there: people, the window, templates."""
