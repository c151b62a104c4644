"""Networks and pictures made from drawings and records, with no server."""
