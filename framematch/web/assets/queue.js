// The queue: which findings, in which order, which of them are chosen, and how far people are.

/** What may be looked at, and the labels of `human` that it stands for. */
const WHICH = {
  open: ["open"],
  unsettled: ["unsure", "disputed"],
  decided: ["confirmed", "other-show", "not-this-show", "not-ours"],
  all: [],
};
const QUEUE_HEAD = ["confidence", "show", "episode", "stage", "human", "verdict", "path"];

Object.assign(COLUMNS, {
  worth: { title: TEXT.queue.worth, of: worthOf },
  human: { title: TEXT.queue.people, of: (row) => Object.keys(words.human).indexOf(row.human) },
});
if (data.has_case) Object.assign(USUAL, { human: WHICH.open, sort: "worth" });

/** What other cases say no to, by key: offered, never taken over by itself. */
const offers = new Map();
if (data.recalls) {
  FACETS.push({
    name: "recalled",
    title: TEXT.queue.recalled,
    of: (row) => (isOffered(row) ? ["offered"] : []),
    label: () => TEXT.queue.recalledToAdopt,
    order: ["offered"],
    whole: true,
  });
  sortIntoFacets(rows);
}

/** Say anew of rows which values of the facets they have. */
function sortIntoFacets(some) {
  for (const row of some) row.facets = FACETS.map((facet) => facet.of(row));
}

/** Return whether another case says something of a finding that nobody has decided here. */
function isOffered(row) {
  return row.human === "open" && offers.has(row.key);
}

/** Take note of what other cases offer. */
function takeOffers(said) {
  for (const one of said) offers.set(one.finding.key, one);
  sortIntoFacets(rows);
}

/** Say how many findings another case has decided, on a button that shows only those. */
function showOffers(state) {
  if (!data.recalls) return;
  const number = rows.filter(isOffered).length;
  const only = state.recalled.length > 0;
  const cases = [...new Set([...offers.values()].map((offer) => offer.case))];
  byId("recalled").hidden = !number && !only;
  byId("recalled").ariaPressed = String(only);
  byId("recalled").replaceChildren(
    el("span", {}, TEXT.queue.recalledIn(number), " ", el("bdi", {}, cases.join(", "))),
  );
}

/**
 * Return where a finding stands in the queue, the lowest first.
 *
 * What people dispute; what another case says no to; what the tool could not decide, the likeliest
 * first; named shows, the least sure first, of equals work in progress before finished pictures;
 * what matched nothing, the likeliest first; what cannot be read; what is gone. Help says the same.
 */
function worthOf(row) {
  if (row.last_run !== data.run) return 90;
  if (row.human === "disputed") return 0;
  if (isOffered(row)) return 5;
  const sure = row.confidence;
  // A confidence has four digits: this parts equals only.
  const finished = row.progress === "completed" ? 0.00001 : 0;
  return { inconclusive: 11 - sure, match: 20 + sure + finished, "no-match": 41 - sure, unreadable: 50 }[row.verdict];
}

/** Return the name in `WHICH` that a state is, if any. */
function whichOf(state) {
  return Object.keys(WHICH).find((name) => WHICH[name].join() === state.human.join());
}

/** Return whether a verdict holds: neither open, nor unsure, nor disputed. */
function isDecided(row) {
  return WHICH.decided.includes(row.human);
}

/** Take over what the desk says that people think now, by key. */
function takeOver(standings) {
  for (const [key, { label }] of Object.entries(standings)) {
    const row = byKey.get(key);
    if (!row) continue;
    row.human = label;
    sortIntoFacets([row]);
    kept.delete(key);
  }
}

class Queue extends FindingList {
  constructor(open, sort, changed) {
    super(open, sort, QUEUE_HEAD);
    this.changed = changed;
    /** Keys of the chosen findings. */
    this.chosen = new Set();
    this.anchor = -1;
    this.node.querySelector(".head [role=row]").prepend(
      el("div", { role: "columnheader", class: "c-choose" }, el("span", { class: "unseen" }, TEXT.queue.chosenHead)),
    );
  }

  cells(row) {
    const box = el("input", { type: "checkbox", tabindex: "-1", "aria-label": TEXT.queue.choose(row.file) });
    const choose = cell("choose", el("label", {}, box));
    choose.addEventListener("click", (event) => event.stopPropagation());
    box.addEventListener("change", () => {
      const at = this.rows.indexOf(row);
      this.anchor = at;
      this.choose(at, box.checked);
      this.node.focus({ preventScroll: true });
    });
    const [picture, confidence, show, episode, stage, , verdict, , path] = super.cells(row);
    return [choose, picture, confidence, show, episode, stage, cell("human"), verdict, path];
  }

  place(node, row, at) {
    super.place(node, row, at);
    this.mark(node, row);
    const people = node.querySelector(".c-human");
    const label = isOffered(row) ? "offered" : row.human;
    if (people.dataset.label !== label) {
      people.dataset.label = label;
      people.replaceChildren(...(label === "offered" ? offered(offers.get(row.key)) : [humanBadge(label)]));
    }
    return node;
  }

  mark(node, row) {
    const chosen = this.chosen.has(row.key);
    node.setAttribute("aria-selected", String(chosen));
    node.classList.toggle("chosen", chosen);
    node.querySelector(".c-choose input").checked = chosen;
  }

  show(list, state) {
    const current = this.rows[this.current];
    super.show(list, state);
    // What is not shown any more is not chosen: nobody decides what they do not see.
    const shown = new Set(list.map((row) => row.key));
    for (const key of this.chosen) if (!shown.has(key)) this.chosen.delete(key);
    this.anchor = -1;
    if (current) this.stay(Math.max(0, list.indexOf(current)));
    this.changed();
  }

  /** Make a row the current one where it lies. */
  stay(at) {
    if (at >= this.rows.length) return;
    this.current = at;
    this.built.get(at)?.classList.add("current");
    this.node.setAttribute("aria-activedescendant", `row-${at}`);
  }

  choose(at, on) {
    const row = this.rows[at];
    if (!row) return;
    if (on) this.chosen.add(row.key);
    else this.chosen.delete(row.key);
    const node = this.built.get(at);
    if (node) this.mark(node, row);
    this.changed();
  }

  chooseNone() {
    this.chosen.clear();
    for (const [at, node] of this.built) this.mark(node, this.rows[at]);
    this.changed();
  }

  key(event) {
    if (event.target !== this.node) return;
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && this.current < 0 && this.rows.length) this.open(this.rows[0]);
    else if (event.key === " " && this.rows.length) {
      if (this.current < 0) this.go(0);
      this.anchor = this.current;
      this.choose(this.current, !this.chosen.has(this.rows[this.current].key));
    } else if (event.shiftKey && way && this.rows.length) {
      if (this.current < 0) this.go(0);
      else {
        if (this.anchor < 0) this.anchor = this.current;
        const before = this.current;
        const to = Math.min(this.rows.length - 1, Math.max(0, before + way));
        // Going back takes what was gone over out again.
        if (Math.abs(to - this.anchor) < Math.abs(before - this.anchor)) this.choose(before, false);
        this.go(to);
      }
      this.choose(this.anchor < 0 ? this.current : this.anchor, true);
      this.choose(this.current, true);
    } else {
      super.key(event);
      if (event.defaultPrevented) this.anchor = -1;
      return;
    }
    event.preventDefault();
  }
}

function humanBadge(label) {
  if (label === "open") return el("span", { class: "quiet" }, "–");
  return el("span", { class: `badge human ${label}` }, words.human[label][0]);
}

/** Return what another case says of a finding, marked as no verdict of this one. */
function offered(offer) {
  return [
    el("span", { class: "badge", title: TEXT.finding.recalled(offer.case) }, TEXT.queue.offered),
    el("small", {}, words.human[offer.judgement][0]),
  ];
}

/** Build the switch between what is to decide and what is decided. */
function buildWhich(change) {
  byId("which").append(
    ...Object.keys(WHICH).map((name) =>
      el(
        "button",
        { type: "button", "data-which": name, onclick: () => change({ human: WHICH[name] }) },
        `${TEXT.queue[name]} `,
        el("b"),
      ),
    ),
  );
}

/** Show how far people are, and what of the filters' findings is to decide. */
function showProgress(state, counts) {
  const decided = rows.filter(isDecided).length;
  const of = (label) => rows.filter((row) => row.human === label).length;
  Object.assign(byId("progress"), { max: Math.max(1, rows.length), value: decided });
  byId("decided").textContent = TEXT.queue.progress(decided, rows.length);
  byId("settle").textContent = TEXT.queue.settle(of("unsure"), of("disputed"));
  const all = Object.keys(words.human);
  for (const button of byId("which").children) {
    const labels = WHICH[button.dataset.which];
    const number = (labels.length ? labels : all).reduce((sum, label) => sum + (counts.human.get(label) ?? 0), 0);
    button.setAttribute("aria-pressed", String(button.dataset.which === whichOf(state)));
    button.lastChild.textContent = count(number);
  }
}

/** Write the report, and say what was written. */
async function writeReport() {
  const button = byId("write");
  const answer = byId("written");
  if (button.ariaDisabled === "true") return;
  button.ariaDisabled = "true";
  answer.className = "note-line";
  answer.textContent = TEXT.queue.writing;
  try {
    answer.textContent = TEXT.queue.written(await send("/export", {}));
    answer.classList.add("good");
  } catch (error) {
    answer.textContent = TEXT.queue.notWritten(error.message);
    answer.classList.add("bad");
  } finally {
    button.ariaDisabled = null;
  }
}
