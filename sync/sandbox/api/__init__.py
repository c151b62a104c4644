"""The server's calls, one module for each resource; each adds its rows to the route table."""
