"""The wire format, pure: nothing here awaits or imports a room below it."""
