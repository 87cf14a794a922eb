// The references on lines of time, with every file of the dump that lies on them.

/** Height of a lane, in pixels, and of what stands in it. */
const LANE = 20;
const MARK = 12;
/** Seconds between the ticks of an axis: the first that gives no more than eight. */
const TICKS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600];

/** What people say of a match that they do not let stand: one sign for all of it. */
const REJECTED = ["other-show", "not-this-show", "not-ours"];

/** All timelines, once they were read: places do not move while people decide. */
let everyTimeline = null;

/** Show every reference; `open(row)` opens a finding. What the address names is pointed out. */
async function showTimelines(node, open) {
  const title = el("h1", { tabindex: "-1" }, TEXT.timelines.title);
  const waits = el("p", { class: "quiet", role: "status" }, TEXT.timelines.reading);
  node.replaceChildren(title, waits);
  everyTimeline ??= ask("/timelines");
  let lines;
  try {
    lines = (await everyTimeline).timelines;
  } catch (error) {
    everyTimeline = null;
    waits.textContent = TEXT.timelines.unread(error.message);
    return;
  }
  // Another view may have been opened since, or this one anew.
  if (!waits.isConnected) return;
  const touched = lines.filter((line) => line.places.length);
  const rest = lines.filter((line) => !line.places.length);
  const choice = el("select", { onchange: () => draw(choice.value) });
  const shows = [...new Set(touched.map((line) => line.show))];
  choice.append(
    el("option", { value: "" }, TEXT.timelines.allShows),
    ...shows.map((show) => el("option", { value: show }, show)),
  );
  const drawn = el("div");
  const draw = (show) =>
    drawn.replaceChildren(
      ...touched.filter((line) => !show || line.show === show).map((line) => timelineCard(line, open, state.finding)),
    );
  waits.replaceWith(
    ...(touched.length
      ? [
          shows.length > 1 ? el("label", { class: "sorter" }, TEXT.timelines.show, " ", choice) : "",
          legendOf(touched),
          drawn,
        ]
      : [el("p", { class: "card" }, TEXT.timelines.none)]),
    rest.length
      ? el(
          "details",
          { class: "card" },
          el("summary", {}, TEXT.timelines.untouched(rest.length)),
          el("ul", { class: "plain" }, rest.map((line) => el("li", {}, el("bdi", {}, nameOf(line))))),
        )
      : "",
  );
  draw("");
  drawn.querySelector("[aria-current]")?.closest("section").scrollIntoView({ block: "center" });
}

/** Return a card with the line of the reference that a finding was matched to, or null. */
function timelineOf(row) {
  if (row.verdict !== "match" || row.last_run !== data.run) return null;
  const card = section(TEXT.timelines.here, el("p", { class: "quiet", role: "status" }, TEXT.timelines.reading));
  card.classList.add("timeline", "of-one");
  const open = (other) => go({ view: "finding", finding: other.key });
  ask(`/timelines?key=${encodeURIComponent(row.key)}`).then(
    ({ timelines }) => {
      const mine = (line) => line.places.find((place) => place.key === row.key && place.sure);
      const line = timelines.find(mine);
      if (line) card.lastChild.replaceWith(...ofOne(line, mine(line), row, open, timelines.length - 1));
      else card.remove();
    },
    (error) => {
      card.lastChild.textContent = TEXT.timelines.unread(error.message);
    },
  );
  return card;
}

function ofOne(line, place, row, open, elsewhere) {
  const others = line.places.filter((other) => other.key !== row.key);
  const before = others.findLast((other) => other.start_s <= place.start_s);
  const after = others.find((other) => other.start_s > place.start_s || (other !== before && other.start_s === place.start_s));
  const to = (other, text) => other && el("li", {}, `${text} `, linkTo(other, open));
  return [
    el("p", {}, el("bdi", {}, nameOf(line)), `: ${spanOf(place)}. `, allOf(row)),
    timelineDrawing(line, open, row.key),
    el("ul", { class: "plain neighbours" }, to(before, TEXT.timelines.before), to(after, TEXT.timelines.after)),
    elsewhere ? el("p", { class: "quiet" }, TEXT.timelines.elsewhere(elsewhere)) : "",
  ];
}

function allOf(row) {
  const address = addressOf({ ...freshState(), view: "timelines", finding: row.key });
  return el("a", { href: address }, TEXT.timelines.all);
}

function linkTo(place, open) {
  const link = el("a", {}, el("i", { class: `dot stage-${place.stage}` }), el("bdi", { class: "path" }, place.file));
  opens(link, place, open);
  return [link, el("span", { class: "quiet" }, ` ${spanOf(place)}`)];
}

function timelineCard(line, open, current) {
  return el(
    "section",
    { class: "card timeline" },
    el("h2", {}, el("bdi", {}, nameOf(line))),
    el(
      "p",
      { class: "quiet" },
      TEXT.timelines.touched(line, whole(line.touched_s), whole(line.duration_s), rejectedOf(line)),
      " ",
      line.episode
        ? el(
            "a",
            { href: addressOf({ ...freshState(), human: [], view: "findings", show: line.show, episode: line.episode }) },
            TEXT.timelines.inQueue,
          )
        : null,
    ),
    timelineDrawing(line, open, current),
  );
}

/** Return how many of the findings that count on a line people rejected. */
function rejectedOf(line) {
  const found = line.places.filter((place) => place.sure && REJECTED.includes(saidOf(place)));
  return new Set(found.map((place) => place.key)).size;
}

function legendOf(lines) {
  const stages = new Set(lines.flatMap((line) => line.places.map((place) => place.stage)));
  const said = new Set(lines.flatMap((line) => line.places.map(saidOf)));
  const rejected = REJECTED.some((label) => said.has(label));
  const entry = (sign, text) => el("li", {}, sign, text);
  return el(
    "ul",
    { class: "legend", "aria-label": TEXT.timelines.legend },
    Object.keys(words.stages)
      .filter((stage) => stages.has(stage))
      .map((stage) => entry(el("i", { class: `dot stage-${stage}` }), words.stages[stage][0])),
    Object.keys(words.human)
      .filter((label) => label !== "open" && !REJECTED.includes(label) && said.has(label))
      .map((label) => entry(el("i", { class: `ring-of ${label}` }), words.human[label][0])),
    rejected ? entry(el("i", { class: "ring-of rejected" }), TEXT.timelines.rejected) : null,
    lines.some((line) => line.places.some((place) => !place.sure))
      ? entry(el("i", { class: "dot also" }), TEXT.timelines.also)
      : null,
  );
}

/** Return a reference drawn as lanes, one for each stage on it. */
function timelineDrawing(line, open, current) {
  const lanes = Object.keys(words.stages)
    .map((stage) => ({ stage, places: line.places.filter((place) => place.stage === stage) }))
    .filter(({ places }) => places.length);
  const height = lanes.length * LANE;
  const step = TICKS.find((seconds) => line.duration_s / seconds <= 8) ?? TICKS.at(-1);
  const ticks = Array.from({ length: Math.floor(line.duration_s / step) + 1 }, (_, at) => at * step);
  const at = (seconds) => `${(100 * Math.min(1, seconds / line.duration_s)).toFixed(3)}%`;
  const drawing = svg(
    "svg",
    { class: "places", height, role: "group", "aria-label": TEXT.timelines.drawing(nameOf(line)) },
    ticks.map((seconds) => svg("line", { class: "tick", x1: at(seconds), x2: at(seconds), y1: 0, y2: height })),
    lanes.map((lane, number) => laneOf(lane, number, line, open, current)),
  );
  drawing.addEventListener("keydown", (event) => moveAmong(drawing, event));
  return el(
    "div",
    { class: "lanes" },
    el(
      "div",
      { class: "lane-names", "aria-hidden": "true" },
      lanes.map(({ stage }) => el("span", {}, words.stages[stage][0])),
    ),
    el(
      "div",
      { class: "lane-plot" },
      drawing,
      svg(
        "svg",
        { class: "axis", height: 16, "aria-hidden": "true" },
        ticks.map((seconds) =>
          svg(
            "text",
            { x: at(seconds), y: 12, "text-anchor": seconds > 0.94 * line.duration_s ? "end" : null },
            whole(seconds),
          ),
        ),
      ),
    ),
  );
}

function laneOf({ stage, places }, number, line, open, current) {
  const top = number * LANE;
  const marks = places.map((place) => markOf(place, top, line, open, current));
  // One stop for the Tab key in each lane: the finding that is pointed out, else the first.
  const stop = marks.find((mark) => mark.hasAttribute("aria-current")) ?? marks[0];
  stop.setAttribute("tabindex", "0");
  // What is pointed out lies on top of the others.
  const last = marks.filter((mark) => mark.hasAttribute("aria-current"));
  const node = svg(
    "g",
    { class: "lane", role: "group", "aria-label": TEXT.timelines.lane(words.stages[stage][0], places.length) },
    svg("rect", { class: "ground", x: 0, y: top + 1, width: "100%", height: LANE - 2 }),
    marks.filter((mark) => !last.includes(mark)),
    last,
  );
  node.marks = marks;
  return node;
}

function markOf(place, top, line, open, current) {
  const here = place.key === current;
  const label = saidOf(place);
  const left = Math.min(1, Math.max(0, place.start_s / line.duration_s));
  const right = Math.min(1, Math.max(left, place.end_s / line.duration_s));
  const text = TEXT.timelines.mark(place, spanOf(place), words.stages[place.stage][0], words.human[label][0]);
  const mark = svg(
    "a",
    {
      class: `place${place.sure ? "" : " also"}${here ? " here" : ""}`,
      tabindex: "-1",
      "aria-label": text,
      "aria-current": here ? "true" : null,
    },
    svg("title", {}, text),
    label === "open" && !here ? null : shape(`ring ${label}${here ? " here" : ""}`, left, right, top, 3),
    label === "open" && !here ? null : shape("gap", left, right, top, 1),
    shape(`mark stage-${place.stage}`, left, right, top, 0),
    REJECTED.includes(label) ? strike(left, right, top) : null,
  );
  mark.at = left;
  opens(mark, place, open);
  return mark;
}

/** Return a stretch as a box, and a moment, of which a box would not be drawn, as a line. */
function shape(kind, left, right, top, more) {
  const at = (share) => `${(100 * share).toFixed(3)}%`;
  const [y, height] = [top + (LANE - MARK) / 2, MARK];
  return left === right
    ? svg("line", { class: `${kind} moment`, x1: at(left), x2: at(left), y1: y - more, y2: y + height + more })
    : svg("rect", { class: kind, x: at(left), width: at(right - left), y, height });
}

/** Return a line through a mark: seen without colours, too. */
function strike(left, right, top) {
  const at = (share) => `${(100 * share).toFixed(3)}%`;
  const y = top + LANE / 2;
  return svg("line", { class: "strike", x1: at(left), x2: at(right), y1: y, y2: y });
}

/** Have a link open a finding: by itself where it is pressed, as any link in another tab. */
function opens(link, place, open) {
  link.setAttribute("href", addressOf({ ...state, view: "finding", finding: place.key }));
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
    event.preventDefault();
    open(byKey.get(place.key));
  });
}

/** Move the focus by the arrow keys: along a lane, and to what is nearest in the next one. */
function moveAmong(drawing, event) {
  const mark = event.target.closest(".place");
  const lane = mark?.closest(".lane");
  if (!lane || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = lane.marks.indexOf(mark);
  const lanes = [...drawing.querySelectorAll(".lane")];
  const nearest = (way) =>
    lanes[lanes.indexOf(lane) + way]?.marks.reduce((best, one) =>
      Math.abs(one.at - mark.at) < Math.abs(best.at - mark.at) ? one : best,
    );
  const to = {
    ArrowRight: () => lane.marks[at + 1],
    ArrowLeft: () => lane.marks[at - 1],
    Home: () => lane.marks[0],
    End: () => lane.marks.at(-1),
    ArrowUp: () => nearest(-1),
    ArrowDown: () => nearest(1),
  }[event.key];
  if (!to) return;
  event.preventDefault();
  event.stopPropagation();
  const next = to();
  if (!next) return;
  for (const one of next.closest(".lane").marks) one.setAttribute("tabindex", one === next ? "0" : "-1");
  next.focus();
}

/** Return what people say of a place's finding by now. */
function saidOf(place) {
  return byKey.get(place.key)?.human ?? place.human;
}

/** Return seconds as a clock without tenths. */
function whole(seconds) {
  return clock(Math.floor(seconds)).replace(/\.0$/, "");
}

function nameOf(line) {
  return [line.show, line.episode].filter(Boolean).join(" ");
}

function spanOf(place) {
  return place.end_s > place.start_s ? `${clock(place.start_s)} – ${clock(place.end_s)}` : clock(place.start_s);
}
