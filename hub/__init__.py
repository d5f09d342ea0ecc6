"""The shell: database, HTTP, web, command line, finance. Effects live here."""
