// Long tables a page at a time: what was skipped, and what moved.

const PAGE = 100;

/** Fill a place with a table that is turned a page at a time; `build` makes the cells of a row. */
function pagedTable(place, columns, list, build, nothing) {
  if (!list.length) {
    place.append(el("p", { class: "quiet" }, nothing));
    return;
  }
  let first = 0;
  const draw = () => {
    const last = Math.min(list.length, first + PAGE);
    const turn = (title, to, possible) =>
      el(
        "button",
        {
          type: "button",
          disabled: !possible,
          onclick: () => {
            first = to;
            draw();
          },
        },
        title,
      );
    place.replaceChildren(
      table(columns, list.slice(first, last).map(build)),
      list.length > PAGE
        ? el(
            "p",
            { class: "turn" },
            turn("Back", first - PAGE, first > 0),
            el("span", { role: "status" }, `${count(first + 1)} to ${count(last)} of ${count(list.length)}`),
            turn("On", first + PAGE, last < list.length),
          )
        : el("p", { class: "quiet" }, `${count(list.length)} in all`),
    );
  };
  draw();
}

/** Fill the view of files. */
function buildFiles() {
  pagedTable(
    byId("skipped"),
    [["File"], ["What became of it"], ["Why"], ["Size", true]],
    data.skipped,
    ([path, use, reason, size]) => [
      el("bdi", { class: "path" }, path),
      words.uses[use][0],
      el("bdi", { class: "said" }, reason || words.uses[use][1]),
      bytes(size),
    ],
    "Nothing: every file was examined.",
  );
  const keys = new Map();
  for (const row of rows) for (const path of row.paths) if (!keys.has(path)) keys.set(path, row.key);
  pagedTable(
    byId("changes"),
    [["File"], ["Moved"], ["Before"]],
    data.changes,
    ([path, moved, before]) => [
      keys.has(path)
        ? el(
            "a",
            { class: "path", href: addressOf({ ...freshState(), view: "finding", finding: keys.get(path) }) },
            path,
          )
        : el("bdi", { class: "path" }, path),
      words.moved[moved][0],
      el("span", { class: "path" }, before),
    ],
    data.run === 1 ? "This is the first run." : "Nothing moved.",
  );
}
