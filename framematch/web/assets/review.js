// One finding under review: what there is to see, and what speaks for and against it.

/** What of a shot is decided together; `on` while the group is switched on. */
const group = { on: false, rows: [], keys: new Set() };
/** The viewer's mode, kept from one finding to the next. */
let viewerMode = 0;

/** Show a finding; `steps` has where it stands in the queue: { at, all, next, previous }. */
async function showReview(row, bar, steps) {
  const view = byId("finding");
  bar.close();
  bar.ready = false;
  Object.assign(group, { on: false, rows: row ? shotOf(row) : [], keys: new Set() });
  if (!row) {
    view.replaceChildren(
      el("h1", { tabindex: "-1" }, TEXT.finding.unknown),
      el("p", { class: "card" }, TEXT.finding.unknownWhy, " ", backLink()),
    );
    bar.show();
    return;
  }
  delete view.dataset.key;
  const here = () => state.view === "finding" && state.finding === row.key;
  view.replaceChildren(reviewHead(row, steps), el("p", { class: "quiet", role: "status" }, TEXT.finding.reading));
  showTargets(row, bar);
  let said;
  try {
    said = await detailOf(row);
  } catch (error) {
    if (here())
      view.lastChild.replaceWith(
        el(
          "p",
          { class: "card warning", role: "alert" },
          TEXT.finding.unread(error.message),
          " ",
          el("button", { type: "button", onclick: () => showReview(row, bar, steps) }, TEXT.finding.again),
        ),
      );
    return;
  }
  // Another one may have been opened since.
  if (!here()) return;
  view.lastChild.replaceWith(...reviewBody(row, said, bar));
  // Whose all this is: there is nothing of the one before any more.
  view.dataset.key = row.key;
  const viewer = view.querySelector(".viewer");
  viewer?.press(viewerMode);
  viewer?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mode]");
    if (button) viewerMode = [...button.parentNode.children].indexOf(button);
  });
  bar.ready = true;
  bar.refresh();
  readAhead(steps.next);
}

/** Show anew what people say of the finding that is on the screen. */
async function refreshPeople(row, bar, steps) {
  const said = await detailOf(row);
  if (state.view !== "finding" || state.finding !== row.key) return;
  byId("finding").querySelector(".finding-head").replaceWith(reviewHead(row, steps));
  byId("people")?.replaceWith(peopleSaid(row, said, bar));
  byId("shot")?.replaceWith(shotSection(row, bar));
  // What had the focus may have been replaced.
  if (document.activeElement === document.body) focusView();
}

function reviewBody(row, said, bar) {
  const paired = said.evidence?.query && said.evidence.reference;
  // Where nothing was matched, the picture itself is what there is to look at.
  const pictures = [pairSection(row, said), wholeSection(row, said)];
  const [first, second] = paired ? pictures : pictures.reverse();
  first.classList.add("is-first");
  const choices = candidates(row, said, bar);
  choices.classList.add("is-first");
  return [
    peopleSaid(row, said, bar),
    el(
      "div",
      { class: "review" },
      el(
        "div",
        { class: "stack" },
        first,
        group.rows.length > 1 ? shotSection(row, bar) : null,
        whyDecided(row, said),
        data.has_index ? playerSection(row, said) : noPlayer(said),
        timelineOf(row),
      ),
      el("div", { class: "stack" }, choices, second, howFar(row, said)),
    ),
    corroboration(said),
    filesAndHistory(row, said),
  ].filter(Boolean);
}

/** Return the card that stands where the reference would be shown if there were an index, or null. */
function noPlayer(said) {
  if (!said.matches.length) return null;
  return section(TEXT.player.title, el("p", { class: "quiet" }, TEXT.player.noIndex(data.index_missing)));
}

function backLink() {
  return el("a", { class: "button", href: addressOf({ ...state, view: "findings", finding: "" }) }, `← ${TEXT.finding.back}`);
}

function reviewHead(row, { at, all }) {
  return el(
    "header",
    { class: "finding-head" },
    el(
      "nav",
      { "aria-label": TEXT.finding.steps, class: "steps" },
      backLink(),
      el("span", { class: "quiet" }, TEXT.queue.progress(rows.filter(isDecided).length, rows.length)),
      el("span", { class: "quiet" }, at < 0 ? TEXT.finding.outside : TEXT.finding.at(at + 1, all)),
    ),
    el("h1", { tabindex: "-1" }, el("bdi", { class: "path" }, row.file)),
    el(
      "p",
      { class: "verdict-line" },
      verdictBadge(row.verdict),
      row.show
        ? el("strong", {}, el("bdi", {}, row.show), row.episode === "no episode" ? null : ` ${row.episode ?? ""}`)
        : el("span", { class: "quiet" }, row.nearest ? TEXT.finding.nearest(row.nearest) : TEXT.finding.noShow),
      row.verdict === "unreadable" ? null : el("span", {}, percent(row.confidence)),
      el(
        "span",
        { class: "stage" },
        el("i", { class: `dot stage-${row.stage}` }),
        words.stages[row.stage]?.[0] ?? row.stage,
      ),
      row.relation ? el("span", {}, words.relations[row.relation][0]) : null,
      row.human === "open"
        ? el("span", { class: "quiet" }, TEXT.finding.notDecided)
        : el("span", { class: `badge human ${row.human}` }, TEXT.finding.people(words.human[row.human][0])),
      row.last_run === data.run ? null : el("span", { class: "badge inconclusive" }, TEXT.finding.gone),
    ),
  );
}

/** Return all shows that came near, each to be chosen in one press. */
function candidates(row, said, bar) {
  const one = ({ show, confidence }) => {
    const named = show === row.show;
    const meterBar = el("span", { class: "meter-bar" });
    meterBar.style.width = `${100 * confidence}%`;
    return el(
      "li",
      {},
      el(
        "div",
        { class: `meter ${named ? row.verdict : ""}` },
        el("span", { class: "candidate" }, el("bdi", {}, show), named ? el("small", {}, ` ${TEXT.finding.named}`) : null),
        el("b", {}, percent(confidence)),
        el("span", { class: "meter-track", "aria-hidden": "true" }, meterBar),
      ),
      el(
        "button",
        {
          type: "button",
          "aria-label": TEXT.finding.take(show),
          onclick: () => bar.judge(named ? "confirmed" : "other-show", named ? null : show),
        },
        named ? TEXT.finding.confirmShort : TEXT.finding.takeShort,
      ),
    );
  };
  return el(
    "section",
    { class: "card candidates" },
    el("h2", {}, TEXT.finding.candidates),
    said.candidates.length
      ? el("ol", {}, said.candidates.map(one))
      : el("p", { class: "quiet" }, TEXT.finding.noCandidates),
  );
}

/** Return what people said of it, own verdicts with a way to take them back; disputes first. */
function peopleSaid(row, said, bar) {
  const undo = (one) =>
    one.who === reviewer()
      ? el(
          "button",
          { type: "button", class: "small", "aria-label": TEXT.log.undoEntry(one.number), onclick: () => bar.undo(one.number) },
          TEXT.finding.undoThis,
        )
      : null;
  return el(
    "div",
    { id: "people" },
    said.human?.disputed
      ? el(
          "section",
          { class: "card dispute" },
          el("h2", {}, TEXT.finding.disputed),
          el(
            "ul",
            { class: "plain sides-of" },
            said.human.opinions.map((one) =>
              el(
                "li",
                {},
                el("strong", {}, el("bdi", {}, one.who)),
                el("span", { class: `badge human ${one.judgement}` }, words.human[one.judgement][0]),
                one.show ? el("bdi", {}, one.show) : null,
              ),
            ),
          ),
          el("p", { class: "quiet" }, TEXT.finding.disputedWhy),
        )
      : null,
    isOffered(row) ? offerSection(row, offers.get(row.key), bar) : null,
    peopleDecided(said, undo),
  );
}

function offerSection(row, offer, bar) {
  return el(
    "section",
    { class: "card offer" },
    el("h2", {}, TEXT.finding.recalled(offer.case)),
    el(
      "p",
      {},
      el("strong", {}, el("bdi", {}, offer.who)),
      `, ${offer.when.slice(0, 10)}: `,
      words.human[offer.judgement][0],
      offer.show ? el("bdi", {}, ` (${offer.show})`) : null,
      offer.why ? el("bdi", { class: "said" }, `: ${offer.why}`) : null,
    ),
    el(
      "button",
      { type: "button", "aria-keyshortcuts": "a", onclick: () => bar.adopt(row) },
      `${TEXT.finding.adopt} `,
      el("kbd", { "aria-hidden": "true" }, "a"),
    ),
  );
}

/** Return the files of a finding's shot, in order of their versions. */
function shotOf(row) {
  if (row.shot === null) return [row];
  return rows
    .filter((other) => other.shot === row.shot && (other.last_run === data.run || other === row))
    .sort((a, b) => a.turn - b.turn || a.n - b.n);
}

/** Return the rows that a verdict on a finding is on. */
function targetsOf(row) {
  return group.on ? group.rows.filter((other) => group.keys.has(other.key)) : [row];
}

/** Switch between all files of the shot and this one. */
function toggleGroup(row, bar) {
  if (group.rows.length < 2) return;
  group.on = !group.on;
  // What somebody has decided is in it only when it is ticked by hand.
  group.keys = new Set(group.rows.filter((one) => one === row || !isDecided(one)).map((one) => one.key));
  byId("shot")?.replaceWith(shotSection(row, bar));
  showTargets(row, bar);
}

/** Say in the bar what a verdict is on. */
function showTargets(row, bar) {
  const number = targetsOf(row).length;
  if (group.rows.length < 2) {
    bar.show();
    return;
  }
  bar.show(
    el(
      "button",
      {
        type: "button",
        id: "together",
        "aria-pressed": String(group.on),
        "aria-keyshortcuts": TEXT.finding.groupKey,
        onclick: () => {
          toggleGroup(row, bar);
          byId("together").focus({ preventScroll: true });
        },
      },
      TEXT.finding.groupToggle(group.rows.length),
      el("kbd", { "aria-hidden": "true" }, TEXT.finding.groupKey),
    ),
    el("span", {}, group.on ? TEXT.decide.several(number) : TEXT.decide.one),
  );
}

/** Return the shot as a strip of its stages; with check marks while it is decided together. */
function shotSection(row, bar) {
  const shown = group.rows.slice(0, 60);
  const one = (other) => {
    const box = el("input", {
      type: "checkbox",
      checked: group.keys.has(other.key),
      "aria-label": TEXT.finding.include(other.name),
      onchange: () => {
        if (box.checked) group.keys.add(other.key);
        else group.keys.delete(other.key);
        showTargets(row, bar);
      },
    });
    return el(
      "li",
      { class: other === row ? "here" : null },
      el(
        "a",
        {
          href: addressOf({ ...state, view: "finding", finding: other.key }),
          "aria-current": other === row ? "true" : null,
          title: other.file,
        },
        other.picture === null ? null : image(other.picture, "", { class: "thumb" }),
        el("span", {}, el("i", { class: `dot stage-${other.stage}` }), `${other.turn}. ${words.stages[other.stage]?.[0] ?? other.stage}`),
        el("small", {}, el("bdi", {}, other.name)),
      ),
      el(
        "div",
        { class: "of-shot" },
        group.on ? el("label", {}, box) : null,
        other.human === "open"
          ? el("small", {}, other === row ? TEXT.finding.here : TEXT.finding.notDecided)
          : humanBadge(other.human),
      ),
    );
  };
  return el(
    "section",
    { class: `card shot${group.on ? " on" : ""}`, id: "shot" },
    el("h2", {}, TEXT.finding.group(group.rows.length)),
    el("p", { class: "quiet" }, el("bdi", {}, row.shot), `. ${TEXT.finding.groupWhy}`),
    el("ol", { class: "versions" }, shown.map(one)),
    group.rows.length > shown.length
      ? el("p", { class: "quiet" }, TEXT.finding.groupMore(group.rows.length - shown.length))
      : null,
  );
}
