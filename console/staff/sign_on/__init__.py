"""Single sign-on: to the provider and back, linking, leaving (docs/sso.md)."""
