"""MQTT: the session with the broker, and the lanes that alerts, readings, replies and commands travel in."""
