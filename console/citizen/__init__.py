"""Pages for citizens: the form, its confirmation, and the page of a ticket."""
