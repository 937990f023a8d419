"""Messages between the processes of one app."""
