"""The living room: nouns, rules and verbs that know no network, no database and no framework."""
