"""The REST API: everything the pages do, for programs (design.md §9, docs/api.md)."""
