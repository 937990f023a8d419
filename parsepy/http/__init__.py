"""The REST door: from ASGI to the use cases and back."""
