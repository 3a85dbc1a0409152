"""The local page: how the gateway is, who calls, and each wearer's last values, in a browser beside it."""
