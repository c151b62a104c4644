// One record

function details(row) {
  const { record } = row;
  const cell = element("td", { colspan: COLUMNS.length });
  const { meaning, advice } = data.verdicts[record.verdict];
  cell.append(element("p", {}, `${meaning[0].toUpperCase()}${meaning.slice(1)}. ${advice}`), facts(record));
  cell.append(...showDrawn(row));
  if (record.messages.length) {
    cell.append(element("h3", {}, "What the check says"), element("ul", {}, ...record.messages.map((text) => element("li", {}, outside(text)))));
  }
  if (record.left_out?.length) {
    cell.append(element("h3", {}, "Rows that were left out"), element("ul", {}, ...record.left_out.map((text) => element("li", {}, outside(text)))));
  }
  const inGenes = (each) => each.kind.startsWith("gene_");
  const inDrawing = (each) => /^(node|interaction|group)/.test(each.kind);
  const properties = record.differences.filter((each) => !inGenes(each) && !inDrawing(each));
  if (properties.length) cell.append(element("h3", {}, "Properties and state"), propertyTable(properties));
  if (record.accepted?.length) cell.append(element("h3", {}, "Accepted"), element("ul", {}, ...record.accepted.map(acceptedLine)));
  if (record.genes) cell.append(element("h3", {}, "Genes"), geneTable(record, record.differences.filter(inGenes)));
  const drawn = record.differences.filter(inDrawing);
  if (drawn.length) cell.append(element("h3", {}, "As a whole"), drawingTable(drawn));
  return cell;
}

function drawingTable(differences) {
  const tones = { node_extra: "odd", interaction_extra: "odd", group: "warn" };
  const said = (each, values) => (values === null ? null : values.members ?? `${each.name} (${values.type})`);
  return table("Drawing and network", ["In the drawing", "On NDEx", "Compared"], differences.map((each) =>
    threeCells(said(each, each.local), said(each, each.remote), data.kinds[each.kind], tones[each.kind] || "bad")));
}

function acceptedLine({ difference, verdict, reason, until }) {
  const { kind, symbol, name, remote, local } = difference || {};
  const said = (values) => (values ? Object.values(values).join("; ") : "(none)");
  const what = difference ? `${data.kinds[kind]} ${symbol || name}: ${said(local)} in the record, ${said(remote)} on NDEx` : data.verdicts[verdict].label;
  return element("li", {}, outside(what), ", until ", until, ": ", outside(reason));
}

function facts(record) {
  const list = element("ul");
  const add = (label, ...content) => list.append(element("li", {}, `${label}: `, ...content));
  if (record.path) {
    const text = record.line === null ? record.path : `${record.path}:${record.line}`;
    const address = recordAddress(record);
    add("File", address ? link(address, text) : element("code", {}, text));
  }
  if (record.network) {
    const [viewer, cytoscape] = [data.viewer, data.cytoscape].map((base) => networkAddress(base, record.network));
    const places = [viewer && [" · ", link(viewer, "open in NDEx")], cytoscape && [" · ", link(cytoscape, "open in Cytoscape Web")]];
    add("Network", element("code", {}, record.network), ...places.filter(Boolean).flat());
  }
  if (record.about?.page) add("Page", link(record.about.page, record.about.page));
  if (record.revisions) add("Revision", revisions(record.revisions));
  if (record.collection) add("Collection", outside(record.collection));
  return list;
}

function propertyTable(differences) {
  return table("Properties that differ", ["Property", "In the record", "On NDEx"], differences.map((each) =>
    element("tr", {}, propertyName(each), side(each.local), side(each.remote))));
}

function propertyName(each) {
  const head = element("th", { scope: "row" }, element("bdi", {}, each.name));
  if (each.kind !== "property") head.append(element("span", { class: "meaning" }, "as configured"));
  return head;
}

function side(values) {
  if (values === null) return element("td", { class: "none" }, "(none)");
  return element("td", { class: "long" }, outside(Object.values(values).join("; ")));
}

function geneTable(record, differences) {
  const { local, remote, shared } = record.genes;
  const part = element("div", {}, element("p", { class: "quiet" }, `${local} in the record, ${remote} on NDEx, ${shared} shared`));
  if (differences.length) part.append(table("Genes side by side", ["In the record", "On NDEx", "Compared"], differences.map(geneLine)));
  const both = record.shared_genes;
  if (both.length) {
    const names = both.flatMap((symbol, index) => [index ? ", " : "", outside(symbol)]);
    part.append(element("details", {}, element("summary", {}, `${both.length.toLocaleString("en")} that both have`), element("p", {}, ...names)));
  }
  return part;
}

function geneLine(each) {
  const ids = each.ids.flatMap((curie, index) => [index ? " " : "", identifier(curie)]);
  const of = (values) => Object.values(values || {}).join("; ");
  const named = (name) => [outside(name), ...(ids.length ? [" (", ...ids, ")"] : [])];
  const label = data.kinds[each.kind];
  switch (each.kind) {
    case "gene_missing": return threeCells(named(each.symbol), null, label, "bad");
    case "gene_extra": return threeCells(null, named(each.symbol), label, "odd");
    case "gene_renamed": return threeCells(named(of(each.local)), of(each.remote), label, "warn");
    case "gene_reidentified": return threeCells(`${each.symbol} (${of(each.local)})`, `${each.symbol} (${of(each.remote)})`, label, "warn");
    default: return threeCells(`${each.symbol}: ${of(each.local)}`, `${each.symbol}: ${of(each.remote)}`, `other ${each.name}`, "open");
  }
}

function threeCells(local, remote, label, tone) {
  const cell = (content) => {
    if (content === null) return element("td", { class: "none" }, "–");
    return element("td", {}, ...(typeof content === "string" ? [outside(content)] : content));
  };
  return element("tr", {}, cell(local), cell(remote), element("td", {}, element("span", { class: `badge ${tone}` }, label)));
}

function revisions({ record, last_edited, network, exported }) {
  const said = (number, day) => [number === null ? "" : `r${number}`, day ? `of ${day}` : ""].filter(Boolean).join(" ") || "not stated";
  return `${said(record, last_edited)} in the record, ${said(network, exported)} on NDEx`;
}
