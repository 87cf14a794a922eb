// The filters beside the list: built once, filled with counts at every change.

/** The controls of each facet's values, by facet and value. */
const chips = new Map();

/** Build the form; `changed` gets the parts of the state that a person changed. */
function buildFilters(changed) {
  const form = byId("filters");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.append(
    field(
      "Search",
      el("input", {
        id: "q",
        type: "search",
        placeholder: "Path, note, code, digest",
        spellcheck: "false",
        oninput: (event) => changed({ q: event.target.value }),
        // The cross of the box; not every browser tells of it as of something written.
        onsearch: (event) => changed({ q: event.target.value }),
        onkeydown: (event) => {
          // A browser may empty the box by itself, and then tell nobody.
          if (event.key !== "Escape" || event.isComposing || !event.target.value) return;
          event.preventDefault();
          event.target.value = "";
          changed({ q: "" });
        },
      }),
    ),
    field(
      "Show",
      el("select", {
        id: "show",
        onchange: (event) => changed({ show: event.target.value, episode: "", at: "" }),
      }),
    ),
    field(
      "Episode",
      el("select", { id: "episode", onchange: (event) => changed({ episode: event.target.value, at: "" }) }),
    ),
    ...FACETS.map((facet) => facetControls(facet, changed)).filter(Boolean),
    el(
      "fieldset",
      { class: "range" },
      el("legend", {}, "Confidence"),
      bound("from", "at least", changed),
      bound("to", "at most", changed),
    ),
    field(
      "Folder",
      el("input", {
        id: "folder",
        type: "text",
        list: "folders",
        placeholder: "All folders",
        spellcheck: "false",
        onchange: (event) => changed({ folder: event.target.value.replace(/\/+$/, "") }),
      }),
    ),
    el(
      "datalist",
      { id: "folders" },
      allFolders().map((folder) => el("option", { value: folder })),
    ),
    el("button", { type: "button", id: "clear", onclick: () => changed(null) }, "Clear all filters"),
  );
}

function field(title, control) {
  return el("label", { class: "field" }, el("span", {}, title), control);
}

function bound(name, title, changed) {
  return el(
    "label",
    {},
    el("span", {}, title),
    el("input", {
      id: name,
      type: "number",
      min: "0",
      max: "100",
      step: "1",
      inputmode: "numeric",
      oninput: (event) => {
        const number = Number.parseFloat(event.target.value);
        const share = Number.isFinite(number)
          ? Math.min(100, Math.max(0, number)) / 100
          : name === "to"
            ? 1
            : 0;
        changed({ [name]: share });
      },
    }),
    el("span", {}, "%"),
  );
}

function facetControls(facet, changed) {
  const controls = new Map();
  chips.set(facet.name, controls);
  const present = new Set(rows.flatMap(facet.of));
  const values = facet.order.filter((value) => facet.whole || present.has(value));
  if (!values.length) return null;
  for (const value of values) {
    const box = el("input", {
      type: "checkbox",
      name: facet.name,
      value,
      onchange: () => changed({ [facet.name]: values.filter((v) => controls.get(v).box.checked) }),
    });
    const number = el("b");
    const dot = facet.name === "stage" ? el("i", { class: `dot stage-${value}` }) : null;
    controls.set(value, {
      box,
      number,
      label: el("label", { class: "choice" }, box, dot, el("span", {}, facet.label(value)), number),
    });
  }
  return el(
    "fieldset",
    {},
    el("legend", {}, facet.title),
    [...controls.values()].map((control) => control.label),
  );
}

function allFolders() {
  const all = new Set();
  for (const row of rows) {
    for (let folder of row.folders) {
      for (; folder && !all.has(folder); folder = folderOf(folder)) all.add(folder);
    }
  }
  return [...all].sort();
}

/** Show a state and the counts that go with it in the form; filters in `apart` are set elsewhere. */
function showFilters(state, counts, apart = []) {
  showNumber(state, apart);
  // Every letter of it is in the state at once: it never differs from what is written.
  if (byId("q").value !== state.q) byId("q").value = state.q;
  setValue("folder", state.folder);
  setValue("from", state.from > 0 ? Math.round(state.from * 100) : "");
  setValue("to", state.to < 1 ? Math.round(state.to * 100) : "");
  const shows = [...new Set(rows.map((row) => row.show).filter(Boolean))].sort();
  options(
    "show",
    "All shows",
    shows.map((show) => [show, `${show} (${count(counts.show.get(show) ?? 0)})`]),
    state.show,
  );
  const episodes = episodesOf(state.show);
  options(
    "episode",
    "All episodes",
    episodes.map((episode) => [episode, episode]),
    state.episode,
  );
  for (const facet of FACETS) {
    for (const [value, control] of chips.get(facet.name)) {
      const number = counts[facet.name].get(value) ?? 0;
      control.box.checked = state[facet.name].includes(value);
      control.number.textContent = count(number);
      control.label.classList.toggle("none", number === 0);
    }
  }
}

/** Set a control's value, but not while somebody writes in it. */
function setValue(id, value) {
  const control = byId(id);
  if (document.activeElement !== control) control.value = String(value);
}

function options(id, all, values, chosen) {
  const known = chosen === "" || values.some(([value]) => value === chosen);
  byId(id).replaceChildren(
    el("option", { value: "" }, all),
    ...values.map(([value, title]) => el("option", { value, selected: value === chosen }, title)),
    ...(known ? [] : [el("option", { value: chosen, selected: true }, chosen)]),
  );
}

/** Return the episodes that the findings of a show, or of all, may belong to, as broadcast. */
function episodesOf(show) {
  const all = new Set();
  for (const [, of, episode] of Object.values(data.references)) {
    if (episode && (!show || of === show)) all.add(episode);
  }
  for (const row of rows) {
    if (row.range && (!show || row.show === show)) for (const end of row.range) all.add(end);
  }
  return [...all].sort((a, b) => episodeNumber(a) - episodeNumber(b));
}

/** Say beside the title how many filters are set: they may be folded away. */
function showNumber(state, apart) {
  const number = Object.keys(testsOf(state)).filter((name) => !apart.includes(name)).length;
  document.querySelector("details.filters summary").textContent = number ? `Filters (${number})` : "Filters";
}

/** Show the filters that have no control of their own, each with a way to drop it. */
function showActive(state, changed) {
  const parts = [
    ["shot", "Shot"],
    ["at", "Episode exactly"],
    ["now", "Without what is gone"],
  ].filter(([name]) => state[name]);
  byId("active").replaceChildren(
    ...parts.map(([name, title]) =>
      el(
        "button",
        { type: "button", class: "chip", onclick: () => changed({ [name]: "" }) },
        name === "now" ? `${title} ` : `${title}: ${state[name]} `,
        el("span", { "aria-label": "remove" }, "×"),
      ),
    ),
  );
}
