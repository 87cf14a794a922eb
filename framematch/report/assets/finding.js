// The view of one finding.

/** Show a finding, or say that the case has none of that key. */
async function showFinding(row, shown) {
  const view = byId("finding");
  if (!row) {
    view.replaceChildren(
      el("h1", {}, "No such finding"),
      el(
        "p",
        { class: "card" },
        "The case has no finding of this key: the link is from another case, or was cut. ",
        el("a", { href: addressOf({ ...state, view: "findings", finding: "" }) }, "All findings"),
      ),
    );
    return;
  }
  view.replaceChildren(findingHead(row, shown), el("p", { class: "quiet", role: "status" }, "Reading…"));
  const said = await readJsonLater(`d${row.n}`);
  // Another one may have been opened since.
  if (state.view !== "finding" || state.finding !== row.key) return;
  view.lastChild.remove();
  view.append(
    ...[
      el("div", { class: "columns pictures" }, pairSection(row, said), wholeSection(row, said)),
      el("div", { class: "columns" }, whyDecided(row, said), howFar(row, said)),
      peopleDecided(said),
      corroboration(said),
      versions(row, said),
      filesAndHistory(row, said),
    ].filter(Boolean),
  );
}

function findingHead(row, shown) {
  const at = shown.indexOf(row);
  const to = (other, title, key) =>
    other
      ? el(
          "a",
          { class: "button", href: addressOf({ ...state, finding: other.key }), "aria-keyshortcuts": key },
          title,
        )
      : el("span", { class: "button off", "aria-disabled": "true" }, title);
  return el(
    "header",
    { class: "finding-head" },
    el(
      "nav",
      { "aria-label": "Findings", class: "steps" },
      el(
        "a",
        { class: "button", href: addressOf({ ...state, view: "findings", finding: "" }) },
        "← All findings",
      ),
      el(
        "span",
        { class: "quiet" },
        at < 0 ? "outside the filters" : `${count(at + 1)} of ${count(shown.length)}`,
      ),
      to(shown[at - 1], "Previous", "k"),
      to(at < 0 ? null : shown[at + 1], "Next", "j"),
    ),
    el("h1", { tabindex: "-1" }, el("bdi", { class: "path" }, row.file)),
    el(
      "p",
      { class: "verdict-line" },
      verdictBadge(row.verdict),
      row.show
        ? el(
            "strong",
            {},
            [row.show, row.episode === "no episode" ? null : row.episode].filter(Boolean).join(" "),
          )
        : el("span", { class: "quiet" }, row.nearest ? `nearest: ${row.nearest}` : "no show"),
      row.verdict === "unreadable" ? null : el("span", {}, percent(row.confidence)),
      el(
        "span",
        { class: "stage" },
        el("i", { class: `dot stage-${row.stage}` }),
        words.stages[row.stage]?.[0] ?? row.stage,
      ),
      row.relation ? el("span", {}, words.relations[row.relation][0]) : null,
      row.human !== "open"
        ? el("span", { class: `badge human ${row.human}` }, `People: ${words.human[row.human][0]}`)
        : null,
      row.last_run !== data.run ? el("span", { class: "badge inconclusive" }, "Gone") : null,
    ),
  );
}

function pairSection(row, said) {
  const evidence = said.evidence;
  if (evidence === null || evidence.query === null || evidence.reference === null) {
    return section(
      "Against the reference",
      el("p", { class: "quiet" }, said.error ?? "Nothing was matched that it could be laid over."),
    );
  }
  const match = said.matches[0];
  const place = match ? `${match.show} ${match.episode ?? ""}` : "reference";
  const pair = viewer({
    query: {
      number: evidence.query,
      label: `This file, aligned${evidence.query_s ? `, at ${clock(evidence.query_s)}` : ""}`,
    },
    reference: {
      number: evidence.reference,
      label: `${place}${evidence.reference_s === null ? "" : `, at ${clock(evidence.reference_s)}`}`,
    },
    regions: said.release?.regions ?? [],
    // Only the desk draws them: a report holds the pictures alone.
    outline: typeof outlineOf === "function" ? outlineOf(row) : null,
  });
  return section("Against the reference", pair);
}

function wholeSection(row, said) {
  if (said.evidence === null)
    return section(
      "The picture",
      el("p", { class: "quiet" }, said.error ?? "No picture could be made of it."),
    );
  const boxes = said.notes.map((note) => ({ box: note.box, kind: "note", title: note.text ?? "not read" }));
  const box = said.matches[0]?.box;
  if (box && box.join() !== "0,0,1,1")
    boxes.unshift({ box, kind: "part", title: "the part that was matched" });
  const canvas = el(
    "div",
    { class: "canvas" },
    image(said.evidence.whole, "The picture that was judged"),
    boxesOver(boxes),
    said.notes.map((note, at) => noteNumber(note, at)),
  );
  return section(
    "The picture as it is",
    el(
      "figure",
      { class: "whole" },
      canvas,
      el(
        "figcaption",
        {},
        [
          boxes.some((one) => one.kind === "part") && "Dashed: the part that was matched.",
          said.notes.length && "Numbered: writing.",
        ]
          .filter(Boolean)
          .join(" "),
      ),
    ),
    said.notes.length
      ? [
          el("h3", {}, "Writing on it"),
          el(
            "ol",
            { class: "notes" },
            said.notes.map((note) =>
              el(
                "li",
                {},
                note.text === null
                  ? el("span", { class: "quiet" }, "not read")
                  : el("bdi", { class: "said" }, note.text),
                el(
                  "small",
                  {},
                  ` ${note.scripts.join(", ") || "script not told"}${note.confidence === null ? "" : `; the reader's own figure: ${percent(note.confidence)}, not calibrated`}`,
                ),
              ),
            ),
          ),
        ]
      : null,
  );
}

function noteNumber(note, at) {
  const label = el("span", { class: "note-number", "aria-hidden": "true" }, String(at + 1));
  label.style.left = `${100 * note.box[0]}%`;
  label.style.top = `${100 * note.box[1]}%`;
  return label;
}
