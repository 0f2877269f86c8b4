"""How each shipped teacher was made; `make teachers` makes them again."""
