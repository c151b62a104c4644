"""The tables of the sandbox's one SQLite file.

``entry`` is the search index, with the row number of the network. It has the network's values when
it was last indexed, and ``search_core`` its visibility then. ``permission`` is for networks and
folders; ``shared`` adds what is in the folders. A legacy network set and its folder are two items
with one id. Times are epoch milliseconds. JSON columns hold what the wire shows: ``properties`` the
v2 list, ``warnings`` and ``subnetworks`` arrays. Identifiers are canonical UUIDs as text.
"""

from __future__ import annotations

APPLICATION_ID = 0x4E444558
"""Marks the file as a sandbox's, so that no other database is changed by mistake."""

VERSION = 5
"""Raised with every change of the tables; a file of another version is refused."""

TABLES = """
CREATE TABLE account (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, password TEXT, email TEXT,
  first_name TEXT, last_name TEXT, display_name TEXT, description TEXT, image TEXT, website TEXT,
  created_ms INTEGER NOT NULL, modified_ms INTEGER NOT NULL
);
CREATE TABLE network (
  id TEXT PRIMARY KEY, owner_id TEXT NOT NULL REFERENCES account (id),
  created_ms INTEGER NOT NULL, modified_ms INTEGER NOT NULL,
  name TEXT, description TEXT, version TEXT, properties TEXT NOT NULL DEFAULT '[]',
  visibility TEXT NOT NULL DEFAULT 'PRIVATE', folder_id TEXT,
  read_only INTEGER NOT NULL DEFAULT 0, showcase INTEGER NOT NULL DEFAULT 0,
  certified INTEGER NOT NULL DEFAULT 0, doi TEXT,
  completed INTEGER, valid INTEGER NOT NULL DEFAULT 0, error TEXT,
  warnings TEXT, subnetworks TEXT,
  node_count INTEGER NOT NULL DEFAULT 0, edge_count INTEGER NOT NULL DEFAULT 0,
  has_layout INTEGER NOT NULL DEFAULT 0, has_sample INTEGER NOT NULL DEFAULT 0,
  has_cx2 INTEGER NOT NULL DEFAULT 0, cx_format TEXT,
  cx_size INTEGER NOT NULL DEFAULT 0, cx2_size INTEGER NOT NULL DEFAULT 0,
  index_level TEXT NOT NULL DEFAULT 'NONE', search_core TEXT,
  locked INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0,
  in_trash INTEGER NOT NULL DEFAULT 0, access_key TEXT,
  access_key_on INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX network_by_owner ON network (owner_id, modified_ms);
CREATE INDEX network_by_folder ON network (folder_id);
CREATE INDEX network_by_key ON network (access_key) WHERE access_key IS NOT NULL;
CREATE VIEW network_row AS
  SELECT network.*, account.name AS owner FROM network JOIN account ON account.id = owner_id;
CREATE TABLE content (
  network_id TEXT NOT NULL REFERENCES network (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('cx1', 'cx2')), body BLOB NOT NULL,
  PRIMARY KEY (network_id, kind)
);
CREATE TABLE permission (
  item_id TEXT NOT NULL, account_id TEXT NOT NULL REFERENCES account (id),
  kind TEXT NOT NULL CHECK (kind IN ('READ', 'WRITE', 'ADMIN')),
  PRIMARY KEY (item_id, account_id)
) WITHOUT ROWID;
CREATE INDEX permission_by_account ON permission (account_id);
CREATE TABLE task (
  seq INTEGER PRIMARY KEY, network_id TEXT NOT NULL REFERENCES network (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('create', 'update', 'index')),
  format TEXT CHECK (format IN ('cx1', 'cx2')),
  stage TEXT NOT NULL DEFAULT 'queued' CHECK (stage IN ('queued', 'parsed')),
  visibility TEXT, trouble TEXT, message TEXT,
  parsed_ms INTEGER NOT NULL, done_ms INTEGER NOT NULL
);
CREATE TABLE item (
  kind TEXT NOT NULL CHECK (kind IN ('FOLDER', 'SHORTCUT', 'SET', 'WORKSPACE')),
  id TEXT NOT NULL, owner_id TEXT NOT NULL REFERENCES account (id), name TEXT,
  created_ms INTEGER NOT NULL, modified_ms INTEGER NOT NULL, description TEXT, folder_id TEXT,
  target_id TEXT, target_type TEXT, visibility TEXT NOT NULL DEFAULT 'PRIVATE',
  properties TEXT NOT NULL DEFAULT '{}', showcase INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0, in_trash INTEGER NOT NULL DEFAULT 0,
  access_key TEXT, access_key_on INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (id, kind)
);
CREATE INDEX item_by_folder ON item (folder_id);
CREATE INDEX item_by_owner ON item (owner_id);
CREATE UNIQUE INDEX set_by_name ON item (owner_id, name) WHERE kind = 'SET';
CREATE VIEW item_row AS
  SELECT item.*, account.name AS owner FROM item JOIN account ON account.id = owner_id;
CREATE TRIGGER item_goes AFTER DELETE ON item WHEN OLD.kind = 'FOLDER' BEGIN
  DELETE FROM permission WHERE item_id = OLD.id; END;
CREATE TABLE set_member (
  set_id TEXT NOT NULL, network_id TEXT NOT NULL REFERENCES network (id),
  PRIMARY KEY (set_id, network_id)
) WITHOUT ROWID;
CREATE INDEX set_member_by_network ON set_member (network_id);
CREATE VIEW shared AS
  WITH RECURSIVE down (id, account_id, kind) AS (
    SELECT item_id, account_id, kind FROM permission
    UNION SELECT item.id, account_id, down.kind FROM item JOIN down ON folder_id = down.id)
  SELECT * FROM down;
CREATE VIRTUAL TABLE entry USING fts5 (
  uuid, name, description, labels, owner, networkType, organism, disease, tissue, author, methods,
  nodeName, represents, alias, rights, rightsHolder, version
);
CREATE TRIGGER network_goes AFTER DELETE ON network BEGIN
  DELETE FROM entry WHERE rowid = OLD.rowid; DELETE FROM permission WHERE item_id = OLD.id; END;
CREATE TABLE counter (n INTEGER NOT NULL);
INSERT INTO counter VALUES (0);
"""
