"""What the fourth version of the schema adds: nothing yet."""

TABLES = ""
