"""Finding stored files that nothing mentions (`parsepy files sweep`)."""
