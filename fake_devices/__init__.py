"""The world outside: bodies, wristbands, a hub, a platform. For the demo, the tests and long runs."""
