"""A virtual week of the connection scheduler: a hundred bands of all manners, five connections; no radio, no clock."""
