// The findings as rows: what each is searched by, and which pass the filters, in which order.

const data = readJson("data");
const rows = readJson("rows");
const words = data.words;
const byKey = new Map();

/** Whether people decide while the page is open, as at the desk. */
const deciding = Boolean(data.has_case);
/** Whether anybody has decided anything: where nobody has, there is nothing to choose. */
const anyDecided = deciding || rows.some((row) => row.human !== "open");

/** Facets of which several values may be chosen: a row passes when it has one of them. */
const FACETS = [
  {
    name: "progress",
    title: "Completed or in progress",
    of: (row) => [row.progress],
    label: (v) => words.progress[v][0],
    order: Object.keys(words.progress),
  },
  {
    name: "verdict",
    title: "Verdict",
    of: (row) => [row.verdict],
    label: (v) => words.verdicts[v][0],
    order: Object.keys(words.verdicts),
  },
  {
    name: "stage",
    title: "Stage",
    of: (row) => [row.stage],
    label: (v) => words.stages[v]?.[0] ?? v,
    order: Object.keys(words.stages),
  },
  {
    name: "relation",
    title: "Against the release",
    of: (row) => (row.relation ? [row.relation] : []),
    label: (v) => words.relations[v][0],
    order: Object.keys(words.relations),
  },
  {
    name: "script",
    title: "Writing in",
    of: (row) => row.scripts,
    label: (v) => v,
    order: ["Han", "Hangul", "Kana", "Latin"],
  },
  {
    name: "flag",
    title: "Seen on it",
    of: (row) => row.flags,
    label: (v) => v,
    order: [...new Set([...Object.keys(words.flags), ...rows.flatMap((row) => row.flags)])],
  },
  {
    name: "moved",
    title: "Moved",
    of: (row) => row.moved,
    label: (v) => words.moved[v][0],
    order: Object.keys(words.moved),
  },
  {
    name: "human",
    title: "Decided by people",
    of: (row) => (anyDecided ? [row.human] : []),
    label: (v) => words.human[v][0],
    order: Object.keys(words.human),
    whole: deciding,
  },
];

/** Columns that can be sorted by, and what of a row they compare. */
const COLUMNS = {
  verdict: { title: "Verdict", of: (row) => FACETS[1].order.indexOf(row.verdict) },
  show: { title: "Show", of: (row) => row.show ?? "\uffff" },
  episode: { title: "Episode", of: (row) => (row.range ? episodeNumber(row.range[0]) : Infinity) },
  stage: { title: "Stage", of: (row) => FACETS[2].order.indexOf(row.stage) },
  relation: { title: "Release", of: (row) => (row.relation ? FACETS[3].order.indexOf(row.relation) : 99) },
  confidence: { title: "Confidence", of: (row) => -row.confidence },
  path: { title: "File", of: (row) => row.n },
  moved: { title: "Moved", of: (row) => (row.moved.length ? FACETS[6].order.indexOf(row.moved[0]) : 99) },
};

function episodeNumber(text) {
  const [, season, number] = /^S(\d+)E(\d+)$/.exec(text);
  return Number(season) * 100000 + Number(number);
}

function folderOf(path) {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

rows.forEach((row, n) => {
  row.n = n;
  const whole = row.part === null ? row.file : row.file.slice(0, -row.part.length - 1);
  row.folder = folderOf(whole);
  row.name = row.file.slice(row.folder ? row.folder.length + 1 : 0);
  // Gone in an earlier run, too: nothing about it has changed since.
  if (row.last_run !== data.run && !row.moved.includes("gone")) row.moved.push("gone");
  row.folders = [...new Set(row.paths.map(folderOf))];
  row.facets = FACETS.map((facet) => facet.of(row));
  row.text = [row.file, ...row.paths, ...row.notes, row.code ?? "", row.key, row.show ?? ""]
    .join("\n")
    .toLowerCase();
  row.first = row.range ? episodeNumber(row.range[0]) : null;
  row.last = row.range ? episodeNumber(row.range[1]) : null;
  byKey.set(row.key, row);
});

/** Return the tests that a state of the filters asks of a row, by the filter's name. */
function testsOf(state) {
  const tests = {};
  const wanted = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length) tests.q = (row) => wanted.every((word) => row.text.includes(word));
  if (state.show) tests.show = (row) => row.show === state.show;
  if (state.at) tests.at = (row) => row.episode === state.at;
  if (state.episode && /^S\d+E\d+$/.test(state.episode)) {
    const number = episodeNumber(state.episode);
    tests.episode = (row) => row.first !== null && row.first <= number && number <= row.last;
  }
  if (state.from > 0 || state.to < 1)
    tests.confidence = (row) => row.confidence >= state.from && row.confidence <= state.to;
  if (state.folder) {
    const inside = `${state.folder}/`;
    tests.folder = (row) =>
      row.folders.some(
        (folder) =>
          folder === state.folder || folder.startsWith(inside) || folder.startsWith(`${state.folder}!/`),
      );
  }
  if (state.now) tests.now = (row) => row.last_run === data.run;
  if (state.shot) tests.shot = (row) => row.shot === state.shot;
  FACETS.forEach((facet, at) => {
    const chosen = new Set(state[facet.name]);
    if (chosen.size) tests[facet.name] = (row) => row.facets[at].some((value) => chosen.has(value));
  });
  return tests;
}

/**
 * Return the rows that pass, in order, and how many each value of each facet would give.
 *
 * A value's count is of the rows that pass all other filters: what choosing it would show.
 */
function select(state) {
  const tests = Object.entries(testsOf(state));
  const counts = Object.fromEntries(
    [...FACETS.map((facet) => facet.name), "show"].map((name) => [name, new Map()]),
  );
  const passed = [];
  for (const row of rows) {
    let failed = null;
    let failures = 0;
    for (const [name, test] of tests) {
      if (!test(row)) {
        failed = name;
        failures += 1;
        if (failures > 1) break;
      }
    }
    if (failures > 1) continue;
    if (failures === 0) passed.push(row);
    for (let at = 0; at < FACETS.length; at += 1) {
      const { name } = FACETS[at];
      if (failures === 0 || failed === name) for (const value of row.facets[at]) raise(counts[name], value);
    }
    if (row.show && (failures === 0 || failed === "show")) raise(counts.show, row.show);
  }
  return { shown: sorted(passed, state), counts };
}

function raise(counts, value) {
  counts.set(value, (counts.get(value) ?? 0) + 1);
}

function sorted(passed, state) {
  const of = (COLUMNS[state.sort] ?? COLUMNS.path).of;
  const way = state.dir === "down" ? -1 : 1;
  const keyed = passed.map((row) => [of(row), row]);
  // Rows that are equal stay in order of path, whichever way the column goes.
  keyed.sort(([a, one], [b, other]) => (a < b ? -way : a > b ? way : one.n - other.n));
  return keyed.map(([, row]) => row);
}
