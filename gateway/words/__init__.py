"""Every text for people, in both languages, from codes and facts. Pure."""
