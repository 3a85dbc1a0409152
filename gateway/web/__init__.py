"""What listens for browsers and for Prometheus, and lets nobody who asks harm the gateway."""
