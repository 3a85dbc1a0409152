"""The gateway looks at itself: ports and radio, ways to people, the machine. What lasts becomes technical alerts."""
