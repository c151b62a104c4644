// The picture of a pathway, unpacked when its record is opened, and the genes of a figure as chips.

const LEGEND = [["missing", "only in the drawing"], ["extra", "only on NDEx"], ["renamed", "named otherwise on NDEx"]];
const ZOOM_STEP = 1.25;

async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const parsed = new DOMParser().parseFromString(await new Response(stream).text(), "image/svg+xml");
  return document.importNode(parsed.documentElement, true);
}

function picture(index, name) {
  const source = document.querySelector(`script[data-picture="${index}"]`);
  if (!source) return null;
  const view = element("div", { class: "view", tabindex: "0", role: "region", "aria-label": `Picture of ${name}: plus and minus zoom, 0 fits it in, arrows move it` }, "Drawing …");
  const legend = element("ul", { class: "legend" }, ...LEGEND.map(([mark, text]) => element("li", { class: mark }, element("span", { class: "swatch", "aria-hidden": "true" }), text)));
  const bar = element("div", { class: "zoom", role: "group", "aria-label": "Zoom" });
  unpack(source.textContent).then((svg) => zoomable(svg, view, bar),
    () => view.replaceChildren("This browser cannot unpack the picture."));
  return element("div", { class: "picture" }, legend, bar, view);
}

function zoomable(svg, view, bar) {
  const [width, height] = ["width", "height"].map((side) => Number(svg.getAttribute(side)));
  let scale = 1;
  const zoom = (to) => {
    scale = Math.min(8, Math.max(0.1, to));
    svg.setAttribute("width", Math.round(width * scale));
    svg.setAttribute("height", Math.round(height * scale));
  };
  const fit = () => zoom(Math.min(1, (view.clientWidth - 2) / width, (0.75 * innerHeight - 4) / height));
  const actions = [["Zoom in", ["+", "="], () => zoom(scale * ZOOM_STEP)], ["Zoom out", ["-"], () => zoom(scale / ZOOM_STEP)], ["Fit in", ["0"], fit]];
  for (const [label, , act] of actions) {
    const button = element("button", { type: "button" }, label);
    button.addEventListener("click", act);
    bar.append(button);
  }
  view.addEventListener("keydown", (event) => {
    const found = actions.find(([, keys]) => keys.includes(event.key));
    if (!found || event.ctrlKey || event.metaKey || event.altKey) return;
    found[2]();
    event.preventDefault();
  });
  view.replaceChildren(svg);
  fit();
}

function glance(record) {
  const named = (...kinds) => record.differences.filter((each) => kinds.includes(each.kind)).map((each) => each.symbol);
  const groups = [
    ["missing", "Only in the record", named("gene_missing")],
    ["both", "Both", [...named("gene_renamed", "gene_reidentified"), ...record.shared_genes]],
    ["extra", "Only on NDEx", named("gene_extra")],
  ].filter(([, , symbols]) => symbols.length);
  return element("dl", { class: "glance" }, ...groups.map(([mark, title, symbols]) => element("div", { class: mark },
    element("dt", {}, `${title} (${symbols.length})`),
    ...symbols.map((symbol) => element("dd", {}, element("bdi", {}, symbol || "(no symbol)"))))));
}

function showDrawn({ index, record }) {
  const drawn = picture(index, record.id);
  if (drawn) return [element("h3", {}, "Picture"), drawn];
  if (record.verdict !== "drifted" || !record.genes) return [];
  return [element("h3", {}, "Genes at a glance"), glance(record)];
}
