// The table of records: filters, sorting and pages.

const PAGE_SIZE = 50;
const rows = data.records.map((record, index) => toRow(record, index, data.record_causes[index])).concat(
  data.remote_only.map((network, index) => toRow({
    id: network.claims || network.network, claims: network.claims, collection: network.collection, path: "", line: null,
    network: network.network, verdict: "remote_only", genes: null, differences: [],
    messages: network.instead ? [`a ${network.newer ? "newer " : ""}copy of ${network.instead}, which ${network.claims} names`] : [],
    about: { title: network.name, organism: "", year: "", page: "" }, shared_genes: [],
  }, data.records.length + index, data.network_causes[index])));

const COLUMNS = [
  { name: "Record", key: (row) => (row.order ??= padded(row.record.id)) },
  { name: "Verdict", key: (row) => data.verdicts[row.record.verdict].rank },
  { name: "Organism", key: (row) => row.organism.toLowerCase(), spare: true },
  { name: "Year", key: (row) => row.year, spare: true },
  { name: "Genes (record / NDEx)", key: (row) => row.record.genes?.local ?? -1, spare: true, number: true },
  { name: "Differences", key: (row) => row.record.differences.length, spare: true, number: true },
];
const state = { shown: rows, page: 0, column: 1, descending: false, opened: null, whole: false };

function toRow(record, index, causes) {
  const about = record.about || { title: "", organism: "", year: "" };
  const organisms = about.organism.split(",").map((name) => name.trim()).filter(Boolean);
  const change = data.changes[`${record.collection}\n${record.id}`] || "";
  const kinds = new Set(record.differences.map((each) => each.kind));
  const notes = () => noted(record, about.title);
  return { record, index, causes, organisms, change, kinds, notes, title: about.title, organism: about.organism, year: about.year };
}

function noted(record, title) {
  if (record.verdict === "remote_only") return `${title}: ${record.messages[0] || data.verdicts.remote_only.meaning}`;
  const accepted = (record.accepted || []).map(({ until, reason }) => `accepted until ${until}: ${reason}`);
  return [...(record.revisions ? [`revision: ${revisions(record.revisions)}`] : []), ...record.messages, ...accepted].join("; ");
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

// Filters

function fill(select, values, label = (value) => value) {
  select.append(element("option", { value: "" }, "all"));
  for (const [value, count] of values) {
    const text = label(value);
    const option = element("option", { value }, `${text.length > 60 ? text.slice(0, 59) + "…" : text} (${count.toLocaleString("en")})`);
    select.append(option);
  }
  select.parentElement.hidden = values.length < 2;
}

function counted(valuesOf) {
  const counts = new Map();
  for (const row of rows) for (const value of valuesOf(row)) if (value !== "") counts.set(value, (counts.get(value) || 0) + 1);
  return [...counts];
}

function filter() {
  const words = byId("text").value.toLowerCase().split(/\s+/).filter(Boolean);
  const [verdict, cause, kind, collection, organism, year, change] = FILTERS.slice(1).map((id) => byId(id).value);
  state.shown = rows.filter((row) =>
    (!verdict || row.record.verdict === verdict) &&
    (!cause || row.causes.includes(Number(cause))) &&
    (!kind || row.kinds.has(kind)) &&
    (!collection || row.record.collection === collection) &&
    (!organism || row.organisms.includes(organism)) &&
    (!year || row.year === year) &&
    (!change || row.change === change) &&
    words.every((word) => (row.text ??= haystack(row)).includes(word)));
  state.page = 0;
  state.opened = null;
  sort();
}

function choose(name, value) {
  byId(name).value = byId(name).value === value ? "" : value;
  filter();
}

function described() {
  const said = FILTERS.filter((name) => byId(name).value).map((name) => {
    const control = byId(name);
    const value = name === "text" ? `“${control.value}”` : control.selectedOptions[0].textContent.replace(/ \([\d,]+\)$/, "");
    return `${control.labels[0].firstChild.textContent.trim().toLowerCase()} ${value}`;
  });
  return said.length ? `: ${said.join(", ")}` : "";
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
  const size = state.whole ? Math.max(1, state.shown.length) : PAGE_SIZE;
  const pages = Math.max(1, Math.ceil(state.shown.length / size));
  const start = state.whole ? 0 : state.page * size;
  const body = element("tbody", { id: "rows" });
  for (const row of state.shown.slice(start, start + size)) body.append(...rowElements(row));
  if (!state.shown.length) body.append(emptyLine());
  byId("rows").replaceWith(body);
  [...byId("columns").children].forEach((head, index) => {
    const direction = state.descending ? "descending" : "ascending";
    head.setAttribute("aria-sort", index === state.column ? direction : "none");
  });
  const [shown, total] = [state.shown.length, rows.length].map((count) => count.toLocaleString("en"));
  byId("status").textContent = show(`${shown} of ${total} shown${described()}`);
  byId("page").textContent = `Page ${(state.page + 1).toLocaleString("en")} of ${pages.toLocaleString("en")}`;
  byId("pages").hidden = pages < 2;
  for (const id of ["first", "previous"]) byId(id).disabled = state.page === 0;
  for (const id of ["next", "last"]) byId(id).disabled = state.page >= pages - 1;
  for (const button of document.querySelectorAll("button[data-verdict], button[data-cause]")) {
    const [[name, value]] = Object.entries(button.dataset);
    button.setAttribute("aria-pressed", String(byId(name).value === value));
  }
  const told = command(state.shown);
  byId("copy").disabled = !told;
  byId("copy").title = told ? "" : `Leave at most ${MOST_SELECTED} records, and at least one.`;
  byId("command").hidden = true;
  byId("download").disabled = !state.shown.length;
  writeAddress();
}

function emptyLine() {
  const said = rows.length
    ? "Nothing is left by these choices: take a word away, or press “Show all”."
    : "The report has no records: look at “records” in ndex-sync.toml.";
  return element("tr", {}, element("td", { colspan: COLUMNS.length, class: "none" }, said));
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
  fill(byId("cause"), counted((row) => row.causes).sort(([a], [b]) => a - b), (value) => data.causes[value]);
  fill(byId("kind"), counted((row) => row.kinds).sort(([, a], [, b]) => b - a), (value) => data.kinds[value]);
  fill(byId("collection"), counted((row) => [row.record.collection]));
  fill(byId("organism"), counted((row) => row.organisms).sort(([, a], [, b]) => b - a).slice(0, 200));
  fill(byId("year"), counted((row) => [row.year]).sort(([a], [b]) => (a < b ? 1 : -1)));
  fill(byId("change"), counted((row) => [row.change]));
  byId("change").parentElement.hidden = !data.compared;
  const form = document.querySelector(".filters");
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  const turn = (target) => () => { state.page = target(); state.opened = null; draw(); };
  byId("first").addEventListener("click", turn(() => 0));
  byId("previous").addEventListener("click", turn(() => state.page - 1));
  byId("next").addEventListener("click", turn(() => state.page + 1));
  byId("last").addEventListener("click", turn(() => Math.ceil(state.shown.length / PAGE_SIZE) - 1));
  for (const button of document.querySelectorAll("button[data-verdict], button[data-cause]")) {
    const [[name, value]] = Object.entries(button.dataset);
    button.addEventListener("click", () => choose(name, value));
  }
  byId("copy").addEventListener("click", copyCommand);
  byId("download").addEventListener("click", () => download(tsv(state.shown), "ndex-sync.tsv"));
  for (const hidden of document.querySelectorAll(".filters, .records, .taking")) hidden.hidden = false;
  addEventListener("hashchange", follow);
  for (const [event, whole] of [["beforeprint", true], ["afterprint", false]]) {
    addEventListener(event, () => { state.whole = whole; draw(); });
  }
  follow();
}

function follow() {
  const wanted = readAddress();
  filter();
  const at = wanted === null ? -1 : state.shown.findIndex((row) => row.record.id === wanted);
  if (at < 0) return;
  state.opened = state.shown[at];
  state.page = Math.floor(at / PAGE_SIZE);
  draw();
  document.querySelector(`[data-row="${state.opened.index}"]`).scrollIntoView();
}

async function copyCommand() {
  const told = command(state.shown);
  byId("command").textContent = told;
  byId("command").hidden = false;
  try {
    await navigator.clipboard.writeText(told);
    byId("status").textContent = "Copied; it is shown below.";
  } catch {
    getSelection().selectAllChildren(byId("command"));
    byId("status").textContent = "Selected below: copy it with Ctrl+C or ⌘C.";
  }
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
