"""What Prometheus reads of the gateway: counts and states, nothing of people."""
