"""Who asks, and what they may do. Pure rules: nothing here awaits."""
