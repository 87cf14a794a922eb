// Puts the parts together: the address decides what is shown, and every change goes through it.

let state = readAddress();
/** What passes the filters now, and the queue that a finding was opened from. */
let shown = [];
let sequence = [];
/** Where the queue was left, to come back to. */
let leftAt = 0;
let list = null;
let bar = null;

/** Go to another view: a step that "back" undoes. */
function go(parts) {
  const address = addressOf({ ...state, ...parts });
  if (address === location.hash) return;
  history.pushState(null, "", address);
  follow();
}

/** Change filters or order in place; `null` clears the filters. */
function change(parts) {
  const same = { view: state.view, sort: state.sort, dir: state.dir, human: state.human };
  state = parts === null ? { ...freshState(), ...same } : { ...state, ...parts };
  history.replaceState(null, "", addressOf(state));
  showRows();
}

function showRows() {
  const found = select(state);
  shown = found.shown;
  sequence = shown;
  // What the tabs choose is no filter of the form.
  showFilters(state, found.counts, whichOf(state) === undefined ? [] : ["human"]);
  showActive(state, change);
  showProgress(state, found.counts);
  showOffers(state);
  byId("count").textContent = TEXT.queue.shown(shown.length, rows.length);
  byId("sorter").value = `${state.sort} ${state.dir}`;
  byId("start").hidden = !shown.length;
  byId("start").textContent = `${TEXT.queue.start} ${count(shown.length)}`;
  list.show(shown, state);
}

/** Show in the bar how many findings are chosen; without any it is not there. */
function showChosen() {
  if (bar === null || state.view !== "findings") return;
  const number = list.chosen.size;
  bar.shown = number > 0;
  bar.ready = true;
  // It said that nothing was chosen.
  if (number) bar.refusal.textContent = "";
  bar.show(
    ...(number
      ? [
          el("span", {}, TEXT.decide.several(number)),
          el(
            "button",
            {
              type: "button",
              class: "small",
              onclick: () => {
                list.chooseNone();
                list.node.focus({ preventScroll: true });
              },
            },
            TEXT.decide.dropChosen,
          ),
        ]
      : []),
  );
  list.below = number ? byId("deciding").offsetHeight + 8 : 8;
}

/** Return where a finding stands in the queue. */
function stepsOf(row) {
  const at = sequence.indexOf(row);
  const open = sequence.filter((other) => other.human === "open" && other !== row);
  const next = open.find((other) => sequence.indexOf(other) > at) ?? open[0] ?? null;
  return { at, all: sequence.length, next, after: sequence[at + 1], before: sequence[at - 1] };
}

function step(way) {
  if (state.view !== "finding") return;
  const { at, after, before, next } = stepsOf(byKey.get(state.finding));
  const to = way < 0 ? before : at < 0 ? next : after;
  if (to) go({ finding: to.key });
}

/** Return the rows that a verdict is on now. */
function targets() {
  if (state.view === "finding") {
    const row = byKey.get(state.finding);
    return row ? targetsOf(row) : [];
  }
  return state.view === "findings" ? [...list.chosen].map((key) => byKey.get(key)) : [];
}

/** Go on after an entry was made; return what is to be said of where that leads. */
async function decided(on, kind) {
  const led = await goOn(on, kind);
  // What was pressed may be gone; and left on a button, the next press would decide the next finding.
  if (document.activeElement === document.body || byId("deciding").contains(document.activeElement)) focusView();
  return led;
}

async function goOn(on, kind) {
  if (state.view === "log") await showLog(bar);
  if (state.view === "findings") {
    list.chosen.clear();
    showRows();
    list.node.focus({ preventScroll: true });
    return null;
  }
  if (state.view !== "finding") return null;
  const row = byKey.get(state.finding);
  if (kind === "judged") {
    const { next } = stepsOf(row);
    if (next) {
      go({ finding: next.key });
      // It is on the screen already: said to who does not see it.
      return el("span", { class: "unseen" }, TEXT.decide.now(next.name));
    }
  } else if (kind === "undone" && on.length && !on.includes(row)) {
    go({ finding: on[0].key });
    return null;
  }
  group.on = false;
  await refreshPeople(row, bar, stepsOf(row));
  showTargets(row, bar);
  return kind === "judged" ? TEXT.decide.end : null;
}

/** Show what the address says. */
function follow() {
  const { view: before, finding: from } = state;
  if (before === "findings") leftAt = scrollY;
  state = readAddress();
  document.documentElement.dataset.view = state.view;
  for (const link of document.querySelectorAll("nav a[data-view]")) {
    const here =
      link.dataset.view === state.view || (link.dataset.view === "findings" && state.view === "finding");
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    // On a small screen the links are wider than it.
    if (here) link.parentNode.scrollLeft = link.offsetLeft - link.parentNode.offsetLeft - 40;
  }
  document.title = TEXT.desk.title(TEXT.views[state.view], data.source);
  if (data.has_case) showCaseView(before, from);
  else if (before !== state.view) focusView();
}

function showCaseView(before, from) {
  const row = byKey.get(state.finding);
  bar.close();
  bar.tell();
  bar.shown = state.view === "finding" && row !== undefined;
  // While findings are looked at, the queue stays as it was: what is decided can be gone back to.
  if (state.view === "findings" || !sequence.length) showRows();
  if (state.view === "finding") showReview(row, bar, stepsOf(row));
  if (state.view === "log") showLog(bar);
  if (state.view === "timelines")
    showTimelines(byId("timelines"), (row) => go({ view: "finding", finding: row.key }));
  scrollTo(0, before === "finding" && state.view === "findings" ? leftAt : 0);
  list.draw();
  if (before === "finding" && state.view === "findings") list.resume(byKey.get(from));
  else if (state.view === "finding" && before === "finding") focusFinding();
  else if (before !== state.view || state.view === "finding") focusView();
}

/** Keep the focus on the buttons that step, where somebody presses them; else give it to the title. */
function focusFinding() {
  if (!document.activeElement.matches("[data-tool=next], [data-tool=previous]")) focusView();
}

/** Give the focus to the title of what is shown. */
function focusView() {
  const place = state.view === "findings" ? byId("list") : byId(state.view).querySelector("h1");
  (place ?? byId("main")).focus({ preventScroll: true });
}

const TYPED = "input:not([type=checkbox]):not([type=range]), select, textarea";

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest(TYPED)) {
    const out = event.key === "Escape" || (event.key === "Enter" && event.target.id === "q");
    if (out && !event.isComposing) focusView();
    return;
  }
  const finding = state.view === "finding" ? byKey.get(state.finding) : null;
  if (event.key === "?") go({ view: "help", finding: "" });
  else if (!data.has_case) return;
  else if (event.key === "/") {
    go({ view: "findings", finding: "" });
    document.querySelector("details.filters").open = true;
    byId("q").focus();
  } else if (event.key === "Escape") {
    if (state.view === "findings" && list.chosen.size) list.chooseNone();
    else if (state.view !== "findings") go({ view: "findings", finding: "" });
    else return;
  } else if (finding && /^[1-9]$/.test(event.key)) document.querySelector("#finding .viewer")?.press(Number(event.key) - 1);
  else if (finding && (event.key === "j" || event.key === "k")) {
    if (!bar.busy) step(event.key === "j" ? 1 : -1);
  } else if (finding && event.key === "g") toggleGroup(finding, bar);
  else if (finding && event.key === "a" && data.recalls) bar.adopt(finding);
  else if (finding || event.key === "z" || state.view === "findings") {
    if (!bar.key(event)) return;
  } else return;
  event.preventDefault();
}

/** Put the words where the page's frame names them. */
function fillWords() {
  const wordsAt = (path) => path.split(".").reduce((part, name) => part[name], TEXT);
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = wordsAt(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]"))
    node.setAttribute("aria-label", wordsAt(node.dataset.label));
  byId("what").replaceChildren(
    el("bdi", {}, data.has_case ? TEXT.desk.case(data.source, data.run) : TEXT.desk.noCase),
    `, ${data.has_index ? TEXT.desk.index(data.shows.length) : TEXT.desk.noIndex}`,
  );
}

function buildCase() {
  buildWho(() => {
    const row = byKey.get(state.finding);
    if (state.view === "finding" && row) refreshPeople(row, bar, stepsOf(row));
    if (state.view === "log") showLog(bar);
  });
  buildFilters(change);
  buildWhich(change);
  if (matchMedia("(max-width: 1179px)").matches) document.querySelector("details.filters").open = false;
  list = new Queue(
    (row) => go({ view: "finding", finding: row.key }),
    (column) => change({ sort: column, dir: state.sort === column && state.dir === "up" ? "down" : "up" }),
    showChosen,
  );
  bar = new Bar({ targets, decided, step });
  byId("sorter").append(
    el("option", { value: "worth up" }, TEXT.queue.worth),
    ...QUEUE_HEAD.flatMap((name) =>
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
  if (data.recalls)
    ask("/recall").then(
      (said) => {
        takeOffers(said);
        const row = byKey.get(state.finding);
        if (state.view === "finding" && row) refreshPeople(row, bar, stepsOf(row));
        if (state.view === "findings") showRows();
      },
      () => {},
    );
  byId("start").addEventListener("click", () => go({ view: "finding", finding: shown[0].key }));
  byId("write").addEventListener("click", writeReport);
  byId("recalled").addEventListener("click", () => change({ recalled: state.recalled.length ? [] : ["offered"] }));
}

fillWords();
buildHelp();
showDrop(byId("drop"));
if (data.has_case) buildCase();
addEventListener("hashchange", follow);
addEventListener("keydown", keys);
follow();
focusView();
connection.watch(() => !bar?.busy);
document.documentElement.dataset.ready = "yes";
