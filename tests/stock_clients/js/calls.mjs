// The calls of the stock JavaScript client, each once in a session.
// Usage: node calls.mjs URL USER PASSWORD OTHER-USER-ID
// Prints one line a call: its name, "ok" or the server's refusal, and the shape of the answer.

import { NDExClient } from "@js4cytoscape/ndex-client";

const [baseURL, username, password, other] = process.argv.slice(2);
const config = (secret) => ({ baseURL, auth: { type: "basic", username, password: secret } });
const ndex = new NDExClient(config(password));
const anonymous = new NDExClient({ baseURL });
const { networks, files, user, workspace } = ndex;
const { v2, v3 } = networks;
const unknown = "00000000-0000-1000-8000-000000000000";
const tag = `word${Date.now()}`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function shape(value) {
  if (Array.isArray(value)) return value.length ? `[${shape(value[0])}]` : "[]";
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  const parts = Object.keys(value)
    .sort()
    .map((key) => (UUID.test(key) ? "ID" : `${key}:${shape(value[key])}`));
  return `{${parts.join(",")}}`;
}

// A listing has no order; what is looked at has to be of one kind.
const ofType = (type, items) => items.filter((item) => item.type === type);

async function call(name, act) {
  try {
    const value = await act();
    console.log(`${name}\tok\t${shape(value)}`);
    return value;
  } catch (error) {
    const refusal = error.statusCode ? `${error.statusCode} ${error.errorCode}` : "error";
    console.log(`${name}\t${refusal}\t`);
    return undefined;
  }
}

async function loaded(id) {
  for (let look = 0; look < 600; look++) {
    const seen = await v2.getNetworkSummary(id);
    if (seen.errorMessage) throw new Error(seen.errorMessage);
    if (seen.completed && seen.isValid) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${id} was not loaded`);
}

async function found(search) {
  for (let look = 0; look < 100; look++) {
    const page = await search();
    if ((page.networks ?? page.files).length) return page;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("nothing was found");
}

const cx2 = (name, description = "made by the stock client") => [
  { CXVersion: "2.0", hasFragments: false },
  {
    metaData: [
      { name: "attributeDeclarations", elementCount: 1 },
      { name: "networkAttributes", elementCount: 1 },
      { name: "nodes", elementCount: 2 },
      { name: "edges", elementCount: 1 },
    ],
  },
  {
    attributeDeclarations: [
      {
        networkAttributes: { name: { d: "string" }, description: { d: "string" } },
        nodes: { name: { d: "string" } },
        edges: { interaction: { d: "string" } },
      },
    ],
  },
  { networkAttributes: [description ? { name, description } : { name }] },
  {
    nodes: [
      { id: 0, x: 1, y: 2, v: { name: "TP53" } },
      { id: 1, x: 3, y: 4, v: { name: "BRCA1" } },
    ],
  },
  { edges: [{ id: 0, s: 0, t: 1, v: { interaction: "binds" } }] },
  { status: [{ error: "", success: true }] },
];

const entry = (name, elementCount) => ({
  name,
  elementCount,
  version: "1.0",
  consistencyGroup: 1,
  idCounter: 9,
  properties: [],
});

const cx1 = (name) => [
  { numberVerification: [{ longNumber: 281474976710655 }] },
  { metaData: [entry("networkAttributes", 1), entry("nodes", 2), entry("edges", 1)] },
  { networkAttributes: [{ n: "name", v: name }] },
  { nodes: [{ "@id": 0, n: "TP53" }, { "@id": 1, n: "BRCA1" }] },
  { edges: [{ "@id": 2, s: 0, t: 1, i: "binds" }] },
  { status: [{ error: "", success: true }] },
];

await call("getServerStatus", () => ndex.getServerStatus());
await call("getServerStatus full", () => ndex.getServerStatus("full"));
const me = await call("user.authenticate", () => user.authenticate());
await call("user.getCurrentUser", () => user.getCurrentUser());
await call("user.getUser", () => user.getUser(other));
await call("user.getUsersByUUIDs", () => user.getUsersByUUIDs([other]));
await call("user.searchUsers", () => user.searchUsers(username, 0, 10));
await call("user.updateCurrentUser", () => user.updateCurrentUser({ description: "none" }));

const first = (await call("networks.createNetworkFromRawCX2", () =>
  networks.createNetworkFromRawCX2(cx2(tag), { visibility: "PUBLIC" }))).uuid;
const old = await call("v2.createNetworkFromRawCX1", () =>
  v2.createNetworkFromRawCX1(cx1(tag), { visibility: "PUBLIC" }));
const third = (await call("v3.createNetworkFromCX2", () => v3.createNetworkFromCX2(cx2(tag)))).uuid;
const fourth = (await call("v3.uploadNetworkFile", () =>
  v3.uploadNetworkFile(JSON.stringify(cx2(tag)), {}))).uuid;
for (const id of [first, old, third, fourth]) await loaded(id);

await call("networks.getNetworkSummary", () => networks.getNetworkSummary(first));
await call("v2.getNetworkSummary", () => v2.getNetworkSummary(first));
await call("v3.getNetworkSummariesV3ByUUIDs", () => v3.getNetworkSummariesV3ByUUIDs([first]));
await call("v3 summaries COMPACT", () =>
  v3.getNetworkSummariesV3ByUUIDs([first], undefined, "COMPACT"));
await call("v2.getNetworkSummariesByUUIDs", () => v2.getNetworkSummariesByUUIDs([first]));
await call("networks.getRawCX2Network", () => networks.getRawCX2Network(first));
await call("getRawCX2Network of CX1", () => networks.getRawCX2Network(old));
await call("networks.getRawCX1Network", () => networks.getRawCX1Network(old));
await call("getRawCX1Network of CX2", () => networks.getRawCX1Network(first));
await call("networks.getAspectElements nodes", () => networks.getAspectElements(first, "nodes"));
await call("networks.getAspectElements limit", () => networks.getAspectElements(first, "nodes", 1));
await call("networks.getRandomEdges", () => networks.getRandomEdges(first, 1));
await call("v3.getNetworkMetadata", () => v3.getNetworkMetadata(first));
await call("v3.getNetworkAspect", () => v3.getNetworkAspect(first, "nodes"));
await call("v2.getMetaData", () => v2.getMetaData(old));
await call("networks.getAttributesOfSelectedNodes", () =>
  networks.getAttributesOfSelectedNodes(first, { ids: [0], attributeNames: ["name"] }));
await call("v2.getNetworkSample", () => v2.getNetworkSample(first));
await call("v2.searchNetworks", () => found(() => v2.searchNetworks(tag, 0, 10)));
await call("networks.searchNetworks?", async () => typeof networks.searchNetworks);
await call("files.searchFiles", () =>
  found(() => files.searchFiles({ searchString: tag, visibility: "PUBLIC" })));

await call("networks.updateNetworkFromRawCX2", () =>
  networks.updateNetworkFromRawCX2(third, cx2(`${tag} again`, null)));
await loaded(third);
const summary = await networks.getNetworkSummary(third);
await call("networks.updateNetworkSummary", () => networks.updateNetworkSummary(third, summary));
const summary2 = await v2.getNetworkSummary(third);
await call("v2.updateNetworkSummary", () => v2.updateNetworkSummary(third, summary2));
await call("v2.setNetworkProfile", () => v2.setNetworkProfile(third, { name: tag }));
await call("v2.getNetworkProfile", () => v2.getNetworkProfile(third));
await call("v2.setNetworkSystemProperties", () =>
  v2.setNetworkSystemProperties(third, { showcase: true }));
await call("v2.makeNetworkPublic", () => v2.makeNetworkPublic(third));
await call("v2.makeNetworkPrivate", () => v2.makeNetworkPrivate(third));
await call("v2.getNetworkPermissions", () => v2.getNetworkPermissions(third));
await call("v2.getUserNetworks", () => v2.getUserNetworks(username));
await call("v2.updateAccessKey enable", () => v2.updateAccessKey(third, "enable"));
await call("v2.getAccessKey", () => v2.getAccessKey(third));
await call("v2.updateAccessKey disable", () => v2.updateAccessKey(third, "disable"));
await call("networks.getNetworkAccessKey", () => networks.getNetworkAccessKey(third));
await call("networks.setReadOnly on", () => networks.setReadOnly(third, true));
await call("update read-only", () => networks.updateNetworkFromRawCX2(third, cx2(tag)));
await call("delete read-only", () => networks.deleteNetwork(third));
await call("networks.setReadOnly off", () => networks.setReadOnly(third, false));
await call("networks.getNetworkPermissionsByUUIDs", () =>
  networks.getNetworkPermissionsByUUIDs([first, third]));
await call("networks.copyNetwork / v2", () => v2.copyNetwork(first));

await call("files.getCount", () => files.getCount());
const folder = (await call("files.createFolder", () => files.createFolder(tag))).uuid;
await call("files.getFolders", () => files.getFolders());
await call("files.getFolder", () => files.getFolder(folder));
await call("networks.moveNetworks", () => networks.moveNetworks([first], folder));
await call("files.getFolderList", () => files.getFolderList(folder));
await call("files.getFolderList compact network", () =>
  files.getFolderList(folder, undefined, "compact", "NETWORK"));
await call("files.getFolderCount", () => files.getFolderCount(folder));
await call("files.getFolderAccessKey", () => files.getFolderAccessKey(folder));
const options = { name: tag, target: first, targetType: "NETWORK" };
const shortcut = (await call("files.createShortcut", () => files.createShortcut(options))).uuid;
await call("files.getShortcuts", () => files.getShortcuts());
await call("files.getShortcut", () => files.getShortcut(shortcut));
await call("files.updateShortcut", () => files.updateShortcut(shortcut, options));
await call("files.copyFile", () =>
  files.copyFile({ fileId: first, targetId: folder, type: "NETWORK" }));
await call("files.share", () => files.share({ [folder]: "FOLDER" }));
await call("files.listShares", () => files.listShares());
await call("files.listMembers", () => files.listMembers({ [first]: "NETWORK" }));
await call("files.unshare", () => files.unshare({ [folder]: "FOLDER" }));
await call("files.updateMember", () => files.updateMember({ files: {}, members: {} }));
await call("files.setVisibility", () =>
  files.setVisibility({ files: { [unknown]: "FOLDER" }, visibility: "PUBLIC" }));
await call("user.getUserHomeContent", async () =>
  ofType("FOLDER", await user.getUserHomeContent(me.externalId)));
await call("user.getUserHomeContent compact anon", async () =>
  ofType("NETWORK", await anonymous.user.getUserHomeContent(me.externalId, "compact")));
await call("user.getAccountPageNetworks", () => user.getAccountPageNetworks(me.externalId, 0, 10));
await call("networks.exportNetworks", () => networks.exportNetworks({ networkIds: [first] }));

const space = { name: tag, options: {}, networkIDs: [first] };
const made = await call("workspace.create", () => workspace.createCyWebWorkspace(space));
const spaceId = made?.uuid ?? unknown;
await call("workspace.list", () => workspace.getUserCyWebWorkspaces());
await call("workspace.get", () => workspace.getCyWebWorkspace(spaceId));
await call("workspace.rename", () => workspace.updateCyWebWorkspaceName(spaceId, `${tag} 2`));
await call("workspace.delete", () => workspace.deleteCyWebWorkspace(spaceId));

await call("files.deleteShortcut", () => files.deleteShortcut(shortcut));
await call("networks.deleteNetwork soft", () => networks.deleteNetwork(third));
await call("files.getTrash", () => files.getTrash());
await call("files.restoreFile", () => files.restoreFile([third], [], []));
await call("summary of restored", () => networks.getNetworkSummary(third));
await call("v2.deleteNetwork", () => v2.deleteNetwork(old));
await call("networks.deleteNetwork permanent", () => networks.deleteNetwork(third, true));
await networks.deleteNetwork(fourth);
await call("files.permanentlyDeleteFile", () => files.permanentlyDeleteFile(fourth));
await call("files.deleteFolder nonempty", () => files.deleteFolder(folder));
await call("files.emptyTrash", () => files.emptyTrash());
await call("unknown network summary", () => networks.getNetworkSummary(unknown));
await call("unknown network content", () => networks.getRawCX2Network(unknown));
await call("wrong password", () => new NDExClient(config("wrong")).user.authenticate());
