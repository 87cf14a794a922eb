// Building elements. Text only ever becomes a text node: nothing that a file says is parsed.

const SVG = "http://www.w3.org/2000/svg";

/** Return the element with an id. */
function byId(id) {
  return document.getElementById(id);
}

/** Return a new element. Attributes that are null are left out; `on…` ones are listeners. */
function el(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** Return a new SVG element. */
function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(
    ...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return node;
}

/** Return a heading and rows of a name and a value; rows without a value are left out. */
function facts(rows) {
  const list = el("dl", { class: "facts" });
  for (const [name, value] of rows) {
    if (value === null || value === undefined || value === "") continue;
    list.append(el("dt", {}, name), el("dd", {}, value));
  }
  return list;
}

/** Return a table with a head. Columns are [title, is a number]. */
function table(columns, rows) {
  const kind = columns.map(([, number]) => (number ? "number" : null));
  return el(
    "div",
    { class: "scroll", tabindex: "0" }, // what scrolls must be reached by keys
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          columns.map(([title], at) => el("th", { scope: "col", class: kind[at] }, title)),
        ),
      ),
      el(
        "tbody",
        {},
        rows.map((row) =>
          el(
            "tr",
            {},
            row.map((cell, at) => el("td", { class: kind[at] }, cell ?? "")),
          ),
        ),
      ),
    ),
  );
}

/** Return a share as a whole percentage that never claims certainty. */
function percent(share) {
  if (share > 0.99 && share < 1) return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
  return `${Math.round(share * 100)} %`;
}

/** Return seconds as a clock: 4:05.3 */
function clock(seconds) {
  const tenths = Math.round(seconds * 10);
  const minutes = Math.floor(tenths / 600);
  const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

/** Return a number with its thousands apart. */
function count(number) {
  return number.toLocaleString("en");
}

/** Return bytes in a unit that can be read. */
function bytes(number) {
  if (number === null) return "";
  for (const [unit, size] of [
    ["GB", 1e9],
    ["MB", 1e6],
    ["kB", 1e3],
  ]) {
    if (number >= size) return `${(number / size).toFixed(1)} ${unit}`;
  }
  return `${number} bytes`;
}
