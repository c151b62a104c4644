// What is shown, to be taken elsewhere: an address, a command, a table.

const FILTERS = ["text", "verdict", "cause", "kind", "collection", "organism", "year", "change"];
const MOST_SELECTED = 100;

// The address holds filter and open record, so that it can be mailed. A cause goes by its title,
// which means the same in the next report.

function writeAddress() {
  const said = new URLSearchParams();
  for (const name of FILTERS) if (byId(name).value) said.set(name, name === "cause" ? data.causes[byId(name).value] : byId(name).value);
  if (state.opened) said.set("record", state.opened.record.id);
  const hash = said.toString();
  if (hash !== location.hash.slice(1)) history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
}

function readAddress() {
  const said = new URLSearchParams(location.hash.slice(1));
  for (const name of FILTERS) {
    const value = said.get(name) ?? "";
    byId(name).value = name === "cause" ? (value && String(data.causes.indexOf(value))) : value;
    if (byId(name).selectedIndex === -1) byId(name).value = "";
  }
  return said.get("record");
}

// A command that selects the records that are shown. An id is quoted for a shell, and for the globs
// that --select takes; one with a letter that cannot be seen is left out.

function command(shown) {
  const ids = [...new Set(shown.filter(({ record }) => record.path && record.id).map(({ record }) => record.id))];
  const usable = ids.filter((id) => id.search(UNSEEN) < 0);
  if (!usable.length || usable.length > MOST_SELECTED) return "";
  const drifted = shown.every(({ record }) => record.verdict === "drifted");
  const quoted = usable.map((id) => id.replace(/[[*?]/g, "[$&]").replaceAll("'", "'\\''")).map((id) => `--select '${id}'`);
  return `ndex-sync ${drifted ? "plan" : "check"} ${quoted.join(" ")}`;
}

// The lines that `--format tsv` writes.

function tsv(shown) {
  const said = (values) => Object.values(values || {}).join("; ");
  const cell = (text) => show(text).replaceAll("\n", "\\n").replace(/^[=+@-]/, "'$&");
  const lines = [data.tsv];
  for (const { record, notes } of shown) {
    const head = [record.collection, record.verdict === "remote_only" ? record.claims || "" : record.id, data.verdicts[record.verdict].label];
    const place = [record.path, record.line ?? ""];
    const links = [recordAddress(record), networkAddress(data.viewer, record.network), networkAddress(data.cytoscape, record.network)];
    const line = (told, remark) => lines.push([...head, ...told, record.network ?? "", ...place, remark, ...links]);
    const told = record.differences.map((each) => [
      data.kinds[each.kind], [each.symbol, each.name].filter(Boolean).join(": "), (each.ids || []).join(" "),
      said(each.local) || (each.kind === "gene_missing" ? each.symbol : ""), said(each.remote) || (each.kind === "gene_extra" ? each.symbol : "")]);
    (told.length ? told : [["", "", "", "", ""]]).forEach((each, index) => line(each, index ? "" : notes()));
    for (const row of record.left_out || []) line(["row left out", "", "", row, ""], "");
  }
  return lines.map((cells) => cells.map(cell).join("\t") + "\n").join("");
}

function download(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/tab-separated-values" }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
