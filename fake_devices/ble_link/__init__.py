"""The virtual BLE link: an air with bands in it, adapters that hear them, and the backends that put bleak on the adapters."""
