// Attributing files that are dropped, chosen or pasted: one after the other, each with its answer.

/** How often a file is sent anew where the desk is busy. */
const AGAIN = 5;

/** Files in the order in which they came: { file, name, node, state, code, row, body, request }. */
const dropped = [];
let sending = false;
let pastes = 0;

/** Fill the view in which files are attributed; what it shows stays when it is left. */
function showDrop(node) {
  if (node.childElementCount) return;
  const title = el("h1", { tabindex: "-1", id: "drop-title" }, TEXT.drop.title);
  if (!data.has_index) {
    node.append(title, el("p", { class: "card warning" }, TEXT.drop.noIndex(data.index_missing)));
    return;
  }
  const input = el("input", { type: "file", multiple: true, hidden: true, tabindex: "-1" });
  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  const zone = el(
    "div",
    { class: "zone card" },
    el("p", {}, TEXT.drop.hint),
    el("button", { type: "button", class: "first", onclick: () => input.click() }, TEXT.drop.choose),
    input,
  );
  const clear = el("button", { type: "button", id: "drop-clear", hidden: true, onclick: clearDone }, TEXT.drop.clear);
  node.append(
    title,
    zone,
    el("p", { class: "quiet", role: "status", "aria-live": "polite", id: "drop-said" }),
    el("ol", { class: "dropped", id: "dropped", "aria-label": TEXT.drop.list }),
    clear,
  );
  listen(zone);
}

/** Take what is dropped anywhere on the page, and what is pasted while the view is shown. */
function listen(zone) {
  const shown = () => document.documentElement.dataset.view === "drop";
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    // Otherwise the browser would leave the page for the file.
    event.preventDefault();
    event.dataTransfer.dropEffect = shown() ? "copy" : "none";
    if (shown()) zone.classList.add("over");
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) zone.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    zone.classList.remove("over");
    if (shown()) takeDropped(event.dataTransfer);
  });
  addEventListener("paste", (event) => {
    if (!shown() || event.target.closest("input, textarea")) return;
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) {
      announce(TEXT.drop.nothing);
      return;
    }
    event.preventDefault();
    // A picture of the clipboard has no name of its own, but that of every other one.
    take(files, (file) => {
      pastes += 1;
      return file.type.startsWith("image/") ? TEXT.drop.pasted(pastes, file.type.slice(6).split("+")[0]) : file.name;
    });
  });
}

function takeDropped(transfer) {
  const folders = [...transfer.items]
    .map((item) => item.webkitGetAsEntry?.())
    .filter((entry) => entry?.isDirectory)
    .map((entry) => entry.name);
  take([...transfer.files].filter((file) => !folders.includes(file.name)));
  if (folders.length) announce(TEXT.drop.folder(inert(folders[0])));
}

/** Put files at the end of the queue. */
function take(files, nameOf = (file) => file.name) {
  if (!files.length) announce(TEXT.drop.nothing);
  for (const file of files) {
    const one = { file, name: nameOf(file) || "unnamed", state: "waits" };
    one.status = el("span", { class: "quiet" }, TEXT.drop.waits);
    one.button = el("button", { type: "button", onclick: () => press(one) });
    one.summary = el("summary", {}, el("bdi", { class: "path" }, inert(one.name)), " ", one.status);
    one.details = el("details", { class: "card" }, one.summary);
    one.details.addEventListener("toggle", () => fill(one));
    one.node = el("li", {}, one.details, one.button);
    dropped.push(one);
    byId("dropped").append(one.node);
    settle(one, "waits", TEXT.drop.waits);
  }
  sendNext();
}

/** Show where a file has got to. */
function settle(one, state, words) {
  one.state = state;
  one.node.dataset.state = state;
  one.status.replaceChildren(words);
  const busy = state === "waits" || state === "sends";
  // What is empty stays so, however often it is sent.
  one.button.hidden = state === "answered" || one.code === "empty";
  one.button.textContent = busy ? TEXT.drop.giveUp : TEXT.drop.again;
  one.button.setAttribute("aria-label", `${one.button.textContent}: ${inert(one.name)}`);
  byId("drop-clear").hidden = !dropped.some((each) => each.state !== "waits" && each.state !== "sends");
}

/** Give up a file that waits or is sent; send one that failed anew. */
function press(one) {
  if (one.state === "waits" || one.state === "sends") {
    settle(one, "failed", TEXT.drop.gone);
    sumUp(TEXT.drop.said(inert(one.name), TEXT.drop.gone));
    one.request?.abort();
    return;
  }
  settle(one, "waits", TEXT.drop.waits);
  sendNext();
}

function clearDone() {
  for (const one of dropped.filter((each) => each.state === "answered" || each.state === "failed")) {
    one.node.remove();
    dropped.splice(dropped.indexOf(one), 1);
  }
  byId("drop-clear").hidden = true;
  announce("");
  byId("drop-title").focus();
}

/** Send the files that wait, one after the other. */
async function sendNext() {
  if (sending) return;
  sending = true;
  for (let one = next(); one; one = next()) await attribute(one);
  sending = false;
}

function next() {
  return dropped.find((one) => one.state === "waits");
}

async function attribute(one) {
  for (let turn = 0; ; turn += 1) {
    settle(one, "sends", TEXT.drop.sends("0 %"));
    try {
      const said = await sent(one, (share) => {
        if (one.state === "sends") one.status.textContent = share < 1 ? TEXT.drop.sends(percent(share)) : TEXT.drop.looks;
      });
      if (one.state === "sends") answered(one, said);
      return;
    } catch (error) {
      if (one.state !== "sends") return; // given up
      if (error.again && turn < AGAIN) {
        await pause(one, error.again);
        if (one.state !== "sends") return;
        continue;
      }
      const why = TEXT.drop.failed(inert(error.message));
      one.code = error.code;
      settle(one, "failed", why);
      sumUp(TEXT.drop.said(inert(one.name), why));
      return;
    }
  }
}

function pause(one, seconds) {
  one.status.textContent = TEXT.drop.comesAgain(seconds);
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 1000 * seconds);
    one.request = {
      abort: () => {
        clearTimeout(timer);
        resolve();
      },
    };
  });
}

/** Send a file; its progress is what `fetch` does not tell. */
function sent(one, onShare) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    one.request = request;
    request.open("POST", `${API}/attributions?name=${encodeURIComponent(one.name.toWellFormed?.() ?? one.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => event.total && onShare(event.loaded / event.total));
    request.upload.addEventListener("load", () => onShare(1));
    request.addEventListener("load", () => {
      if (request.status === 200) return resolve(request.response);
      const message = request.response?.error?.message ?? TEXT.desk.failed(request.status);
      const again = [429, 503].includes(request.status) ? Number(request.getResponseHeader("Retry-After")) : 0;
      return reject(Object.assign(new Error(message), { again, code: request.response?.error?.code }));
    });
    for (const way of ["error", "abort", "timeout"]) request.addEventListener(way, () => reject(new Error(TEXT.drop.lost)));
    request.send(one.file);
  });
}

/** Show an answer: in one line, and in full where it is the only one. */
function answered(one, said) {
  const { attribution, release, pictures } = allInert(said);
  const at = attribution.episodes;
  one.row = {
    verdict: attribution.verdict,
    show: attribution.show,
    nearest: attribution.show === null ? (attribution.candidates[0]?.show ?? null) : null,
    episode: at === null ? "no episode" : at.first === at.last ? at.first : `${at.first} – ${at.last}`,
    confidence: attribution.confidence,
    stage: attribution.stage?.label ?? "unknown",
    flags: attribution.stage?.flags ?? [],
    relation: release?.relation ?? null,
    outline: pictures.outline,
  };
  one.said = {
    ...attribution,
    release,
    stage_reasons: said.stage_reasons.map(inert),
    notes: [],
    evidence: pictures.whole === null ? null : { ...pictures, query_s: said.query_s ?? 0, reference_s: said.reference_s },
  };
  settle(one, "answered", "");
  one.status.classList.remove("quiet");
  one.status.append(...answerLine(one.row));
  if (attribution.error) one.summary.append(el("span", { class: "why" }, attribution.error));
  one.details.open = dropped.filter((each) => each.said).length === 1;
  sumUp(TEXT.drop.said(inert(one.name), [one.status.textContent, attribution.error].filter(Boolean).join(". ")));
}

function answerLine(row) {
  const show = row.show
    ? el("strong", {}, el("bdi", {}, row.show), row.episode === "no episode" ? "" : ` ${row.episode}`)
    : el("span", { class: "quiet" }, row.nearest ? TEXT.drop.nearest(row.nearest) : TEXT.drop.noShow);
  if (row.verdict === "unreadable") return [verdictBadge(row.verdict)];
  return [
    verdictBadge(row.verdict),
    " ",
    show,
    " ",
    el("span", {}, percent(row.confidence)),
    " ",
    el(
      "span",
      { class: "stage" },
      el("i", { class: `dot stage-${row.stage}` }),
      words.stages[row.stage]?.[0] ?? row.stage,
    ),
    row.relation ? ` ${words.relations[row.relation][0]}` : "",
  ];
}

/** Fill in all that is said of a file when it is opened. */
function fill(one) {
  if (!one.said || !one.details.open || one.body) return;
  const { row, said } = one;
  // What went wrong stands in the file's line, and is not said again in each part.
  const calm = { ...said, error: null };
  const read = row.verdict !== "unreadable";
  one.body = el(
    "div",
    { class: "answer" },
    [
      read
        ? el(
            "div",
            { class: "columns pictures" },
            pairSection(row, calm),
            el("div", {}, candidatesOf(row, said), said.evidence === null ? null : wholeSection(row, calm)),
          )
        : null,
      playerSection(row, said),
      el("div", { class: "columns" }, whyDecided(row, said), read ? howFar(row, said) : null),
      section(
        TEXT.drop.file,
        facts([
          [TEXT.drop.file, el("bdi", {}, inert(one.name))],
          [TEXT.drop.size, bytes(one.file.size)],
          [TEXT.drop.sha256, el("code", {}, said.sha256 ?? "")],
        ]),
      ),
    ].filter(Boolean),
  );
  one.details.append(one.body);
}

function candidatesOf(row, said) {
  const one = ({ show, confidence }) => {
    const bar = el("span", { class: "meter-bar" });
    bar.style.width = `${100 * confidence}%`;
    return el(
      "li",
      { class: `meter ${show === row.show ? row.verdict : ""}` },
      el("bdi", {}, show),
      " ",
      el("b", {}, percent(confidence)),
      el("span", { class: "meter-track", "aria-hidden": "true" }, bar),
    );
  };
  return section(
    TEXT.drop.candidates,
    said.candidates.length
      ? el("ul", { class: "plain" }, said.candidates.map(one))
      : el("p", { class: "quiet" }, TEXT.drop.noCandidates),
  );
}

function announce(text) {
  byId("drop-said").textContent = text;
}

/** Show how all files came off; who only hears the page hears of the last one first. */
function sumUp(last) {
  const kinds = Object.keys(words.verdicts)
    .map((verdict) => [words.verdicts[verdict][0].toLowerCase(), dropped.filter((one) => one.row?.verdict === verdict)])
    .concat([
      [TEXT.drop.notDone, dropped.filter((one) => one.state === "failed")],
      [TEXT.drop.toCome, dropped.filter((one) => one.state === "waits" || one.state === "sends")],
    ])
    .filter(([, of]) => of.length)
    .map(([what, of]) => [of.length, what]);
  byId("drop-said").replaceChildren(el("span", { class: "unseen" }, `${last}. `), TEXT.drop.sum(dropped.length, kinds));
}

/** Return text with what cannot be seen in it spelled out, as the desk does with what a case says. */
function inert(text) {
  return text.replace(
    /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]/gu,
    (found) => `[U+${found.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`,
  );
}

function allInert(value) {
  if (typeof value === "string") return inert(value);
  if (Array.isArray(value)) return value.map(allInert);
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, allInert(part)]));
  return value;
}
