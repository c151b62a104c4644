"""What the tests made on a borrowed server, and its removal."""

from __future__ import annotations

import httpx

from tests.contract.calls import last_segment


class Made:
    """The networks, folders and shortcuts that one account made, to be removed in the end."""

    def __init__(self) -> None:
        self.networks: list[str] = []
        self.files: list[str] = []

    def note(self, answer: httpx.Response) -> None:
        """Remember what a create made (an httpx response hook)."""
        path = answer.request.url.path
        if answer.status_code != 201 or path.endswith("/members"):
            return
        made = last_segment(answer.headers["Location"])
        if path in ("/v2/network", "/v3/networks"):
            self.networks.append(made)
        elif path.startswith("/v3/files/shortcuts"):
            self.files.append(f"/v3/files/shortcuts/{made}")
        elif path != "/v2/user":
            self.files.append(f"/v3/files/folders/{made}")

    def remove(self, client: httpx.Client) -> None:
        """Delete all of it, locked, read-only and trashed too; what is gone already is fine.

        No network is deleted permanently: a server that ends with such a deletion in its queue
        does not start again (contract 3.3).
        """
        trashed = {item["uuid"] for item in client.get("/v3/files/trash").json()}
        for network_id in self.networks:
            path = f"/v2/network/{network_id}"
            if network_id in trashed:
                client.post("/v3/files/trash/restore", json={"networks": [network_id]})
            if client.delete(path).status_code == 500:
                # The one way to free a lock: a form that a read-only network refuses.
                for read_only in (True, False):
                    system = {"readOnly": read_only}
                    client.put(f"/v2/network/{network_id}/systemproperty", json=system)
                    client.put(f"/v2/network/{network_id}", files={"CXNetworkStream": b""})
                client.delete(path)
        for path in self.files:
            client.delete(path, params={"force": "true", "permanent": "true"})
        ours = set(map(last_segment, self.files))
        for item in client.get("/v3/files/trash").json():
            if item["uuid"] in ours:
                client.delete(f"/v3/files/trash/{item['uuid']}")
