"""One file per area of the API; `http.routes` lists them all."""
