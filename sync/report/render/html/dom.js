// The report's data, and elements made of it. Every text from a record or a server reaches the page
// by textContent, and links only lead where `link` lets them.

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CURIE = /^[a-z][a-z0-9._]*:[\w.:/-]+$/i;
const UNSEEN = /[\0-\x1f\x7f-\xa0\xad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3164\ufeff\ufff9-\ufffb]/g;

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

function identifier(curie) {
  return CURIE.test(curie) ? link(`https://bioregistry.io/${encodeURI(curie)}`, curie) : outside(curie);
}

function badge(verdict) {
  const { label, tone } = data.verdicts[verdict];
  return element("span", { class: `badge ${tone}` }, label);
}

function table(label, heads, lines) {
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    element("table", {}, element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
      element("tbody", {}, ...lines)));
}

// Where a record and its network are looked at.

function recordAddress({ path, line }) {
  if (!data.source || !path) return "";
  return `${data.source}/${path.split("/").map(encodeURIComponent).join("/")}${line === null ? "" : `#L${line}`}`;
}

function networkAddress(base, network) {
  return base && network && UUID.test(network) ? base + network : "";
}
