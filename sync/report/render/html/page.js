"use strict";
// The table of records: filters, sorting, pages, and a record's details. Every text from a record
// or a server reaches the page by textContent, and links only lead where `link` lets them.
(() => {
  const PAGE_SIZE = 50;
  const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  const UNSEEN = /[\0-\x1f\x7f-\xa0\xad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3164\ufeff\ufff9-\ufffb]/g;
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);

  const rows = data.records.map((record, index) => toRow(record, index)).concat(
    data.remote_only.map((network, index) => toRow({
      id: network.claims || network.network, collection: "", path: "", line: null,
      network: network.network, verdict: "remote_only", genes: null, differences: [],
      messages: network.instead ? [`a ${network.newer ? "newer " : ""}copy of ${network.instead}, which ${network.claims} names`] : [],
      about: { title: network.name, organism: "", year: "", page: "" }, shared_genes: [],
    }, data.records.length + index)));

  const COLUMNS = [
    { name: "Record", key: (row) => (row.order ??= padded(row.record.id)) },
    { name: "Verdict", key: (row) => data.verdicts[row.record.verdict].rank },
    { name: "Organism", key: (row) => row.organism.toLowerCase(), spare: true },
    { name: "Year", key: (row) => row.year, spare: true },
    { name: "Genes (record / NDEx)", key: (row) => row.record.genes?.local ?? -1, spare: true, number: true },
    { name: "Differences", key: (row) => row.record.differences.length, spare: true, number: true },
  ];
  const state = { shown: rows, page: 0, column: 1, descending: false, opened: null };

  function toRow(record, index) {
    const about = record.about || { title: "", organism: "", year: "" };
    const organisms = about.organism.split(",").map((name) => name.trim()).filter(Boolean);
    const change = data.changes[`${record.collection}\n${record.id}`] || "";
    return { record, index, organisms, change, title: about.title, organism: about.organism, year: about.year };
  }

  function padded(text) {
    return text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, "0"));
  }

  function haystack(row) {
    const { id, path, network, collection, messages, differences, shared_genes, accepted } = row.record;
    const texts = [id, row.title, path, network, collection, ...messages, ...shared_genes];
    for (const { reason, difference } of accepted || []) texts.push(reason, difference?.symbol || "", difference?.name || "");
    for (const each of differences) {
      texts.push(each.symbol, each.name, ...(each.ids || []));
      for (const side of [each.local, each.remote]) texts.push(...Object.values(side || {}));
    }
    return texts.join("\n").toLowerCase();
  }

  function show(text) {
    return String(text).replace(UNSEEN, (letter) =>
      letter === "\n" ? "\n" : letter === "\t" ? " " : "\\u" + letter.charCodeAt(0).toString(16).padStart(4, "0"));
  }

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    for (const child of children) {
      made.append(typeof child === "string" ? show(child) : child);
    }
    return made;
  }

  function outside(text, name = "bdi", attributes = {}) {
    return text === "" ? element("span", { class: "none" }, "(empty)") : element(name, attributes, text);
  }

  function link(address, text) {
    if (!/^https?:\/\//.test(address)) return outside(text);
    return element("a", { href: address, rel: "noreferrer" }, element("bdi", {}, text));
  }

  // Filters

  function fill(select, values, label = (value) => value) {
    select.append(element("option", { value: "" }, "all"));
    for (const [value, count] of values) {
      const text = label(value);
      const option = element("option", { value }, `${text.length > 60 ? text.slice(0, 59) + "…" : text} (${count.toLocaleString("en")})`);
      select.append(option);
    }
  }

  function counted(valuesOf) {
    const counts = new Map();
    for (const row of rows) for (const value of valuesOf(row)) if (value) counts.set(value, (counts.get(value) || 0) + 1);
    return [...counts];
  }

  function filter() {
    const words = byId("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [verdict, organism, year, change] = ["verdict", "organism", "year", "change"].map((id) => byId(id).value);
    state.shown = rows.filter((row) =>
      (!verdict || row.record.verdict === verdict) &&
      (!organism || row.organisms.includes(organism)) &&
      (!year || row.year === year) &&
      (!change || row.change === change) &&
      words.every((word) => (row.text ??= haystack(row)).includes(word)));
    state.page = 0;
    state.opened = null;
    sort();
  }

  function sort() {
    const { key } = COLUMNS[state.column];
    const sign = state.descending ? -1 : 1;
    const keyed = state.shown.map((row) => [key(row), row]);
    keyed.sort(([a, one], [b, other]) => (a < b ? -sign : a > b ? sign : one.index - other.index));
    state.shown = keyed.map(([, row]) => row);
    draw();
  }

  // The table

  function draw() {
    const pages = Math.max(1, Math.ceil(state.shown.length / PAGE_SIZE));
    const start = state.page * PAGE_SIZE;
    const body = element("tbody", { id: "rows" });
    for (const row of state.shown.slice(start, start + PAGE_SIZE)) body.append(...rowElements(row));
    byId("rows").replaceWith(body);
    [...byId("columns").children].forEach((head, index) => {
      const direction = state.descending ? "descending" : "ascending";
      head.setAttribute("aria-sort", index === state.column ? direction : "none");
    });
    const total = rows.length.toLocaleString("en");
    byId("status").textContent = `${state.shown.length.toLocaleString("en")} of ${total} shown`;
    byId("page").textContent = `Page ${(state.page + 1).toLocaleString("en")} of ${pages.toLocaleString("en")}`;
    for (const id of ["first", "previous"]) byId(id).disabled = state.page === 0;
    for (const id of ["next", "last"]) byId(id).disabled = state.page >= pages - 1;
  }

  function rowElements(row) {
    const { record } = row;
    const opened = state.opened === row;
    const id = `details-${row.index}`;
    const button = element("button", { type: "button", "aria-expanded": String(opened), "aria-controls": opened ? id : null },
      element("bdi", {}, record.id || "(no id)"));
    button.addEventListener("click", () => {
      state.opened = opened ? null : row;
      draw();
      document.querySelector(`[data-row="${row.index}"] button`).focus();
    });
    const head = element("th", { scope: "row" }, button);
    if (row.title) head.append(element("bdi", { class: "title" }, row.title));
    const genes = record.genes ? `${record.genes.local} / ${record.genes.remote}` : "";
    const line = element("tr", { "data-row": row.index }, head,
      element("td", {}, badge(record.verdict)),
      element("td", { class: "spare" }, element("bdi", {}, row.organism)),
      element("td", { class: "spare" }, row.year),
      element("td", { class: "spare number" }, genes),
      element("td", { class: "spare number" }, record.differences.length ? String(record.differences.length) : ""));
    return opened ? [line, element("tr", { class: "details", id }, details(row))] : [line];
  }

  function badge(verdict) {
    const { label, tone } = data.verdicts[verdict];
    return element("span", { class: `badge ${tone}` }, label);
  }

  // One record

  function details(row) {
    const { record } = row;
    const cell = element("td", { colspan: COLUMNS.length });
    const { meaning, advice } = data.verdicts[record.verdict];
    cell.append(element("p", {}, `${meaning[0].toUpperCase()}${meaning.slice(1)}. ${advice}`), facts(record));
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
    const what = difference ? `${data.kinds[kind]} ${symbol || name}: ${said(remote)} → ${said(local)}` : data.verdicts[verdict].label;
    return element("li", {}, outside(what), ", until ", until, ": ", outside(reason));
  }

  function facts(record) {
    const list = element("ul");
    const add = (label, content) => list.append(element("li", {}, `${label}: `, content));
    if (record.path) {
      const text = record.line === null ? record.path : `${record.path}:${record.line}`;
      const path = record.path.split("/").map(encodeURIComponent).join("/");
      const anchor = record.line === null ? "" : `#L${record.line}`;
      add("File", data.source ? link(`${data.source}/${path}${anchor}`, text) : element("code", {}, text));
    }
    if (record.network) {
      add("Network", data.viewer && UUID.test(record.network) ? link(data.viewer + record.network, record.network) : element("code", {}, record.network));
    }
    if (record.about?.page) add("Page", link(record.about.page, record.about.page));
    if (record.revisions) {
      const said = (number, day) => [number === null ? "" : `r${number}`, day ? `of ${day}` : ""].filter(Boolean).join(" ") || "not stated";
      const { record: local, last_edited, network, exported } = record.revisions;
      add("Revision", `${said(local, last_edited)} in the record, ${said(network, exported)} on NDEx`);
    }
    if (record.collection) add("Collection", outside(record.collection));
    return list;
  }

  function table(label, heads, lines) {
    return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
      element("table", {}, element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
        element("tbody", {}, ...lines)));
  }

  function propertyTable(differences) {
    return table("Properties that differ", ["Property", "On NDEx", "As it should be"], differences.map((each) =>
      element("tr", {}, propertyName(each), side(each.remote), side(each.local))));
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
    const lines = differences.map(geneLine);
    for (const symbol of record.shared_genes) lines.push(threeCells(symbol, symbol, "shared", "good"));
    const { local, remote, shared } = record.genes;
    const counts = element("p", { class: "quiet" }, `${local} in the record, ${remote} on NDEx, ${shared} shared`);
    return lines.length ? element("div", {}, counts, table("Genes side by side", ["In the record", "On NDEx", "Compared"], lines)) : counts;
  }

  function geneLine(each) {
    const named = each.symbol + (each.ids.length ? ` (${each.ids.join(" ")})` : "");
    const of = (values) => Object.values(values || {}).join("; ");
    const label = data.kinds[each.kind];
    switch (each.kind) {
      case "gene_missing": return threeCells(named, null, label, "bad");
      case "gene_extra": return threeCells(null, named, label, "odd");
      case "gene_renamed": return threeCells(`${of(each.local)} (${each.ids.join(" ")})`, of(each.remote), label, "warn");
      case "gene_reidentified": return threeCells(`${each.symbol} (${of(each.local)})`, `${each.symbol} (${of(each.remote)})`, label, "warn");
      default: return threeCells(`${each.symbol}: ${of(each.local)}`, `${each.symbol}: ${of(each.remote)}`, `other ${each.name}`, "open");
    }
  }

  function threeCells(local, remote, label, tone) {
    const cell = (text) => (text === null ? element("td", { class: "none" }, "–") : element("td", {}, outside(text)));
    return element("tr", {}, cell(local), cell(remote), element("td", {}, element("span", { class: `badge ${tone}` }, label)));
  }

  // Controls

  function start() {
    COLUMNS.forEach((column, index) => {
      const button = element("button", { type: "button" }, column.name);
      button.addEventListener("click", () => {
        state.descending = state.column === index ? !state.descending : Boolean(column.number);
        state.column = index;
        state.page = 0;
        sort();
      });
      byId("columns").append(element("th", { scope: "col", class: [column.spare && "spare", column.number && "number"].filter(Boolean).join(" ") || null }, button));
    });
    const rank = (verdict) => data.verdicts[verdict].rank;
    fill(byId("verdict"), counted((row) => [row.record.verdict]).sort(([a], [b]) => rank(a) - rank(b)), (value) => data.verdicts[value].label);
    fill(byId("organism"), counted((row) => row.organisms).sort(([, a], [, b]) => b - a).slice(0, 200));
    fill(byId("year"), counted((row) => [row.year]).sort(([a], [b]) => (a < b ? 1 : -1)));
    fill(byId("change"), counted((row) => [row.change]));
    byId("change-label").hidden = !data.compared;
    const form = document.querySelector(".filters");
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(filter));
    const turn = (target) => () => { state.page = target(); state.opened = null; draw(); };
    byId("first").addEventListener("click", turn(() => 0));
    byId("previous").addEventListener("click", turn(() => state.page - 1));
    byId("next").addEventListener("click", turn(() => state.page + 1));
    byId("last").addEventListener("click", turn(() => Math.ceil(state.shown.length / PAGE_SIZE) - 1));
    for (const button of document.querySelectorAll("button[data-verdict]")) {
      button.addEventListener("click", () => {
        byId("verdict").value = button.dataset.verdict;
        filter();
        byId("records").focus();
      });
    }
    for (const hidden of document.querySelectorAll(".filters, .records, .pages")) hidden.hidden = false;
    sort();
  }

  // All rows at once would hold the page up at the first search.
  function prepare(from) {
    const end = performance.now() + 8;
    let next = from;
    for (; next < rows.length && performance.now() < end; next += 1) rows[next].text ??= haystack(rows[next]);
    if (next < rows.length) setTimeout(prepare, 0, next);
  }

  start();
  setTimeout(prepare, 500, 0);
})();
