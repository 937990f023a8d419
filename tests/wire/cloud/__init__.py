"""Cloud code of the fixtures: each file in JavaScript for parse-server, and the same in Python."""
