// The list of findings: only the rows that are on the screen exist.

const HEAD = ["confidence", "show", "episode", "stage", "relation", "verdict", "moved", "path"];
/** Rows built beyond each end of the screen. */
const BEYOND = 6;
/** Rows that are printed at most. */
const PRINTED = 1000;

class FindingList {
  /** `open(row)` shows a finding, `sort(column)` sorts by a column; `heads` are the columns. */
  constructor(open, sort, heads = HEAD) {
    this.open = open;
    this.sort = sort;
    this.rows = [];
    this.current = -1;
    /** Pixels at the lower end of the screen that the current row keeps clear of. */
    this.below = 8;
    this.built = new Map();
    this.there = new Map();
    this.node = byId("list");
    this.body = el("div", { role: "rowgroup", class: "body" });
    this.heads = new Map(
      heads.map((name) => [
        name,
        el(
          "div",
          { role: "columnheader", class: `c-${name}` },
          el("button", { type: "button", onclick: () => sort(name) }, COLUMNS[name].title),
        ),
      ]),
    );
    this.node.append(
      el(
        "div",
        { role: "rowgroup", class: "head" },
        el(
          "div",
          { role: "row", "aria-rowindex": "1" },
          el("div", { role: "columnheader", class: "c-picture" }, el("span", { class: "unseen" }, "Picture")),
          [...this.heads.values()],
        ),
      ),
      this.body,
    );
    this.node.addEventListener("keydown", (event) => this.key(event));
    const draw = () => requestAnimationFrame(() => this.draw());
    addEventListener("scroll", draw, { passive: true });
    addEventListener("resize", draw);
    // What stands above the list may grow or shrink: then it moves, and nobody has scrolled.
    new ResizeObserver(draw).observe(document.body);
    addEventListener("toggle", draw, { capture: true });
    addEventListener("beforeprint", () => this.draw(PRINTED));
    addEventListener("afterprint", () => this.draw());
  }

  /** Show other rows. */
  show(list, state) {
    // What is on the screen now and will be again is moved, not built again: pictures do not flash.
    const there = new Map([...this.built].map(([at, node]) => [this.rows[at].key, node]));
    this.rows = list;
    this.current = -1;
    this.built.clear();
    this.there = there;
    this.node.setAttribute("aria-rowcount", String(list.length + 1));
    this.node.removeAttribute("aria-activedescendant");
    for (const [name, head] of this.heads) {
      head.setAttribute(
        "aria-sort",
        name !== state.sort ? "none" : state.dir === "down" ? "descending" : "ascending",
      );
    }
    this.body.replaceChildren();
    this.draw();
    this.there = new Map();
  }

  /** Build the rows that are on the screen, and drop the others. */
  draw(all = 0) {
    if (document.documentElement.dataset.view !== "findings") return;
    const height = Number.parseFloat(getComputedStyle(this.node).getPropertyValue("--row"));
    this.height = height;
    this.body.style.height = `${Math.max(1, this.rows.length) * height}px`;
    this.body.classList.toggle("empty", this.rows.length === 0);
    const above = -this.body.getBoundingClientRect().top;
    const first = all ? 0 : Math.max(0, Math.floor(above / height) - BEYOND);
    const last = Math.min(this.rows.length, all || Math.ceil((above + innerHeight) / height) + BEYOND);
    for (const [at, node] of this.built) {
      if (at < first || at >= last) {
        node.remove();
        this.built.delete(at);
      }
    }
    for (let at = first; at < last; at += 1) {
      let node = this.built.get(at);
      if (!node) {
        const { key } = this.rows[at];
        node = this.place(this.there.get(key) ?? this.build(this.rows[at]), this.rows[at], at);
        this.there.delete(key);
        this.built.set(at, node);
      }
      // In the order in which they are read, on paper and aloud.
      const now = this.body.children[at - first];
      if (now !== node) this.body.insertBefore(node, now ?? null);
      node.style.transform = `translateY(${at * height}px)`;
    }
    // A row that is not there cannot be the one that is read.
    if (this.built.has(this.current)) this.node.setAttribute("aria-activedescendant", `row-${this.current}`);
    else this.node.removeAttribute("aria-activedescendant");
  }

  /** Put a row's node at its place. */
  place(node, row, at) {
    node.id = `row-${at}`;
    node.ariaRowIndex = String(at + 2);
    node.classList.toggle("current", at === this.current);
    node.querySelector(".c-path a").href = addressOf({ ...state, view: "finding", finding: row.key });
    return node;
  }

  build(row) {
    return el(
      "div",
      {
        role: "row",
        class: `row${row.last_run !== data.run ? " past" : ""}`,
        onclick: (event) => {
          if (!event.target.closest("a")) this.open(row);
        },
      },
      this.cells(row),
    );
  }

  cells(row) {
    const where = row.paths.length > 1 ? ` and ${row.paths.length - 1} more` : "";
    return [
      cell(
        "picture",
        row.picture === null
          ? el("span", { class: "no-picture" }, "no picture")
          : image(row.picture, "", { class: "thumb" }),
      ),
      cell("confidence", meter(row)),
      cell(
        "show",
        row.show ??
          el(
            "span",
            { class: "quiet" },
            row.nearest && row.verdict === "inconclusive" ? `nearest: ${row.nearest}` : "–",
          ),
      ),
      cell("episode", row.episode === "no episode" ? "–" : (row.episode ?? "–").replace(" to ", "-")),
      cell(
        "stage",
        el(
          "span",
          { class: "stage" },
          el("i", { class: `dot stage-${row.stage}` }),
          words.stages[row.stage]?.[0] ?? row.stage,
        ),
        row.flags.length ? el("small", {}, row.flags.join(", ")) : null,
      ),
      cell("relation", row.relation ? words.relations[row.relation][0] : "–"),
      cell("verdict", verdictBadge(row.verdict)),
      cell("moved", row.moved.map((moved) => words.moved[moved][0]).join(", ") || "–"),
      cell(
        "path",
        el("a", { tabindex: "-1" }, el("bdi", {}, row.name)),
        el("small", {}, el("bdi", {}, row.folder || "top folder"), where),
      ),
    ];
  }

  key(event) {
    if (event.target !== this.node) return;
    const page = Math.max(1, Math.floor((innerHeight - 160) / this.height));
    const moves = {
      ArrowDown: 1,
      ArrowUp: -1,
      j: 1,
      k: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    if (event.key === "Enter" && this.current >= 0) this.open(this.rows[this.current]);
    else if (event.key in moves && this.rows.length)
      this.go(Math.min(this.rows.length - 1, Math.max(0, this.current + moves[event.key])));
    else return;
    event.preventDefault();
  }

  /** Make a finding the current row without moving the page, and let keys go on from there. */
  resume(row) {
    this.current = this.rows.indexOf(row);
    this.built.get(this.current)?.classList.add("current");
    if (this.current >= 0) this.node.setAttribute("aria-activedescendant", `row-${this.current}`);
    this.node.focus({ preventScroll: true });
  }

  /** Make a row the current one and bring it onto the screen. */
  go(at) {
    this.built.get(this.current)?.classList.remove("current");
    this.current = at;
    const top = this.body.getBoundingClientRect().top + at * this.height;
    if (top < 150) scrollBy(0, top - 150);
    else if (top + this.height > innerHeight - this.below) scrollBy(0, top + this.height - innerHeight + this.below);
    this.draw();
    this.built.get(at)?.classList.add("current");
    this.node.setAttribute("aria-activedescendant", `row-${at}`);
  }
}

function cell(name, ...children) {
  return el("div", { role: "gridcell", class: `c-${name}` }, children);
}

function verdictBadge(verdict) {
  return el("span", { class: `badge ${verdict}` }, words.verdicts[verdict][0]);
}

/** Return the confidence as a number and a bar. */
function meter(row) {
  if (row.verdict === "unreadable") return "–";
  const bar = el("span", { class: "meter-bar" });
  bar.style.width = `${100 * row.confidence}%`;
  return el(
    "span",
    { class: `meter ${row.verdict}` },
    el("b", {}, percent(row.confidence)),
    el("span", { class: "meter-track", "aria-hidden": "true" }, bar),
  );
}
