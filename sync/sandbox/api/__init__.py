"""The server's calls, one module a resource; each ends in its rows of the route table."""
