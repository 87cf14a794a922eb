// The log: every entry, newest first, and what the keys do.

/** Entries shown at first, and more at a press. */
const LOG_PAGE = 100;

/** Show the verdict log. */
async function showLog(bar) {
  const view = byId("log");
  const title = el("h1", { id: "log-title", tabindex: "-1" }, TEXT.log.title);
  const body = el("div", {}, el("p", { class: "quiet" }, TEXT.finding.reading));
  // The title stays where it is: it may have the focus.
  if (view.firstChild) view.lastChild.remove();
  else view.append(title, el("p", { class: "quiet" }, TEXT.log.about));
  view.append(body);
  let said;
  try {
    said = await ask("/verdicts");
  } catch (error) {
    body.replaceChildren(el("p", { class: "card warning", role: "alert" }, TEXT.log.unread(error.message)));
    return;
  }
  const undone = new Map(said.entries.filter((one) => one.undoes).map((one) => [one.undoes, one.number]));
  const newest = [...said.entries].reverse();
  const list = el("ol", { class: "entries card" });
  const more = el("button", { type: "button", onclick: () => extend() });
  const extend = () => {
    const first = list.children.length;
    list.append(...newest.slice(first, first + LOG_PAGE).map((entry) => logEntry(entry, undone, bar)));
    const left = newest.length - list.children.length;
    more.hidden = left <= 0;
    more.textContent = TEXT.log.more(Math.min(left, LOG_PAGE));
  };
  if (!newest.length) list.append(el("li", { class: "quiet" }, TEXT.log.empty));
  else extend();
  if (!newest.length) more.hidden = true;
  body.replaceChildren(
    list,
    more,
    el("p", { class: "quiet" }, `${TEXT.log.head}: `, el("code", {}, said.head)),
  );
}

function logEntry(entry, undone, bar) {
  const what =
    entry.kind === "undone"
      ? TEXT.log.undo(entry.undoes)
      : entry.kind === "noted"
        ? TEXT.log.note
        : words.human[entry.judgement][0];
  const links = entry.findings.slice(0, 5).map(({ key }) => {
    const row = byKey.get(key);
    return el(
      "a",
      { class: "path", href: addressOf({ ...state, view: "finding", finding: key }) },
      el("bdi", {}, row ? row.file : key),
    );
  });
  const by = undone.get(entry.number);
  return el(
    "li",
    { class: by ? "past" : null, id: `entry-${entry.number}` },
    el(
      "p",
      { class: "entry-head" },
      el("span", { class: "quiet" }, `#${entry.number}`),
      el("span", { class: `badge human ${entry.judgement ?? entry.kind}` }, what),
      entry.show ? el("bdi", {}, entry.show) : null,
      el("strong", {}, el("bdi", {}, entry.who)),
      el("time", { class: "quiet", datetime: entry.when }, entry.when.replace("T", " ").replace("Z", " UTC")),
      by ? el("span", { class: "badge" }, `${TEXT.log.takenBack} (#${by})`) : null,
      !by && entry.kind !== "undone" && entry.who === reviewer()
        ? el(
            "button",
            { type: "button", class: "small", "aria-label": TEXT.log.undoEntry(entry.number), onclick: () => bar.undo(entry.number) },
            TEXT.log.undoIt,
          )
        : null,
    ),
    entry.why ? el("p", { class: "said" }, el("bdi", {}, entry.why)) : null,
    el(
      "p",
      { class: "entry-files" },
      links,
      entry.findings.length > links.length
        ? el("span", { class: "quiet" }, TEXT.log.others(entry.findings.length - links.length))
        : null,
    ),
  );
}

/** Build the page of help: the keys, and what the verdicts mean. */
function buildHelp() {
  const help = byId("help");
  help.append(el("h1", { id: "help-title", tabindex: "-1" }, TEXT.help.title));
  if (!data.has_case) {
    help.append(section(TEXT.help.drop, el("p", {}, TEXT.help.dropSaid)));
    return;
  }
  help.append(
    el(
      "div",
      { class: "columns halves" },
      section(
        TEXT.help.keys,
        el(
          "dl",
          { class: "facts key-list" },
          TEXT.help.list.flatMap(([key, does]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, does)]),
        ),
      ),
      el(
        "div",
        {},
        section(TEXT.help.words, facts(Object.values(words.human))),
        section(TEXT.help.lasting, el("ul", {}, TEXT.help.lastingSaid.map((line) => el("li", {}, line)))),
        section(TEXT.help.order, el("p", {}, TEXT.help.orderSaid)),
      ),
    ),
  );
}
