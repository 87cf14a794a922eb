// The state of the page in its address, so that a view or a finding can be linked to.

// What the page's own navigation leads to, and one finding.
const VIEWS = [...document.querySelectorAll("nav a[data-view]")].map((link) => link.dataset.view);
if (byId("finding")) VIEWS.push("finding");
const PLAIN = ["q", "show", "episode", "at", "folder", "shot", "now"];

/** What is shown where an address says nothing; a page may have its own. */
const USUAL = { view: VIEWS[0], finding: "", sort: "path", dir: "up", from: 0, to: 1 };

/** Return the state without any filter. */
function freshState() {
  const state = { ...USUAL };
  for (const name of PLAIN) state[name] ??= "";
  for (const facet of FACETS) state[facet.name] ??= [];
  return state;
}

/** Return the state that the address says; what it gets wrong is as if it were not there. */
function readAddress() {
  const state = freshState();
  const given = new URLSearchParams(location.hash.slice(1));
  if (VIEWS.includes(given.get("view"))) state.view = given.get("view");
  else if (given.get("finding") && VIEWS.includes("finding")) state.view = "finding";
  if (Object.hasOwn(COLUMNS, given.get("sort") ?? "")) state.sort = given.get("sort");
  if (given.get("dir") === "down") state.dir = "down";
  for (const name of [...PLAIN, "finding"]) state[name] = given.get(name) ?? "";
  for (const name of ["from", "to"]) {
    const number = Number.parseFloat(given.get(name) ?? "");
    if (number >= 0 && number <= 1) state[name] = number;
  }
  for (const facet of FACETS) {
    if (given.has(facet.name))
      state[facet.name] = given
        .get(facet.name)
        .split(",")
        .filter((value) => facet.order.includes(value));
  }
  return state;
}

/** Return the address of a state; what is as usual is left out. */
function addressOf(state) {
  const fresh = freshState();
  const parts = new URLSearchParams({ view: state.view });
  for (const [name, value] of Object.entries(state)) {
    if (name !== "view" && String(value) !== String(fresh[name])) parts.set(name, String(value));
  }
  // Commas and slashes stay readable.
  return `#${parts.toString().replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3A", ":")}`;
}
