// Puts the parts together: the address decides what is shown, and every change goes through it.

let state = readAddress();
let shown = [];
/** Where the list was left, to come back to. */
let leftAt = 0;

const list = new FindingList(
  (row) => go({ view: "finding", finding: row.key }),
  (column) => change({ sort: column, dir: state.sort === column && state.dir === "up" ? "down" : "up" }),
);

/** Go to another view: a step that "back" undoes. */
function go(parts) {
  const address = addressOf({ ...state, ...parts });
  if (address === location.hash) return;
  history.pushState(null, "", address);
  // At once: an address set on `location` is told of later, and keys pressed before would start from what was shown.
  follow();
}

/** Change filters or order in place; `null` clears the filters. */
function change(parts) {
  const kept = { view: state.view, sort: state.sort, dir: state.dir };
  state = parts === null ? { ...freshState(), ...kept } : { ...state, ...parts };
  history.replaceState(null, "", addressOf(state));
  showRows();
}

function showRows() {
  const found = select(state);
  shown = found.shown;
  showFilters(state, found.counts);
  showActive(state, change);
  byId("count").textContent = `${count(shown.length)} of ${count(rows.length)} findings`;
  byId("sorter").value = `${state.sort} ${state.dir}`;
  list.show(shown, state);
}

/** Show what the address says. */
function follow() {
  const { view: before, finding: from } = state;
  if (before === "findings") leftAt = scrollY;
  state = readAddress();
  // The style sheet shows the one and hides the others: some of them may not have been read yet.
  document.documentElement.dataset.view = state.view;
  for (const link of document.querySelectorAll("nav a[data-view]")) {
    const here =
      link.dataset.view === state.view || (link.dataset.view === "findings" && state.view === "finding");
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  showRows();
  if (state.view === "finding") showFinding(byKey.get(state.finding), shown);
  scrollTo(0, before === "finding" && state.view === "findings" ? leftAt : 0);
  list.draw();
  if (before === "finding" && state.view === "findings") list.resume(byKey.get(from));
  else if (before !== state.view || state.view === "finding")
    document.querySelector(`#${state.view} h1`)?.focus({ preventScroll: true });
}

function keys(event) {
  if (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    event.target.closest("input:not([type=checkbox]):not([type=range]), select, textarea")
  )
    return;
  if (event.key === "/") {
    go({ view: "findings", finding: "" });
    byId("q").focus();
  } else if (state.view === "finding" && event.key in { j: 1, k: 1 }) {
    const next = shown[shown.indexOf(byKey.get(state.finding)) + (event.key === "j" ? 1 : -1)];
    if (next) go({ finding: next.key });
  } else if (state.view === "finding" && event.key === "Escape") {
    go({ view: "findings", finding: "" });
  } else if (state.view === "finding" && "1234".includes(event.key)) {
    document.querySelector("#finding .viewer")?.press(Number(event.key) - 1);
  } else return;
  event.preventDefault();
}

async function copyLink() {
  const button = byId("copy");
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Copy it from the address bar";
  }
  setTimeout(() => {
    button.textContent = "Copy link";
  }, 2000);
}

buildFilters(change);
buildFiles();
if (matchMedia("(max-width: 1179px)").matches) document.querySelector("details.filters").open = false;
byId("sorter").append(
  ...HEAD.flatMap((name) =>
    [
      ["up", "↑"],
      ["down", "↓"],
    ].map(([dir, arrow]) => el("option", { value: `${name} ${dir}` }, `${COLUMNS[name].title} ${arrow}`)),
  ),
);
byId("sorter").addEventListener("change", (event) => {
  const [sort, dir] = event.target.value.split(" ");
  change({ sort, dir });
});
byId("copy").addEventListener("click", copyLink);
addEventListener("hashchange", follow);
addEventListener("keydown", keys);
follow();
document.documentElement.dataset.ready = "yes";
