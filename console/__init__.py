"""The reception: pages for people. It reads through core's ports and knows no database."""
