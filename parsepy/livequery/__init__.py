"""Objects that change, told to who watches them."""
