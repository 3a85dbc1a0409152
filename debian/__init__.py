"""How the Debian package is built, and what dpkg runs of it."""
